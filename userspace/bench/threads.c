// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that do the same at the same time. They wait for each other at a
 * line, spinning, since a wake-up would start them one after the other.
 *
 * Where there are more CPUs than that, threads that a table has made for itself
 * by then keep to the others: it is the table that is measured, and not which of
 * them the scheduler has put where.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* How long the calling thread has worked. */
uint64_t thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static cpu_set_t allowed_cpus(void)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		err(1, "sched_getaffinity");
	return allowed;
}

/* The CPU with the number @index among those that we may use. */
static int cpu_of(const cpu_set_t *allowed, unsigned int index)
{
	int cpu;

	index %= CPU_COUNT(allowed);
	for (cpu = 0; !CPU_ISSET(cpu, allowed) || index--; cpu++)
		;
	return cpu;
}

/* The threads of the process, but for the first one, whose children may go anywhere. */
static void keep_others_off(unsigned int threads)
{
	const cpu_set_t allowed = allowed_cpus();
	cpu_set_t others = allowed;
	struct dirent *entry;
	DIR *tasks;

	for (unsigned int i = 0; i < threads && i < (unsigned int)CPU_COUNT(&allowed); i++)
		CPU_CLR(cpu_of(&allowed, i), &others);
	if (!CPU_COUNT(&others))
		others = allowed;
	tasks = opendir("/proc/self/task");
	if (!tasks)
		err(1, "threads");
	while ((entry = readdir(tasks))) {
		pid_t task = strtol(entry->d_name, NULL, 10);

		/* It may have ended meanwhile. */
		if (task > 0 && task != getpid() &&
		    sched_setaffinity(task, sizeof(others), &others) && errno != ESRCH)
			err(1, "sched_setaffinity");
	}
	closedir(tasks);
}

static void pin(unsigned int index)
{
	const cpu_set_t allowed = allowed_cpus();
	int cpu = cpu_of(&allowed, index);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		err(1, "sched_setaffinity");
}

static void line_up(struct threads *group, unsigned int line)
{
	__atomic_add_fetch(&group->arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&group->arrived, __ATOMIC_ACQUIRE) < line * group->threads)
		;
}

static void *member_main(void *argument)
{
	struct member *member = argument;
	struct threads *group = member->group;

	pin(member->index);
	group->peer->thread_begin();
	if (group->prepare)
		group->prepare(member);
	line_up(group, 1);
	member->began = now_ns();
	group->work(member);
	member->ended = now_ns();
	line_up(group, 2);
	if (group->finish)
		group->finish(member);
	group->peer->thread_end();
	member->busy = thread_ns();
	return NULL;
}

void threads_run(struct threads *group)
{
	struct member *members = calloc(group->threads, sizeof(*members));
	pthread_t *threads = calloc(group->threads, sizeof(*threads));
	uint64_t began = UINT64_MAX, ended = 0;
	unsigned int i;

	if (!members || !threads)
		err(1, "group");
	keep_others_off(group->threads);
	group->others = -clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	group->arrived = 0;
	for (i = 0; i < group->threads; i++) {
		members[i] = (struct member){ .group = group, .index = i };
		if (pthread_create(&threads[i], NULL, member_main, &members[i]))
			errx(1, "no thread");
	}
	for (i = 0; i < group->threads; i++) {
		pthread_join(threads[i], NULL);
		began = members[i].began < began ? members[i].began : began;
		ended = members[i].ended > ended ? members[i].ended : ended;
		group->others -= members[i].busy;
	}
	group->others += clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	group->seconds = (ended - began) / 1e9;
	free(members);
	free(threads);
}
