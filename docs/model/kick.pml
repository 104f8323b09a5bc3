/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the worker to look, on a processor that lets a load pass an earlier
 * store: barrier (F).
 *
 * process  is                                          in module/core/
 * writer   an insert that finds the map too full, and  change.c: try_change();
 *          asks                                        pass.c: bm_resize_kick()
 * worker   clears asked, looks, sleeps; a look may     worker.c: bm_worker()
 *          fail once for want of memory, and is tried
 *          again after a delay
 *
 * Checked: when all writers are done and the worker sleeps, with no work
 * pending, it has seen all that they wrote. The same when some have lost their
 * CPU for good: those who are done do not depend on them.
 *
 * Left out: the workqueue itself, which runs work that is queued while it runs
 * once more, and orders what came before queueing before the work.
 *
 * Broken variants: ASK_UNORDERED (no smp_mb() between the write and the load of
 * kicked), CLEAR_UNORDERED (asked is cleared by a plain store),
 * CLEAR_AFTER_LOOK, PREEMPTIBLE (a writer may lose its CPU between setting asked
 * and queueing the work).
 */

#define WRITERS		2

byte written;
byte seen;
bool kicked;
bool pending;
bool busy;
byte ready;			/* writers that are done, or held off for ever */
byte needed;			/* what those who are done have written at least */

/* A writer loses its CPU, for longer than anybody can wait. */
#define HELD_OFF	:: true -> ready++; goto held_off

proctype writer()
{
	bool was_kicked, unordered;
	byte mine;

#ifdef ASK_UNORDERED
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
	byte look;
	bool failed;

end:	do
	:: atomic { pending -> pending = false; busy = true };
#ifdef CLEAR_AFTER_LOOK
		look = written;
		kicked = false;
#else
#ifdef CLEAR_UNORDERED
		if
		:: look = written; kicked = false
		:: kicked = false; look = written
		fi;
#else
		kicked = false;
		look = written;
#endif
#endif
		if
		:: seen = look
		:: !failed ->
			failed = true;
			kicked = true;
			pending = true		/* in a while */
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
