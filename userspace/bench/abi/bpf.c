// SPDX-License-Identifier: GPL-2.0
/*
 * Maps of BPF through bpf(2): BPF_MAP_TYPE_HASH, with the default flags, so that all
 * entries are preallocated, and BPF_MAP_TYPE_RHASH, which grows and must not be
 * preallocated. They cannot look up a batch of given keys: BPF_MAP_LOOKUP_BATCH is
 * a walk.
 */
#include <err.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "table.h"

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int create(struct table *table, uint64_t entries)
{
	union bpf_attr attr = {
		.map_type = table->flags,
		.map_flags = table->grows ? BPF_F_NO_PREALLOC : 0,
		.key_size = sizeof(uint64_t),
		.value_size = sizeof(uint64_t),
		.max_entries = entries,
	};

	table->fd = bpf(BPF_MAP_CREATE, &attr);
	return table->fd < 0 ? errno : 0;
}

static bool lookup(void *self, uint64_t key, uint64_t *value)
{
	const struct table *table = self;
	union bpf_attr attr = {
		.map_fd = table->fd,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)value,
	};

	return !bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

static bool update(const struct table *table, uint64_t key, uint64_t value, uint64_t flags)
{
	union bpf_attr attr = {
		.map_fd = table->fd,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)&value,
		.flags = flags,
	};

	return !bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	return update(table, key, value, BPF_ANY);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	return update(table, key, value, BPF_NOEXIST);
}

static bool remove_key(void *self, uint64_t key)
{
	const struct table *table = self;
	union bpf_attr attr = {
		.map_fd = table->fd,
		.key = (uintptr_t)&key,
	};

	return !bpf(BPF_MAP_DELETE_ELEM, &attr);
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	union bpf_attr attr = {
		.batch = {
			.map_fd = table->fd,
			.keys = (uintptr_t)keys,
			.values = (uintptr_t)values,
			.count = count,
		},
	};

	return !bpf(BPF_MAP_UPDATE_BATCH, &attr) && attr.batch.count == count;
}

/* The position is the number of a bucket, in 32 bits, or a key. */
static uint32_t walk_map(const struct table *table, struct walk *walk, uint32_t count)
{
	uint64_t position = walk->cursor;
	union bpf_attr attr = {
		.batch = {
			.map_fd = table->fd,
			.in_batch = position ? (uintptr_t)&position : 0,
			.out_batch = (uintptr_t)&position,
			.keys = (uintptr_t)walk->keys,
			.values = (uintptr_t)walk->values,
			.count = count,
		},
	};
	bool end = bpf(BPF_MAP_LOOKUP_BATCH, &attr) < 0;

	if (end && errno != ENOENT)
		err(1, "bpf: walk");
	walk->cursor = end ? 0 : position;
	return attr.batch.count;
}

static uint64_t bytes(void *self)
{
	const struct table *table = self;
	unsigned long long found = 0;
	char line[128];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", table->fd);
	file = fopen(line, "re");
	if (!file)
		err(1, "%s", line);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &found) == 1)
			break;
	fclose(file);
	return found;
}

static const struct bench_peer bpf_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
	.bytes = bytes,
};

const struct operations bpf_operations = {
	.single = &bpf_peer,
	.create = create,
	.store_batch = store_batch,
	.walk = walk_map,
};
