/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kicking the worker, on a processor that lets a load pass an earlier store:
 * barrier (F).
 *
 * process  is                                          in module/core/
 * writer   an insert that finds the map too full, and  change.c: try_change();
 *          kicks the worker                            pass.c: bm_resize_kick()
 * worker   clears kicked, makes a pass, sleeps; a      worker.c: bm_worker()
 *          pass may fail once for lack of memory, and
 *          is retried after a delay
 *
 * Checked: when all writers are done and the worker sleeps without pending work,
 * it has seen all that they wrote. This also holds if some writers lose their CPU
 * indefinitely: the others do not depend on them.
 *
 * Left out: the workqueue itself, which runs work again that is queued while it
 * runs, and orders what precedes queueing before the work.
 *
 * Broken variants: KICK_UNORDERED (no smp_mb() between the write and the load of
 * kicked), CLEAR_UNORDERED (kicked is cleared by a plain store),
 * CLEAR_AFTER_PASS, PREEMPTIBLE (a writer may lose its CPU between setting kicked
 * and queueing the work).
 */

#define WRITERS		2

byte written;
byte seen;
bool kicked;
bool pending;
bool busy;
byte ready;			/* writers that are done or have lost their CPU */
byte needed;			/* lower bound of what the others have written */

/* A writer loses its CPU indefinitely. */
#define HELD_OFF	:: true -> ready++; goto held_off

proctype writer()
{
	bool was_kicked, unordered;
	byte mine;

#ifdef KICK_UNORDERED
	if
	:: was_kicked = kicked; unordered = true
	:: skip
	fi;
#endif
	d_step { written++; mine = written };
	if
	HELD_OFF
	:: skip
	fi;
	if
	:: unordered
	:: else -> was_kicked = kicked
	fi;
	if
	:: was_kicked
	:: else ->
		d_step { was_kicked = kicked; kicked = true };	/* xchg() */
#ifdef PREEMPTIBLE
		if
		HELD_OFF
		:: skip
		fi;
#endif
		if
		:: was_kicked
		:: else -> pending = true
		fi
	fi;
	d_step { needed = (mine > needed -> mine : needed); ready++ };
held_off:
	skip
}

proctype worker()
{
	byte sees;
	bool failed;

end:	do
	:: atomic { pending -> pending = false; busy = true };
#ifdef CLEAR_AFTER_PASS
		sees = written;
		kicked = false;
#else
#ifdef CLEAR_UNORDERED
		if
		:: sees = written; kicked = false
		:: kicked = false; sees = written
		fi;
#else
		kicked = false;
		sees = written;
#endif
#endif
		if
		:: seen = sees
		:: !failed ->
			failed = true;
			kicked = true;
			pending = true		/* after a delay */
		fi;
		busy = false
	od
}

init {
	atomic {
		run worker();
		run writer();
		run writer()
	}
	ready == WRITERS && !pending && !busy ->
	assert(pending || busy || seen >= needed)
}
