/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No chain gets longer than it may when a table shrinks. Two buckets merge into
 * one; all lengths are in records. Sequentially consistent.
 *
 * process  is                                          in module/core/
 * worker   sets the gate, waits for a grace period,    shrink.c; worker.c:
 *          looks at the chains, shuts the gate and     shrink_table(), publish(),
 *          publishes the new table, moves the buckets, replace_table()
 *          retires the old table
 * writer   inserts that each need one more record, in  change.c: try_change();
 *          a read section each; first a writer moves   bucket.h; shrink.c:
 *          its bucket, unless memory is missing for    chain_opens();
 *          that; what it may make the chain is looked  evacuate.c: merge()
 *          up long before it does so
 *
 * Checked: no chain is ever longer than BM_CHAIN_MAX; if the gate is opened there
 * is no shrink.
 *
 * Left out: deletes, which only make chains shorter; what is in the records.
 *
 * Broken variants: NO_GATE (the worker looks at the chains and hopes),
 * NO_GRACE_PERIOD, COMMIT_UNCHECKED (an opened gate is not noticed),
 * MERGED_UNLIMITED (inserts may fill the new chain while a bucket is still to
 * join it).
 */

#define BM_CHAIN_MAX	4
#define HALF		(BM_CHAIN_MAX / 2)
#define SHARE		(HALF / 2)
#define INSERTS		3

byte chain[2];			/* records of the buckets of the old table */
bool moved[2];
byte merged;			/* records of the bucket of the new table */
byte limit = BM_CHAIN_MAX;	/* chain_max of the old table */
byte limit_new = BM_CHAIN_MAX;
bool gate;			/* an insert may open it */
bool published;
bool replaced;
byte inside;			/* writers in a read section */
byte waits;			/* writers that the grace period waits for */

#define BIT		(1 << _pid)

/* The bucket's lock is held, and that of the new one. */
inline move_bucket(b)
{
	d_step {
		if
		:: published && !moved[b] ->
			merged = merged + chain[b];
			assert(merged <= BM_CHAIN_MAX);
			moved[b] = true
		:: else
		fi
	}
}

proctype worker()
{
	bool shut, small;

#ifndef NO_GATE
	d_step { limit = SHARE; gate = true };
#endif
#ifndef NO_GRACE_PERIOD
	waits = inside;
	waits == 0;
#endif
	/* One chain after the other. */
	small = chain[0] <= SHARE;
	small = small && chain[1] <= SHARE;
	limit_new = HALF;
#ifdef MERGED_UNLIMITED
	limit_new = BM_CHAIN_MAX;
#endif
	if
	:: small ->
		d_step {
#ifdef COMMIT_UNCHECKED
			shut = true;
#else
#ifdef NO_GATE
			shut = true;
#else
			/* cmpxchg() */
			shut = gate;
#endif
#endif
			limit = (shut -> SHARE : limit);
			gate = false
		};
		published = shut
	:: else -> d_step { limit = BM_CHAIN_MAX; gate = false }
	fi;
	if
	:: published ->
		move_bucket(0);
		move_bucket(1);
		d_step { replaced = true; limit_new = BM_CHAIN_MAX }
	:: else
	fi
}

/* One more record for the old bucket, its lock held. */
inline extend_old()
{
	if
	:: chain[mine] < may -> chain[mine]++
	:: chain[mine] >= may && by_gate && chain[mine] < BM_CHAIN_MAX ->
		if
		/* cmpxchg() */
		:: gate -> gate = false; limit = BM_CHAIN_MAX; chain[mine]++
		:: else
		fi
	:: else
	fi;
	assert(chain[mine] <= BM_CHAIN_MAX)
}

proctype writer(byte mine)
{
	byte count, may;
	bool by_gate, locked_old;

	do
	:: count < INSERTS ->
		d_step { inside = inside | BIT };
		if
		:: move_bucket(mine)
		:: skip		/* no memory, or the table was not there yet */
		fi;
		if
		:: d_step { !moved[mine] -> may = limit; by_gate = gate };
			/* The bucket is locked, so it cannot move. */
			if
			:: d_step { !moved[mine] -> extend_old() }
			:: moved[mine]
			fi
		:: moved[mine] ->
			may = limit_new;
			d_step {
				if
				:: merged < may -> merged++
				:: else
				fi;
				assert(merged <= BM_CHAIN_MAX)
			}
		fi;
		d_step {
			inside = inside & ~BIT;
			waits = waits & ~BIT;
			count++; may = 0; by_gate = false
		}
	:: count == INSERTS -> break
	od
}

init {
	atomic {
		run worker();
		run writer(0);
		run writer(1);
		run writer(1)
	}
}
