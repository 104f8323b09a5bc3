/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Joining a look, on a processor that lets loads pass each other, and stores:
 * barrier (K).
 *
 * process  is                                          in module/core/
 * worker   a look that takes the last memory for a     worker.c: bm_worker(),
 *          larger table and completes a migration      publish();
 *                                                      memory.c: bm_memory_take()
 * inserter an insert that needs memory at any instant  change.c: make_room();
 *                                                      resize.c: bm_resize_join()
 *
 * Checked: who is refused memory that the look has taken finds the migration
 * completed when he has waited.
 *
 * Left out: the release and acquire of looks_ended, which answer.pml has.
 *
 * Broken variants: JOIN_UNORDERED (no smp_rmb()), TAKE_UNORDERED (memory is
 * counted by an operation that orders nothing).
 */

bool taken;
byte looks_begun;
byte looks_ended;
bool completed;

proctype worker()
{
#ifdef TAKE_UNORDERED
	if
	:: looks_begun = 1; taken = true
	:: taken = true; looks_begun = 1
	fi;
#else
	looks_begun = 1;
	taken = true;
#endif
	completed = true;
	looks_ended = 1
}

proctype inserter()
{
	bool refused, early;
	byte look;

#ifdef JOIN_UNORDERED
	if
	:: look = looks_begun; early = true
	:: skip
	fi;
#endif
	refused = taken;
	if
	:: early
	:: else -> look = looks_begun
	fi;
	if
	:: refused -> looks_ended >= look; assert(completed)
	:: else
	fi
}

init {
	atomic {
		run worker();
		run inserter()
	}
}
