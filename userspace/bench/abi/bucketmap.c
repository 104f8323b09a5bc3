// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap through its ioctls.
 */
#include <err.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "batch.h"

static int create(struct table *table, uint64_t entries)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = table->flags,
		.key_size = sizeof(uint64_t),
		.value_size = sizeof(uint64_t),
		.mode = 0600,
	};
	int device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);

	(void)entries;
	if (device < 0)
		err(1, BUCKETMAP_DEVICE);
	table->fd = ioctl(device, BUCKETMAP_IOC_CREATE, &config);
	if (table->fd < 0)
		err(1, "bucketmap");
	close(device);
	return 0;
}

static bool lookup(void *self, uint64_t key, uint64_t *value)
{
	const struct table *table = self;
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = (uintptr_t)&key,
		.previous = (uintptr_t)value,
	};

	return !ioctl(table->fd, BUCKETMAP_IOC_LOOKUP, &entry);
}

static bool write_entry(const struct table *table, unsigned long command, uint64_t key,
			const uint64_t *value)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = (uintptr_t)&key,
		.value = (uintptr_t)value,
	};

	return !ioctl(table->fd, command, &entry);
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	return write_entry(table, BUCKETMAP_IOC_STORE, key, &value);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	return write_entry(table, BUCKETMAP_IOC_INSERT, key, &value);
}

static bool remove_key(void *table, uint64_t key)
{
	return write_entry(table, BUCKETMAP_IOC_DELETE, key, NULL);
}

static int operate(const struct table *table, struct bucketmap_batch *batch)
{
	return ioctl(table->fd, BUCKETMAP_IOC_BATCH, batch);
}

static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	return look_up_all(operate, table, keys, values, count);
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	return store_all(operate, table, keys, values, count);
}

static uint32_t walk_map(const struct table *table, struct walk *walk, uint32_t count)
{
	struct bucketmap_scan scan = {
		.size = sizeof(scan),
		.position = walk->cursor,
		.keys = (uintptr_t)walk->keys,
		.values = (uintptr_t)walk->values,
		.capacity = count,
	};

	if (ioctl(table->fd, BUCKETMAP_IOC_SCAN, &scan))
		err(1, "bucketmap: scan");
	walk->cursor = scan.flags & BUCKETMAP_SCAN_END ? 0 : scan.position;
	return scan.count;
}

static uint64_t bytes(void *self)
{
	const struct table *table = self;
	struct bucketmap_info info = { .size = sizeof(info) };

	if (ioctl(table->fd, BUCKETMAP_IOC_INFO, &info))
		err(1, "bucketmap: info");
	return info.bytes;
}

static const struct bench_peer bucketmap_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
	.bytes = bytes,
};

const struct operations bucketmap_operations = {
	.single = &bucketmap_peer,
	.create = create,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
	.walk = walk_map,
};
