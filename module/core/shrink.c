// SPDX-License-Identifier: GPL-2.0
/*
 * Shrinking: no chain may get longer than BM_CHAIN_MAX records.
 *
 * If a table shrinks by @orders, 1 << orders buckets merge into one. Writers
 * insert into that bucket while others are still to be merged into it. Half of
 * BM_CHAIN_MAX is for records that merge, half for inserts:
 *
 *  - In the old table no chain has more than its share of the first half,
 *    (BM_CHAIN_MAX / 2) >> orders records.
 *  - In the new table no insert makes a chain longer than BM_CHAIN_MAX / 2
 *    until all buckets are evacuated. A bucket that merges adds at most its own
 *    share.
 *
 * Inserts respect bm_table.chain_max. The worker lowers it with a gate: an
 * insert that needs a longer chain opens the gate, and the table does not
 * shrink. So no insert is refused because of a shrink that may never happen.
 * After a grace period all inserts see the gate, and the worker measures all
 * chains. Just before it publishes the new table it shuts the gate, unless an
 * insert has opened it.
 */
#include <linux/preempt.h>
#include <linux/sched.h>

#include "core/bucket.h"
#include "core/mapped.h"
#include "core/shrink.h"

/* Buckets that are measured before other tasks may run. */
#define PIECE	1024

static u32 share(u32 orders)
{
	return (BM_CHAIN_MAX / 2) >> orders;
}

/* Returns the length of a bucket's chain, in records. */
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
 * Returns the length of the longest chain, in records. The search ends at a
 * chain that is too long for any shrink, and remembers it as blocker. It also
 * ends if the map is being destroyed.
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
 * @resize: the map's resize state
 * @table: the map's table
 *
 * Context: the worker. Takes and releases the lock of a bucket.
 * Return: true if the chain that bm_shrink_prepare() found is still too long.
 */
bool bm_shrink_blocked(struct bm_resize *resize, struct bm_table *table)
{
	u32 index = bm_table_index(table, resize->blocker);

	return resize->blocker && chain_records(table, index) > share(1);
}

/* Raises the gate to a shrink by @orders, unless an insert has opened it. */
static void raise_gate(struct bm_table *table, u32 orders)
{
	u32 gate = READ_ONCE(table->chain_max);

	if (gate & BM_CHAIN_GATE)
		cmpxchg(&table->chain_max, gate, share(orders) | BM_CHAIN_GATE);
}

/**
 * bm_shrink_prepare() - find out by how many orders a table may shrink
 * @resize: the map's resize state
 * @table: the map's table, which has no successor
 * @orders: by how many orders it should shrink
 *
 * Lowers the gate: from now on inserts respect a shrink by the returned orders.
 * bm_shrink_commit() or bm_shrink_cancel() must follow, unless 0 is returned.
 *
 * Context: the worker. Sleeps for a grace period. Takes and releases locks of
 * buckets.
 * Return: orders, at most @orders; 0 if the table must not shrink.
 */
u32 bm_shrink_prepare(struct bm_resize *resize, struct bm_table *table,
		      u32 orders)
{
	u32 longest;

	if (bm_shrink_blocked(resize, table))
		return 0;
	resize->blocker = 0;
	WRITE_ONCE(table->chain_max, share(orders) | BM_CHAIN_GATE);
	/* Wait for inserts that have not seen the gate. */
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
 * bm_shrink_commit() - publish the smaller successor of a table
 * @table: the table, after bm_shrink_prepare()
 * @next: the successor
 *
 * Context: the worker.
 * Return: true if it was published; false if an insert has opened the gate, and
 * the table is as after bm_shrink_cancel().
 */
bool bm_shrink_commit(struct bm_table *table, struct bm_table *next)
{
	u32 orders = table->order - next->order;
	u32 gate = READ_ONCE(table->chain_max);
	bool shut;

	next->chain_max = BM_CHAIN_MAX / 2;
	/*
	 * Keep this short: between the two stores an insert may be refused that
	 * would succeed later.
	 */
	preempt_disable();
	shut = gate & BM_CHAIN_GATE &&
	       cmpxchg(&table->chain_max, gate, share(orders)) == gate;
	if (shut)
		bm_mapped_succeed(table, next); /* (E) in migrate.c */
	preempt_enable();
	return shut;
}

/**
 * bm_shrink_cancel() - reset chain_max to BM_CHAIN_MAX
 * @table: a table that does not shrink, or the result of a completed shrink
 *
 * Context: the worker.
 */
void bm_shrink_cancel(struct bm_table *table)
{
	WRITE_ONCE(table->chain_max, BM_CHAIN_MAX);
}
