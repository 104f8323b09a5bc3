// SPDX-License-Identifier: GPL-2.0
/*
 * boost::concurrent_flat_map: open addressing in groups of 15 slots, a reader-writer spinlock for each group, and bulk visits that
 * prefetch.
 */
#include <boost/unordered/concurrent_flat_map.hpp>

#include "../peer.h"

namespace {

struct hash {
	/* Its bits are mixed well, so Boost need not mix them again. */
	using is_avalanching = void;

	size_t operator()(uint64_t key) const
	{
		return bench_hash(key);
	}
};

using table_type = boost::concurrent_flat_map<uint64_t, uint64_t, hash>;

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
	return in(table).cvisit(key, [value](const auto &entry) { *value = entry.second; });
}

/* Entries are visited in the order of their keys. */
bool lookup_batch(void *table, const uint64_t *keys, uint64_t *values, unsigned int count)
{
	return in(table).cvisit(keys, keys + count, [&values](const auto &entry) { *values++ = entry.second; }) == count;
}

bool store(void *table, uint64_t key, uint64_t value)
{
	in(table).insert_or_assign(key, value);
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

extern "C" const struct bench_peer boost_peer = {
	.name = "boost",
	.setup = nothing,
	.thread_begin = nothing,
	.thread_end = nothing,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.lookup_batch = lookup_batch,
	.store = store,
	.insert = insert,
	.remove = remove_key,
	.bytes = nullptr,
	.has_worker = false,
};
