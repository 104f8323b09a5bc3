// SPDX-License-Identifier: GPL-2.0
/*
 * oneTBB's concurrent_hash_map: chained nodes, a reader-writer spinlock in each
 * bucket and node. Its memory comes from TBB's own scalable allocator.
 */
#include <tbb/concurrent_hash_map.h>

#include "../peer.h"

namespace {

struct hash_compare {
	static size_t hash(uint64_t key)
	{
		return bench_hash(key);
	}

	static bool equal(uint64_t a, uint64_t b)
	{
		return a == b;
	}
};

using table_type = tbb::concurrent_hash_map<uint64_t, uint64_t, hash_compare>;

table_type &in(void *table)
{
	return *static_cast<table_type *>(table);
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
	delete &in(table);
}

bool lookup(void *table, uint64_t key, uint64_t *value)
{
	table_type::const_accessor entry;

	if (!in(table).find(entry, key))
		return false;
	*value = entry->second;
	return true;
}

bool store(void *table, uint64_t key, uint64_t value)
{
	table_type::accessor entry;

	in(table).insert(entry, key);
	entry->second = value;
	return true;
}

bool insert(void *table, uint64_t key, uint64_t value)
{
	return in(table).insert({ key, value });
}

bool remove_key(void *table, uint64_t key)
{
	return in(table).erase(key);
}

} // namespace

extern "C" const struct bench_peer tbb_peer = {
	.name = "tbb",
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
