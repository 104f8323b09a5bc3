// SPDX-License-Identifier: GPL-2.0
/*
 * Measuring a workload: processes, each on a CPU of its own, begin together and
 * do slices of it. The result is the median of all slices, so that moments when
 * somebody else had the CPU do not count.
 */
#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

/* As many before them are to get warm. */
#define SLICES	512

/**
 * struct threads - a measurement; the processes share it
 * @ready: processes that have yet to be ready to begin
 * @missed: operations that did not find the table as it must be
 * @slices: takes the nanoseconds of an operation in each slice of each process
 */
struct threads {
	uint32_t ready;
	uint64_t missed;
	double slices[];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void pin(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %u", cpu);
}

static void do_slices(const struct workload *workload, struct worker *worker, double *slices)
{
	for (int i = -SLICES; i < SLICES; i++) {
		uint64_t began = now_ns();
		uint32_t done = workload->slice(worker);

		slices[i < 0 ? 0 : i] = (double)(now_ns() - began) / done;
	}
}

/* The life of a process. */
static void work(struct threads *group, const struct workload *workload, struct table *table,
		 struct worker *worker)
{
	pin(worker->index);
	if (table->operations->attach)
		table->operations->attach(table);
	if (workload->prepare)
		workload->prepare(worker);
	__atomic_sub_fetch(&group->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&group->ready, __ATOMIC_SEQ_CST))
		sched_yield();
	do_slices(workload, worker, group->slices + worker->index * SLICES);
	if (workload->restore)
		workload->restore(worker);
	__atomic_add_fetch(&group->missed, worker->missed, __ATOMIC_SEQ_CST);
	_exit(0);
}

static void start(struct threads *group, const struct workload *workload, struct table *table,
		  uint32_t processes, uint32_t batch)
{
	static struct worker worker;

	for (uint32_t i = 0; i < processes; i++) {
		worker = (struct worker){
			.table = table,
			.processes = processes,
			.index = i,
			.batch = batch,
			.random = key_of(i + 1),
		};
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			work(group, workload, table, &worker);
		}
	}
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Returns the nanoseconds that a process needs for an operation. */
double threads_run(const struct workload *workload, struct table *table, uint32_t processes,
		   uint32_t batch)
{
	size_t size = sizeof(struct threads) + processes * SLICES * sizeof(double);
	struct threads *group;
	double median;
	int status;

	group = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (group == MAP_FAILED)
		err(1, "mmap");
	group->ready = processes;
	start(group, workload, table, processes, batch);
	while (wait(&status) > 0)
		if (status)
			errx(1, "%s: %s: a process failed", table->name, workload->name);
	if (group->missed)
		errx(1, "%s: %s: %llu operations found the table in a wrong state", table->name,
		     workload->name, (unsigned long long)group->missed);
	qsort(group->slices, processes * SLICES, sizeof(double), compare);
	median = group->slices[processes * SLICES / 2];
	munmap(group, size);
	return median;
}
