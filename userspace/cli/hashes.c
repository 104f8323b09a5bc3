// SPDX-License-Identifier: GPL-2.0
/*
 * The names of hashes.
 */
#include <string.h>

#include "hashes.h"
#include "lib/bucketmap.h"

static const struct {
	const char *name;
	__u32 flag;
} hashes[] = {
	{ "xxh64", BUCKETMAP_CREATE_XXH64 },
	{ "siphash24", BUCKETMAP_CREATE_SIPHASH24 },
	{ "siphash13", 0 },
	{ 0 },
};

const char *hash_name(__u32 flags)
{
	size_t i = 0;

	while ((flags & hashes[i].flag) != hashes[i].flag)
		i++;
	return hashes[i].name;
}

bool set_hash_flag(const char *name, __u32 *flags)
{
	for (size_t i = 0; hashes[i].name; i++) {
		if (strcmp(name, hashes[i].name) != 0)
			continue;
		*flags &= ~(BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_SIPHASH24);
		*flags |= hashes[i].flag;
		return true;
	}
	return false;
}
