// SPDX-License-Identifier: GPL-2.0
/*
 * absl::flat_hash_map in shards, each with a reader-writer lock: what a program builds that has the best single-threaded table.
 */
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include "../peer.h"

namespace {

struct hash {
	size_t operator()(uint64_t key) const
	{
		return bench_hash(key);
	}
};

constexpr unsigned int shard_bits = 6;

struct alignas(128) shard {
	absl::Mutex mutex;
	absl::flat_hash_map<uint64_t, uint64_t, hash> map;
};

struct table_type {
	shard shards[1 << shard_bits];
};

/* By the top bits: the map uses those at the bottom. */
shard &shard_of(void *table, uint64_t key)
{
	return static_cast<table_type *>(table)->shards[bench_hash(key) >> (64 - shard_bits)];
}

void nothing()
{
}

void *create()
{
	return new table_type;
}

void destroy(void *table)
{
	delete static_cast<table_type *>(table);
}

bool lookup(void *table, uint64_t key, uint64_t *value)
{
	shard &shard = shard_of(table, key);
	absl::ReaderMutexLock lock(&shard.mutex);
	auto entry = shard.map.find(key);

	if (entry == shard.map.end())
		return false;
	*value = entry->second;
	return true;
}

bool store(void *table, uint64_t key, uint64_t value)
{
	shard &shard = shard_of(table, key);
	absl::MutexLock lock(&shard.mutex);

	shard.map.insert_or_assign(key, value);
	return true;
}

bool insert(void *table, uint64_t key, uint64_t value)
{
	shard &shard = shard_of(table, key);
	absl::MutexLock lock(&shard.mutex);

	return shard.map.try_emplace(key, value).second;
}

bool remove_key(void *table, uint64_t key)
{
	shard &shard = shard_of(table, key);
	absl::MutexLock lock(&shard.mutex);

	return shard.map.erase(key);
}

} // namespace

extern "C" const struct bench_peer absl_peer = {
	.name = "absl-sharded",
	.setup = nothing,
	.thread_begin = nothing,
	.thread_end = nothing,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.lookup_batch = nullptr,
	.store = store,
	.insert = insert,
	.remove = remove_key,
	.bytes = nullptr,
	.has_worker = false,
};
