// SPDX-License-Identifier: GPL-2.0
/*
 * Setting up the choice of keys.
 */
#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keys.h"

static const char *const names[KEYS_KINDS] = {
	[KEYS_UNIFORM] = "uniform",
	[KEYS_ZIPF] = "zipf",
	[KEYS_DISJOINT] = "disjoint",
	[KEYS_ONE] = "one",
};

enum keys_kind keys_kind(const char *name)
{
	for (unsigned int i = 0; i < KEYS_KINDS; i++)
		if (!strcmp(name, names[i]))
			return i;
	errx(2, "no choice of keys '%s'", name);
}

void keys_init(struct keys *keys, enum keys_kind kind, uint64_t entries, const uint32_t *ranks,
	       unsigned int thread, unsigned int threads)
{
	*keys = (struct keys){
		.random = key_of(thread + 1),
		.entries = entries,
		.step = 1,
		.ranks = kind == KEYS_ZIPF ? ranks : NULL,
		.cursor = thread * (RANKS / 64),
	};
	if (kind == KEYS_DISJOINT) {
		keys->entries = entries / threads;
		keys->step = threads;
		keys->first = thread;
	}
	if (kind == KEYS_ONE)
		keys->entries = 1;
}

const uint32_t *keys_load_ranks(const char *path)
{
	size_t size = RANKS * sizeof(uint32_t);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *ranks;

	if (fd < 0)
		err(1, "%s", path);
	ranks = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (ranks == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return ranks;
}
