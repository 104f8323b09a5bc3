/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Retirement without end: how many tables a reader may pass, and when one may be
 * freed. Sequentially consistent. A table has a single bucket.
 *
 * process  is                                          in module/core/
 * worker   publishes, evacuates, retires, for ever     resize.c: publish(),
 *                                                      evacuate_all(), retire()
 * reader   lookups, for ever, with pauses anywhere;    read.c: find_home();
 *          a writer goes the same way                  bucket.h: bm_bucket_lock()
 *
 * Checked: nobody touches a table that was freed; the entry is found; nobody
 * passes more than BM_RETIRED_MAX tables in an RCU read section; when a table is
 * published, fewer than that wait for their grace period; the worker never
 * waits in vain (no invalid end state).
 *
 * A grace period ends, and the worker frees the table, as soon as may be: no
 * later instant could do more harm. Memory of freed tables is used again for new
 * ones.
 *
 * Broken variants: UNBOUNDED (publish() does not wait), STATE_TOO_EARLY (the
 * grace period begins before map->table has moved), NO_GRACE_PERIOD.
 */

#define TABLES		6
#define NONE		TABLES
#define BM_RETIRED_MAX	2

byte map_table;
byte next[TABLES];
bool live[TABLES];
bool evacuated[TABLES];
bool entry[TABLES];
bool queued[TABLES];		/* to be freed after a grace period */
byte waits[TABLES];		/* readers that this is waiting for */
byte inside;			/* readers in a read section */
byte retired[BM_RETIRED_MAX];	/* the oldest first */

#define BIT		(1 << _pid)

/* Frees a table that was queued for it and waits for nobody. */
inline free_idle(t)
{
	if
	:: queued[t] && !waits[t] ->
		queued[t] = false;
		live[t] = false;
		evacuated[t] = false;
		entry[t] = false;
		next[t] = NONE
	:: else
	fi
}

inline free_all_idle()
{
	free_idle(0);
	free_idle(1);
	free_idle(2);
	free_idle(3);
	free_idle(4);
	free_idle(5)
}

#define EXPIRED(t)	(t == NONE || !waits[t])
#define WAITING		((waits[0] != 0) + (waits[1] != 0) + (waits[2] != 0) + \
			 (waits[3] != 0) + (waits[4] != 0) + (waits[5] != 0))

/* start_poll_synchronize_rcu(); the worker frees it when that has passed */
inline begin_grace_period()
{
	d_step {
		retired[0] = retired[1];
		retired[1] = old;
#ifndef NO_GRACE_PERIOD
		waits[old] = inside;
#endif
		queued[old] = true;
		free_all_idle()
	}
}

proctype worker()
{
	byte table, old;

	do
	::
#ifndef UNBOUNDED
		EXPIRED(retired[0]);
#endif
		/* A table that is still in use is not free memory. */
		d_step {
			!live[0] || !live[1] || !live[2] || !live[3] ||
			!live[4] || !live[5] ->
#ifndef UNBOUNDED
			assert(WAITING < BM_RETIRED_MAX);
#endif
			table = (!live[0] -> 0 : (!live[1] -> 1 :
				(!live[2] -> 2 : (!live[3] -> 3 :
				(!live[4] -> 4 : 5)))));
			old = map_table;
			live[table] = true;
			next[table] = NONE;
			next[old] = table
		};
		entry[table] = true;
		evacuated[old] = true;
#ifdef STATE_TOO_EARLY
		begin_grace_period();
		map_table = table;
#else
		map_table = table;
		begin_grace_period();
#endif
		d_step { table = 0; old = 0 }
	od
}

proctype reader()
{
	byte table, passed;

	do
	:: d_step { inside = inside | BIT; table = map_table };
		do
		:: d_step {
			evacuated[table] ->
			assert(live[table]);
			table = next[table];
			passed++;
			assert(passed <= BM_RETIRED_MAX)
		   }
		:: d_step { !evacuated[table] -> assert(live[table]) };
			/* Now the bucket may move: it does no harm. */
			d_step { assert(live[table]); assert(entry[table]) };
			break
		od;
		skip;
		d_step {
			inside = inside & ~BIT;
			waits[0] = waits[0] & ~BIT;
			waits[1] = waits[1] & ~BIT;
			waits[2] = waits[2] & ~BIT;
			waits[3] = waits[3] & ~BIT;
			waits[4] = waits[4] & ~BIT;
			waits[5] = waits[5] & ~BIT;
			free_all_idle();
			table = 0; passed = 0
		}
	od
}

init {
	d_step {
		next[0] = NONE; next[1] = NONE; next[2] = NONE;
		next[3] = NONE; next[4] = NONE; next[5] = NONE;
		retired[0] = NONE; retired[1] = NONE;
		live[0] = true;
		entry[0] = true
	};
	atomic {
		run worker();
		run reader();
		run reader()
	}
}
