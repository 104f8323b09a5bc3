/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Joining a look, on a processor that lets loads pass each other, and stores:
 * barrier (K).
 *
 * process  is                                          in module/core/
 * worker   a look that takes the last memory for a     worker.c: bm_worker(),
 *          larger table and completes a migration      publish();
 *                                                      memory.c: bm_memory_charge()
 * inserter an insert that needs memory at any instant  space.c: bm_space_make();
 *                                                      pass.c: bm_resize_join()
 *
 * Checked: who is refused memory that the look has taken finds the migration
 * completed when he has waited.
 *
 * Left out: the release and acquire of passes_done, which answer.pml has.
 *
 * Broken variants: JOIN_UNORDERED (no smp_rmb()), TAKE_UNORDERED (memory is
 * counted by an operation that orders nothing).
 */

bool taken;
byte passes_started;
byte passes_done;
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

proctype inserter()
{
	bool refused, early;
	byte look;

#ifdef JOIN_UNORDERED
	if
	:: look = passes_started; early = true
	:: skip
	fi;
#endif
	refused = taken;
	if
	:: early
	:: else -> look = passes_started
	fi;
	if
	:: refused -> passes_done >= look; assert(completed)
	:: else
	fi
}

init {
	atomic {
		run worker();
		run inserter()
	}
}
