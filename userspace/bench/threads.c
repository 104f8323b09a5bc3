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
#include <stdlib.h>
#include <unistd.h>

#include "cpus.h"
#include "threads.h"

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
	group->others = -process_ns();
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
	group->others += process_ns();
	group->seconds = (ended - began) / 1e9;
	free(members);
	free(threads);
}
