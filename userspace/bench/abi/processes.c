// SPDX-License-Identifier: GPL-2.0
/*
 * Measuring a workload: processes, each pinned to a CPU of its own, start
 * together and run slices of it. The result is the median of all slices, so that
 * a slice during which something else had the CPU does not count; nor does one with
 * a rare, long wait for a lock. The servers that some tables have run on any CPU.
 */
#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/random.h"

#include "../cpus.h"
#include "processes.h"

/* Slices that are measured, or as many as begin within some time; before them, a warm-up. */
#define SLICES		512
#define SLICES_NS	250000000

/**
 * struct measured - what a process has measured
 * @missed: number of operations that did not find the table as expected
 * @count: number of slices
 * @slices: nanoseconds per operation, for each slice
 */
struct measured {
	uint64_t missed;
	uint32_t count;
	double slices[SLICES];
};

/**
 * struct shared - memory that the processes of a measurement share
 * @ready: number of processes that are not yet ready to start
 * @measured: for each process
 */
struct shared {
	uint32_t ready;
	struct measured measured[];
};

static void do_slices(const struct workload *workload, struct worker *worker,
		      struct measured *measured)
{
	uint64_t last = now_ns() + SLICES_NS, began;

	measured->count = 0;
	while (measured->count < SLICES && (began = now_ns()) < last) {
		uint32_t done = workload->slice(worker);

		measured->slices[measured->count++] = (double)(now_ns() - began) / done;
	}
}

/* Runs in a child process, and does not return. */
static void work(struct shared *shared, const struct workload *workload, struct table *table,
		 struct worker *worker)
{
	struct measured *measured = &shared->measured[worker->index];

	pin(worker->index);
	if (table->operations->attach)
		table->operations->attach(table);
	if (workload->prepare && workload->prepare(worker))
		errx(1, "%s: %s: cannot prepare", table->name, workload->name);
	__atomic_sub_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST))
		sched_yield();
	do_slices(workload, worker, measured);
	do_slices(workload, worker, measured);
	if (workload->restore)
		workload->restore(worker);
	measured->missed = worker->missed;
	_exit(0);
}

static void start(struct shared *shared, const struct workload *workload, struct table *table,
		  uint32_t processes, uint32_t batch)
{
	static struct worker worker;
	static struct walk walk;

	for (uint32_t i = 0; i < processes; i++) {
		worker = (struct worker){
			.peer = table->operations->single,
			.table = table,
			.entries = table->entries,
			.workers = processes,
			.index = i,
			.batch = batch,
			.walk = &walk,
			.random = key_of(i + 1),
		};
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			work(shared, workload, table, &worker);
		}
	}
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Servers are children, too, but do not end. */
static void wait_for(const struct workload *workload, const struct table *table, uint32_t processes)
{
	int status;

	for (uint32_t i = 0; i < processes; i++)
		if (wait(&status) < 0 || status)
			errx(1, "%s: %s: a process failed", table->name, workload->name);
}

static double median(const struct workload *workload, const struct table *table,
		     const struct measured *measured, uint32_t processes)
{
	double *slices = calloc(processes, sizeof(measured->slices)), middle;
	size_t count = 0;

	if (!slices)
		err(1, "calloc");
	for (uint32_t i = 0; i < processes; i++) {
		if (measured[i].missed)
			errx(1, "%s: %s: %llu operations found the table in a wrong state",
			     table->name, workload->name,
			     (unsigned long long)measured[i].missed);
		memcpy(slices + count, measured[i].slices, measured[i].count * sizeof(*slices));
		count += measured[i].count;
	}
	qsort(slices, count, sizeof(*slices), compare);
	middle = slices[count / 2];
	free(slices);
	return middle;
}

/* Returns the nanoseconds that an operation takes in one process. */
double processes_run(const struct workload *workload, struct table *table, uint32_t processes,
		     uint32_t batch)
{
	size_t size = sizeof(struct shared) + processes * sizeof(struct measured);
	struct shared *shared;
	double nanoseconds;

	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	shared->ready = processes;
	start(shared, workload, table, processes, batch);
	wait_for(workload, table, processes);
	nanoseconds = median(workload, table, shared->measured, processes);
	munmap(shared, size);
	return nanoseconds;
}
