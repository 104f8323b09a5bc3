// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that do the same at the same time. They wait for each other at a
 * line, spinning, since a wake-up would start them one after the other.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "team.h"

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The CPU with the number @index among those that we may use. */
static void pin(unsigned int index)
{
	cpu_set_t allowed, one;
	int cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		err(1, "sched_getaffinity");
	index %= CPU_COUNT(&allowed);
	for (cpu = 0; !CPU_ISSET(cpu, &allowed) || index--; cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		err(1, "sched_setaffinity");
}

static void line_up(struct team *team, unsigned int line)
{
	__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&team->arrived, __ATOMIC_ACQUIRE) < line * team->threads)
		;
}

static void *member_main(void *argument)
{
	struct member *member = argument;
	struct team *team = member->team;

	pin(member->index);
	team->peer->thread_begin();
	if (team->prepare)
		team->prepare(member);
	line_up(team, 1);
	member->began = now_ns();
	team->work(member);
	member->ended = now_ns();
	line_up(team, 2);
	if (team->finish)
		team->finish(member);
	team->peer->thread_end();
	return NULL;
}

void team_run(struct team *team)
{
	struct member *members = calloc(team->threads, sizeof(*members));
	pthread_t *threads = calloc(team->threads, sizeof(*threads));
	uint64_t began = UINT64_MAX, ended = 0;
	unsigned int i;

	if (!members || !threads)
		err(1, "team");
	team->arrived = 0;
	for (i = 0; i < team->threads; i++) {
		members[i] = (struct member){ .team = team, .index = i };
		if (pthread_create(&threads[i], NULL, member_main, &members[i]))
			errx(1, "no thread");
	}
	for (i = 0; i < team->threads; i++) {
		pthread_join(threads[i], NULL);
		began = members[i].began < began ? members[i].began : began;
		ended = members[i].ended > ended ? members[i].ended : ended;
	}
	team->seconds = (ended - began) / 1e9;
	free(members);
	free(threads);
}
