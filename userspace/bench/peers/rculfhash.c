// SPDX-License-Identifier: GPL-2.0
/*
 * liburcu's lock-free hash table, with the flavour of RCU that bucketmap's
 * native build uses. It resizes automatically and counts its entries, as
 * bucketmap does. Nodes come from malloc() and are freed after a grace period.
 *
 * A value is overwritten in place by an atomic store. Replacing the node, which
 * larger values need, costs far more.
 *
 * It starts with BUCKETS for two reasons. In 0.13, a resize of a smaller table
 * can be lost for good (the worker ends before "resize_initiated" is set). And it
 * grows by factors of eight: from BUCKETS, they fit a million entries well.
 */
#include <stdlib.h>

#include <urcu/urcu-memb.h>
#include <urcu/rculfhash.h>

#include "../peer.h"

#define BUCKETS	8192

struct node {
	struct cds_lfht_node link;
	uint64_t key;
	uint64_t value;
	struct rcu_head rcu;
};

static int matches(struct cds_lfht_node *link, const void *key)
{
	return caa_container_of(link, struct node, link)->key == *(const uint64_t *)key;
}

static void free_node(struct rcu_head *rcu)
{
	free(caa_container_of(rcu, struct node, rcu));
}

/* Creates the thread that frees nodes: a pinned thread would create it pinned. */
static void setup(void)
{
	if (!urcu_memb_get_default_call_rcu_data())
		abort();
}

static void *create(void)
{
	struct cds_lfht *table = cds_lfht_new_flavor(BUCKETS, BUCKETS, 0,
						     CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
						     &urcu_memb_flavor, NULL);

	if (!table)
		abort();
	return table;
}

static void destroy(void *table)
{
	struct cds_lfht_iter iter;
	struct node *node;

	urcu_memb_read_lock();
	cds_lfht_for_each_entry(table, &iter, node, link)
		if (!cds_lfht_del(table, &node->link))
			urcu_memb_call_rcu(&node->rcu, free_node);
	urcu_memb_read_unlock();
	if (cds_lfht_destroy(table, NULL))
		abort();
	urcu_memb_barrier();
}

/* To be called in a read section. */
static struct node *find(struct cds_lfht *table, uint64_t key)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	cds_lfht_lookup(table, bench_hash(key), matches, &key, &iter);
	link = cds_lfht_iter_get_node(&iter);
	return link ? caa_container_of(link, struct node, link) : NULL;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	struct node *node;

	urcu_memb_read_lock();
	node = find(table, key);
	if (node)
		*value = __atomic_load_n(&node->value, __ATOMIC_RELAXED);
	urcu_memb_read_unlock();
	return node;
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	struct node *node = malloc(sizeof(*node));
	struct cds_lfht_node *link;

	if (!node)
		abort();
	node->key = key;
	node->value = value;
	urcu_memb_read_lock();
	link = cds_lfht_add_unique(table, bench_hash(key), matches, &key, &node->link);
	urcu_memb_read_unlock();
	if (link == &node->link)
		return true;
	free(node);
	return false;
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	struct node *node;

	do {
		urcu_memb_read_lock();
		node = find(table, key);
		if (node)
			__atomic_store_n(&node->value, value, __ATOMIC_RELAXED);
		urcu_memb_read_unlock();
	} while (!node && !insert(table, key, value));
	return true;
}

static bool remove_key(void *table, uint64_t key)
{
	struct node *node;

	urcu_memb_read_lock();
	node = find(table, key);
	if (node && cds_lfht_del(table, &node->link))
		node = NULL;
	urcu_memb_read_unlock();
	if (node)
		urcu_memb_call_rcu(&node->rcu, free_node);
	return node;
}

const struct bench_peer rculfhash_peer = {
	.name = "rculfhash",
	.has_worker = true,
	.setup = setup,
	.thread_begin = urcu_memb_register_thread,
	.thread_end = urcu_memb_unregister_thread,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};
