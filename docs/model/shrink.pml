/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No chain exceeds its limit when a table shrinks. Two buckets merge into one; all
 * lengths are in records. Sequentially consistent.
 *
 * process  is                                          in module/core/
 * worker   sets the gate, waits for a grace period,    shrink.c; worker.c:
 *          checks the chains, shuts the gate and       shrink_table(), publish(),
 *          publishes the new table, evacuates the      replace_table()
 *          buckets, retires the old table
 * writer   inserts that each need one more record, in  change.c: try_change();
 *          a read section each; first a writer         bucket.h; bucket.c:
 *          evacuates its bucket, unless it lacks       chain_opens();
 *          memory for that; it reads the limit of the  evacuate.c: merge()
 *          chain long before it extends the chain
 *
 * Checked: no chain is ever longer than BM_CHAIN_MAX; if the gate is opened, the
 * table does not shrink.
 *
 * Left out: deletes, which only make chains shorter; what is in the records.
 *
 * Broken variants: NO_GATE (the worker checks the chains without a gate),
 * NO_GRACE_PERIOD, COMMIT_UNCHECKED (an opened gate is ignored), MERGED_UNLIMITED
 * (inserts may fill the new chain before all buckets are merged into it).
 */

#define BM_CHAIN_MAX	4
#define HALF		(BM_CHAIN_MAX / 2)
#define SHARE		(HALF / 2)
#define INSERTS		3

byte chain[2];			/* records of the buckets of the old table */
bool evacuated[2];
byte merged;			/* records of the bucket of the new table */
byte limit = BM_CHAIN_MAX;	/* chain_max of the old table */
byte limit_new = BM_CHAIN_MAX;
bool gate;			/* an insert longest open it */
bool published;
bool replaced;
byte inside;			/* writers in a read section */
byte waits;			/* writers that the grace period waits for */

#define BIT		(1 << _pid)

/* Both buckets' locks are held. */
inline evacuate_bucket(b)
{
	d_step {
		if
		:: published && !evacuated[b] ->
			merged = merged + chain[b];
			assert(merged <= BM_CHAIN_MAX);
			evacuated[b] = true
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
	/* The worker checks one chain after the other. */
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
		evacuate_bucket(0);
		evacuate_bucket(1);
		d_step { replaced = true; limit_new = BM_CHAIN_MAX }
	:: else
	fi
}

/* Adds a record to the old bucket; its lock is held. */
inline extend_old()
{
	if
	:: chain[mine] < longest -> chain[mine]++
	:: chain[mine] >= longest && by_gate && chain[mine] < BM_CHAIN_MAX ->
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
	byte count, longest;
	bool by_gate, locked_old;

	do
	:: count < INSERTS ->
		d_step { inside = inside | BIT };
		if
		:: evacuate_bucket(mine)
		:: skip		/* no memory, or no new table yet */
		fi;
		if
		:: d_step { !evacuated[mine] -> longest = limit; by_gate = gate };
			/* The bucket is locked, so it cannot be evacuated. */
			if
			:: d_step { !evacuated[mine] -> extend_old() }
			:: evacuated[mine]
			fi
		:: evacuated[mine] ->
			longest = limit_new;
			d_step {
				if
				:: merged < longest -> merged++
				:: else
				fi;
				assert(merged <= BM_CHAIN_MAX)
			}
		fi;
		d_step {
			inside = inside & ~BIT;
			waits = waits & ~BIT;
			count++; longest = 0; by_gate = false
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
