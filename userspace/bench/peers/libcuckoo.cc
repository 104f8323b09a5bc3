// SPDX-License-Identifier: GPL-2.0
/*
 * libcuckoo: cuckoo hashing with striped spinlocks, readers included.
 */
#include <libcuckoo/cuckoohash_map.hh>

#include "../peer.h"

namespace {

struct hash {
	size_t operator()(uint64_t key) const
	{
		return bench_hash(key);
	}
};

using table_type = libcuckoo::cuckoohash_map<uint64_t, uint64_t, hash>;

table_type &in(void *table)
{
	return *static_cast<table_type *>(table);
}

void nothing()
{
}

void *create()
{
	return new table_type(0);
}

void destroy(void *table)
{
	delete &in(table);
}

bool lookup(void *table, uint64_t key, uint64_t *value)
{
	return in(table).find(key, *value);
}

bool store(void *table, uint64_t key, uint64_t value)
{
	in(table).insert_or_assign(key, value);
	return true;
}

bool insert(void *table, uint64_t key, uint64_t value)
{
	return in(table).insert(key, value);
}

bool remove_key(void *table, uint64_t key)
{
	return in(table).erase(key);
}

} // namespace

extern "C" const struct bench_peer libcuckoo_peer = {
	.name = "libcuckoo",
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
