// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a table may shrink: no chain may get longer than BM_CHAIN_MAX records.
 *
 * Where a table shrinks by @orders, 1 << orders buckets merge into one, and
 * writers add to that one while its neighbours are still to come. Half of the
 * records that a chain may have are for what merges, half for what is added:
 *
 *  - In the old table no chain has more than its share of the first half,
 *    (BM_CHAIN_MAX / 2) >> orders records.
 *  - In the new one no insert makes a chain longer than BM_CHAIN_MAX / 2 until
 *    all buckets have moved. What merges makes it longer by its own share.
 *
 * bm_table.chain_max is what inserts go by. The worker lowers it with a gate,
 * which an insert that needs a longer chain opens again: then there is no
 * shrink, and no insert is refused for one that may never be made. When a grace
 * period has passed, all inserts see the gate, and the worker looks at all
 * chains. Just before it publishes the new table it shuts the gate, unless that
 * was opened.
 */
#include <linux/preempt.h>
#include <linux/sched.h>

#include "core/bucket.h"
#include "core/shrink.h"

/* Buckets that are looked at before others may run. */
#define PIECE	1024

static u32 share(u32 orders)
{
	return (BM_CHAIN_MAX / 2) >> orders;
}

/* Returns the records of a bucket's chain. */
static u32 chain_records(struct bm_table *table, u32 index)
{
	struct bm_record *record = bm_table_home(table, index);
	spinlock_t *lock = bm_table_lock(table, index);
	u32 records = 1;

	if (!bm_head_next(READ_ONCE(record->head)))
		return records;
	bm_lock(lock);
	while ((record = bm_chain_next(table, record)))
		records++;
	bm_unlock(lock);
	return records;
}

/*
 * Returns the records of the longest chain. The search ends at one that has more
 * than any shrink permits, which is remembered, and when the map is destroyed.
 */
static u32 longest_chain(struct bm_resize *resize, struct bm_table *table)
{
	u32 buckets = bm_table_buckets(table);
	u32 longest = 0;
	u32 index;

	for (index = 0; index < buckets; index++) {
		longest = max(longest, chain_records(table, index));
		if (longest > share(1)) {
			resize->blocker = (u64)index << table->shift | 1;
			break;
		}
		if (index % PIECE == PIECE - 1) {
			cond_resched();
			if (READ_ONCE(resize->dying))
				return U32_MAX;
		}
	}
	return longest;
}

/**
 * bm_shrink_blocked() - is a chain still too long for any shrink?
 * @resize: of the map
 * @table: its table
 *
 * Context: the worker. Takes and releases the lock of a bucket.
 * Return: true if bm_shrink_prepare() has found one, and it is.
 */
bool bm_shrink_blocked(struct bm_resize *resize, struct bm_table *table)
{
	u32 index = bm_table_index(table, resize->blocker);

	return resize->blocker && chain_records(table, index) > share(1);
}

/* The chains permit it, unless the gate was opened: then it stays so. */
static void raise_gate(struct bm_table *table, u32 orders)
{
	u32 gate = READ_ONCE(table->chain_max);

	if (gate & BM_CHAIN_GATE)
		cmpxchg(&table->chain_max, gate, share(orders) | BM_CHAIN_GATE);
}

/**
 * bm_shrink_prepare() - by how much may a table shrink?
 * @resize: of the map
 * @table: its table, which has no successor
 * @orders: by how much it should
 *
 * From now on inserts respect a shrink by the orders that are returned.
 * bm_shrink_commit() or bm_shrink_cancel() must follow, unless these are 0.
 *
 * Context: the worker. Sleeps for a grace period. Takes and releases locks of
 * buckets.
 * Return: orders, @orders at most; 0 if it must not shrink.
 */
u32 bm_shrink_prepare(struct bm_resize *resize, struct bm_table *table,
		      u32 orders)
{
	u32 longest;

	if (bm_shrink_blocked(resize, table))
		return 0;
	resize->blocker = 0;
	WRITE_ONCE(table->chain_max, share(orders) | BM_CHAIN_GATE);
	/* Inserts that have not seen the gate have ended then. */
	synchronize_rcu();
	longest = longest_chain(resize, table);
	while (orders && longest > share(orders))
		orders--;
	if (!orders)
		bm_shrink_cancel(table);
	else
		raise_gate(table, orders);
	return orders;
}

/**
 * bm_shrink_commit() - publish the table that a table shrinks to
 * @table: the table, after bm_shrink_prepare()
 * @next: the smaller one
 *
 * Context: the worker.
 * Return: whether that was done; false if an insert needed a longer chain, as
 * after bm_shrink_cancel().
 */
bool bm_shrink_commit(struct bm_table *table, struct bm_table *next)
{
	u32 orders = table->order - next->order;
	u32 gate = READ_ONCE(table->chain_max);
	bool shut;

	next->chain_max = BM_CHAIN_MAX / 2;
	/* Between these two an insert may be refused that is not later. */
	preempt_disable();
	shut = gate & BM_CHAIN_GATE &&
	       cmpxchg(&table->chain_max, gate, share(orders)) == gate;
	if (shut)
		/* (E) in worker.c */
		rcu_assign_pointer(table->next, next);
	preempt_enable();
	return shut;
}

/**
 * bm_shrink_cancel() - let chains be as long as before
 * @table: a table that does not shrink, or is the one that another shrank to
 *
 * Context: the worker.
 */
void bm_shrink_cancel(struct bm_table *table)
{
	WRITE_ONCE(table->chain_max, BM_CHAIN_MAX);
}
