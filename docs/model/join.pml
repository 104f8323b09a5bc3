/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Joining a pass, on a processor that reorders loads, and stores: barrier (K).
 *
 * process  is                                          in module/core/
 * worker   a pass that takes the last memory for a     worker.c: bm_worker(),
 *          larger table and completes a migration      publish();
 *                                                      memory.c: bm_memory_charge()
 * grower   with GROWS, in its place: an insert that    grow.c: bm_grow_small()
 *          does the same, and is no pass
 * inserter an insert that needs memory at any instant  space.c: bm_space_make();
 *                                                      pass.c: bm_resize_join()
 *
 * Checked: if an insert is refused memory that was taken for the table, it finds
 * the migration completed: after it has waited, or if there is nothing to wait for.
 *
 * Left out: the release and acquire of passes_done, which answer.pml models; the
 * pass that is awaited while an insert grows the table: it ends after that.
 *
 * Broken variants: JOIN_UNORDERED (no smp_rmb() before passes_started is read),
 * TAKE_UNORDERED (memory is counted by an operation without ordering),
 * PROGRESS_UNORDERED (no smp_rmb() before progress is read again), LOCK_UNCHECKED
 * (the mutex is not looked at).
 */

bool taken;
byte passes_started;
byte passes_done;
bool locked;
bool completed;

proctype worker()
{
#ifdef TAKE_UNORDERED
	if
	:: passes_started = 1; taken = true
	:: taken = true; passes_started = 1
	fi;
#else
	passes_started = 1;
	taken = true;
#endif
	completed = true;
	passes_done = 1
}

proctype grower()
{
#ifdef TAKE_UNORDERED
	if
	:: locked = true; taken = true
	:: taken = true; locked = true
	fi;
#else
	locked = true;
	taken = true;
#endif
	completed = true;
	locked = false
}

proctype inserter()
{
	bool refused, early, progress, seen;
	byte pass;

#ifdef JOIN_UNORDERED
	if
	:: pass = passes_started; early = true
	:: skip
	fi;
#endif
	refused = taken;
	if
	:: early
	:: else -> pass = passes_started
	fi;
#ifdef PROGRESS_UNORDERED
	if
	:: progress = completed; seen = true
	:: skip
	fi;
#endif
	if
	:: !refused -> goto end
	:: refused && passes_done != pass -> passes_done == pass; assert(completed); goto end
	:: refused && passes_done == pass
	fi;
#ifndef LOCK_UNCHECKED
	if
	:: locked -> !locked; assert(completed); goto end
	:: !locked
	fi;
#endif
	if
	:: seen
	:: else -> progress = completed
	fi;
	assert(progress);
end:
	skip
}

init {
	atomic {
#ifdef GROWS
		run grower();
#else
		run worker();
#endif
		run inserter()
	}
}
