// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that run the same function at the same time. They wait for each other
 * at a barrier by spinning, since wake-ups would start them one after the other.
 *
 * If there are more CPUs than threads, the threads that a table has created by
 * then run on the other CPUs: so the placement by the scheduler does not affect
 * the measurement.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "cpus.h"
#include "threads.h"

/* Moves all threads of the process but the first, from which new threads inherit their CPUs. */
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

		/* The thread may have ended meanwhile. */
		if (task > 0 && task != getpid() &&
		    sched_setaffinity(task, sizeof(others), &others) && errno != ESRCH)
			err(1, "sched_setaffinity");
	}
	closedir(tasks);
}

static void wait_for_all(struct threads *group, unsigned int barrier)
{
	__atomic_add_fetch(&group->arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&group->arrived, __ATOMIC_ACQUIRE) < barrier * group->threads)
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
	wait_for_all(group, 1);
	member->began = now_ns();
	group->work(member);
	member->ended = now_ns();
	wait_for_all(group, 2);
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
		err(1, "threads");
	keep_others_off(group->threads);
	group->others = -process_ns();
	group->arrived = 0;
	for (i = 0; i < group->threads; i++) {
		members[i] = (struct member){ .group = group, .index = i };
		if (pthread_create(&threads[i], NULL, member_main, &members[i]))
			errx(1, "cannot create a thread");
	}
	for (i = 0; i < group->threads; i++) {
		pthread_join(threads[i], NULL);
		began = members[i].began < began ? members[i].began : began;
		ended = members[i].ended > ended ? members[i].ended : ended;
		group->others -= members[i].busy;
	}
	group->others += process_ns();
	group->seconds = (ended - began) / 1e9;
	free(members);
	free(threads);
}
