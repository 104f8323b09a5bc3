// SPDX-License-Identifier: GPL-2.0
/*
 * Measuring a workload: processes, each pinned to a CPU of its own, start
 * together and run slices of it. The result is the median of all slices, so that
 * a slice during which something else had the CPU does not count.
 */
#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/random.h"

#include "../cpus.h"
#include "processes.h"

/* Slices that are measured. As many run before them as a warm-up. */
#define SLICES	512

/**
 * struct shared - memory that the processes of a measurement share
 * @ready: number of processes that are not yet ready to start
 * @missed: number of operations that did not find the table as expected
 * @slices: nanoseconds per operation, for each slice of each process
 */
struct shared {
	uint32_t ready;
	uint64_t missed;
	double slices[];
};

static void do_slices(const struct workload *workload, struct worker *worker, double *slices)
{
	for (int i = -SLICES; i < SLICES; i++) {
		uint64_t began = now_ns();
		uint32_t done = workload->slice(worker);

		slices[i < 0 ? 0 : i] = (double)(now_ns() - began) / done;
	}
}

/* Runs in a child process, and does not return. */
static void work(struct shared *shared, const struct workload *workload, struct table *table,
		 struct worker *worker)
{
	pin(worker->index);
	if (table->operations->attach)
		table->operations->attach(table);
	if (workload->prepare && workload->prepare(worker))
		errx(1, "%s: %s: cannot prepare", table->name, workload->name);
	__atomic_sub_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST))
		sched_yield();
	do_slices(workload, worker, shared->slices + worker->index * SLICES);
	if (workload->restore)
		workload->restore(worker);
	__atomic_add_fetch(&shared->missed, worker->missed, __ATOMIC_SEQ_CST);
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

/* Returns the nanoseconds that an operation takes in one process. */
double processes_run(const struct workload *workload, struct table *table, uint32_t processes,
		     uint32_t batch)
{
	size_t size = sizeof(struct shared) + processes * SLICES * sizeof(double);
	struct shared *shared;
	double median;
	int status;

	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	shared->ready = processes;
	start(shared, workload, table, processes, batch);
	while (wait(&status) > 0)
		if (status)
			errx(1, "%s: %s: a process failed", table->name, workload->name);
	if (shared->missed)
		errx(1, "%s: %s: %llu operations found the table in a wrong state", table->name,
		     workload->name, (unsigned long long)shared->missed);
	qsort(shared->slices, processes * SLICES, sizeof(double), compare);
	median = shared->slices[processes * SLICES / 2];
	munmap(shared, size);
	return median;
}
