// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads, and their measurement: all threads work for a fixed time, after
 * a warm-up of a quarter of that time. To add a workload, add a row to the table.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cpus.h"
#include "threads.h"
#include "workload.h"

/* YCSB's A, B and C are mixes with keys by Zipf's law. */
static const struct workload workloads[] = {
	{ .name = "reads", .reads = 256, .burst = mix_burst },
	{ .name = "batch-reads", .prepare = batch_prepare, .burst = batch_burst },
	{ .name = "95/5", .reads = 243, .burst = mix_burst },
	{ .name = "90/10", .reads = 230, .burst = mix_burst },
	{ .name = "50/50", .reads = 128, .burst = mix_burst },
	{ .name = "0/100", .burst = mix_burst },
	{
		.name = "churn",
		.prepare = churn_prepare,
		.burst = churn_burst,
		.restore = churn_restore,
	},
	{
		.name = "ycsb-d",
		.reads = 243,
		.burst = latest_burst,
		.restore = latest_restore,
	},
	{ .name = "ycsb-f", .reads = 128, .burst = modify_burst },
};

const struct workload *workload_find(const char *name)
{
	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++)
		if (!strcmp(workloads[i].name, name))
			return &workloads[i];
	errx(1, "no workload '%s'", name);
}

static struct worker *worker_of(struct member *member)
{
	struct worker *workers = member->group->context;

	return &workers[member->index];
}

static void prepare(struct member *member)
{
	struct worker *worker = worker_of(member);

	if (worker->run->workload->prepare)
		worker->run->workload->prepare(worker);
}

/* Returns the number of operations. */
static uint64_t work_until(struct worker *worker, uint64_t deadline)
{
	uint64_t bursts = 0;

	do {
		worker->run->workload->burst(worker);
		bursts++;
	} while (now_ns() < deadline);
	return bursts * BURST;
}

static void work(struct member *member)
{
	struct worker *worker = worker_of(member);
	struct run *run = worker->run;
	uint64_t operations;

	work_until(worker, member->began + run->nanoseconds / 4);
	member->began = now_ns();
	operations = work_until(worker, member->began + run->nanoseconds);
	__atomic_add_fetch(&run->operations, operations, __ATOMIC_RELAXED);
}

static void finish(struct member *member)
{
	struct worker *worker = worker_of(member);

	if (worker->run->workload->restore)
		worker->run->workload->restore(worker);
	__atomic_add_fetch(&worker->run->missed, worker->missed, __ATOMIC_RELAXED);
}

/* Returns the seconds that the measurement took. */
double workload_run(struct run *run)
{
	struct worker *workers = aligned_alloc(BENCH_LINES, run->threads * sizeof(*workers));
	struct threads group = {
		.threads = run->threads,
		.peer = run->peer,
		.prepare = prepare,
		.work = work,
		.finish = finish,
		.context = workers,
	};

	if (!workers)
		err(1, "workload");
	memset(workers, 0, run->threads * sizeof(*workers));
	for (unsigned int i = 0; i < run->threads; i++) {
		workers[i].run = run;
		workers[i].index = i;
		keys_init(&workers[i].keys, run->keys, run->entries, run->ranks, i, run->threads);
	}
	run->newest = run->entries;
	run->operations = 0;
	run->missed = 0;
	threads_run(&group);
	free(workers);
	return group.seconds;
}
