// SPDX-License-Identifier: GPL-2.0
/*
 * A process on another CPU, beside a writer of a map: see companion.h.
 */
#include <err.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cpus.h"
#include "area.h"
#include "companion.h"

#define GENERATIONS	16
#define OWN_WORDS	2000000

/* From one word that is read to the next: another page, another line in it. */
#define STRIDE		(4096 + 64)

struct companion {
	struct bucketmap *map;
	__u64 capacity;
	struct area areas[GENERATIONS];
	unsigned int count;
};

/* What a companion does before it is ready */

static void take_own(struct companion *self)
{
	static uint64_t words[OWN_WORDS];

	for (size_t i = 0; i < OWN_WORDS; i++)
		words[i] = i;
	self->areas[0] = (struct area){ .start = (void *)words, .bytes = sizeof(words) };
	self->count = 1;
}

static void take_live(struct companion *self)
{
	area_map(&self->areas[0], bucketmap_fd(self->map));
	self->count = 1;
}

static void take_retired(struct companion *self)
{
	for (; self->count < GENERATIONS; self->count++) {
		__u64 capacity = self->count % 2 ? self->capacity : 2 * self->capacity;

		area_map(&self->areas[self->count], bucketmap_fd(self->map));
		if (bucketmap_resize(self->map, capacity, 0))
			errx(1, "a resize failed");
	}
}

/* What it does from then on */

static void read_areas(struct companion *self)
{
	uint64_t offset = 0;

	for (unsigned int i = 0;; i = (i + 1) % self->count, offset += STRIDE)
		area_load(&self->areas[i], offset % self->areas[i].bytes);
}

static void map_again(struct companion *self)
{
	for (;;) {
		area_unmap(&self->areas[0]);
		area_map(&self->areas[0], bucketmap_fd(self->map));
	}
}

static const struct kind {
	const char *name;
	void (*take)(struct companion *self);
	void (*work)(struct companion *self);
} kinds[] = {
	{ "none", NULL, NULL },
	{ "own", take_own, read_areas },
	{ "live", take_live, read_areas },
	{ "retired", take_retired, read_areas },
	{ "remap", take_live, map_again },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	errx(2, "no companion '%s'", name);
}

/* Runs in a child process. */
static void accompany(const struct kind *kind, struct companion *self, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(1);
	kind->take(self);
	if (write(ready, "", 1) != 1)
		err(1, "pipe");
	kind->work(self);
}

pid_t companion_start(const char *name, struct bucketmap *map, __u64 capacity)
{
	struct companion self = { .map = map, .capacity = capacity };
	const struct kind *kind = find_kind(name);
	pid_t process;
	int ends[2];
	char ready;

	if (!kind->work)
		return 0;
	if (pipe(ends))
		err(1, "pipe");
	process = fork();
	if (process < 0)
		err(1, "fork");
	if (!process)
		accompany(kind, &self, ends[1]);
	close(ends[1]);
	if (read(ends[0], &ready, 1) != 1)
		errx(1, "the companion failed");
	close(ends[0]);
	return process;
}

void companion_stop(pid_t companion)
{
	int status;

	if (!companion)
		return;
	if (kill(companion, SIGKILL) || waitpid(companion, &status, 0) != companion ||
	    !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		errx(1, "the companion has ended by itself");
}
