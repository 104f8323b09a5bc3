// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's resizable hash table under measurement, with a typical setup:
 * keys of a fixed size, the default hash (jhash2), and objects from kmalloc()
 * that are freed after a grace period.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "peers.h"

struct object {
	struct rhash_head node;
	u64 key;
	u64 value;
};

static const struct rhashtable_params params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct object, key),
	.head_offset = offsetof(struct object, node),
	.automatic_shrinking = true,
};

static void *create(void)
{
	struct rhashtable *table = kmalloc(sizeof(*table), GFP_KERNEL);
	int err;

	if (!table)
		return ERR_PTR(-ENOMEM);
	err = rhashtable_init(table, &params);
	if (!err)
		return table;
	kfree(table);
	return ERR_PTR(err);
}

static void free_object(void *object, void *unused)
{
	kfree(object);
}

static void destroy(void *table)
{
	rhashtable_free_and_destroy(table, free_object, NULL);
	kfree(table);
}

static bool lookup(void *table, u64 key, u64 *value)
{
	struct object *object;

	rcu_read_lock();
	object = rhashtable_lookup(table, &key, params);
	if (object)
		*value = READ_ONCE(object->value);
	rcu_read_unlock();
	return object;
}

static bool store(void *table, u64 key, u64 value)
{
	struct object *object;

	rcu_read_lock();
	object = rhashtable_lookup(table, &key, params);
	if (object)
		WRITE_ONCE(object->value, value);
	rcu_read_unlock();
	return object;
}

/* -EBUSY: the chain would become too long while the table is resized. */
static bool insert(void *table, u64 key, u64 value)
{
	struct object *object = kmalloc(sizeof(*object), GFP_KERNEL);
	int err;

	if (!object)
		return false;
	object->key = key;
	object->value = value;
	do {
		err = rhashtable_lookup_insert_fast(table, &object->node, params);
	} while (err == -EBUSY && !cond_resched());
	if (err)
		kfree(object);
	return !err;
}

static bool remove(void *table, u64 key)
{
	struct object *object;
	int err = -ENOENT;

	rcu_read_lock();
	object = rhashtable_lookup(table, &key, params);
	if (object)
		err = rhashtable_remove_fast(table, &object->node, params);
	rcu_read_unlock();
	if (err)
		return false;
	kfree_rcu_mightsleep(object);
	return true;
}

/* Memory that the allocator used for an array of buckets. */
static u64 table_bytes(const struct bucket_table *table)
{
	if (is_vmalloc_addr(table) || table->nest)
		return PAGE_ALIGN(struct_size(table, buckets, table->size));
	return ksize(table);
}

static u64 bytes(void *table)
{
	struct rhashtable *hashtable = table;
	struct bucket_table *buckets;
	struct object *object;
	u64 each, sum = 0;

	object = kmalloc(sizeof(*object), GFP_KERNEL);
	each = ksize(object);
	kfree(object);
	rcu_read_lock();
	for (buckets = rcu_dereference(hashtable->tbl); buckets;
	     buckets = rcu_dereference(buckets->future_tbl))
		sum += table_bytes(buckets);
	rcu_read_unlock();
	return sum + each * atomic_read(&hashtable->nelems);
}

const struct bench_peer bench_rhashtable = {
	.name = "rhashtable",
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove,
	.bytes = bytes,
};
