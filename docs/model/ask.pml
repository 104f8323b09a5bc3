/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the worker to look, on a processor that lets a load pass an earlier
 * store: barrier (F).
 *
 * process  is                                          in module/core/
 * writer   an insert that finds the map too full, and  change.c: try_change();
 *          asks                                        resize.c: bm_resize_ask()
 * worker   clears asked, looks, sleeps; a look may     resize.c: resize_work()
 *          fail once for want of memory, and is tried
 *          again after a delay
 *
 * Checked: when all writers are done and the worker sleeps, with no work
 * pending, it has seen all that they wrote.
 *
 * Left out: the workqueue itself, which runs work that is queued while it runs
 * once more, and orders what came before queueing before the work.
 *
 * Broken variants: ASK_UNORDERED (no smp_mb() between the write and the load of
 * asked), CLEAR_UNORDERED (asked is cleared by a plain store),
 * CLEAR_AFTER_LOOK.
 */

#define WRITERS		2

byte written;
byte seen;
bool asked;
bool pending;
bool busy;
byte ready;			/* writers that are done */

proctype writer()
{
	bool was_asked, unordered;

#ifdef ASK_UNORDERED
	if
	:: was_asked = asked; unordered = true
	:: skip
	fi;
#endif
	written++;
	if
	:: unordered
	:: else -> was_asked = asked
	fi;
	if
	:: was_asked
	:: else ->
		d_step { was_asked = asked; asked = true };	/* xchg() */
		if
		:: was_asked
		:: else -> pending = true
		fi
	fi;
	ready++
}

proctype worker()
{
	byte look;
	bool failed;

end:	do
	:: atomic { pending -> pending = false; busy = true };
#ifdef CLEAR_AFTER_LOOK
		look = written;
		asked = false;
#else
#ifdef CLEAR_UNORDERED
		if
		:: look = written; asked = false
		:: asked = false; look = written
		fi;
#else
		asked = false;
		look = written;
#endif
#endif
		if
		:: seen = look
		:: !failed ->
			failed = true;
			asked = true;
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
	assert(pending || busy || seen == written)
}
