// SPDX-License-Identifier: GPL-2.0
/*
 * Setting up the choice of keys.
 */
#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keys.h"

void keys_init(struct keys *keys, uint64_t entries, const uint32_t *ranks, unsigned int thread)
{
	*keys = (struct keys){
		.random = key_of(thread + 1),
		.entries = entries,
		.ranks = ranks,
		.cursor = thread * (RANKS / 64),
	};
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
