/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a pass of the worker, on a processor that reorders: barrier (J).
 * section.pml says how accesses are reordered. kick.pml is about callers that
 * kick the worker and do not wait.
 *
 * process  is                                          in module/core/
 * caller   needs something, a table that fits or just  pass.c: bm_pass_await(),
 *          a larger one, and waits for an answer;      bm_resize_wait(); fit.c:
 *          there are two                               bucketmap_resize()
 * kicker   kicks once, and does not wait               pass.c: bm_resize_kick()
 * worker   makes a pass when its work is due; a pass   worker.c: bm_worker(),
 *          may fail for lack of memory, before or      run_pass()
 *          after the size that fits is known, and is
 *          then put off
 *
 * Checked: no caller waits while the worker is idle, unless its work is due at
 * once; a caller gets the answer of a pass that saw what the caller needs; and
 * success is reported for a table that fits only if there is one.
 *
 * Left out: deadlines and signals, which end the wait and withdraw the request;
 * that requests for a table that fits are serialized; progress, which ends the
 * wait early; the wait queue; the workqueue itself.
 *
 * Broken variants: BEGUN_EARLY, WAITED_UNORDERED (no smp_mb() before, or after,
 * passes_started and waited in bm_pass_await()), BEGUN_LOAD_RELAXED, BEGIN_RELAXED,
 * PASS_UNORDERED (kicked is cleared by a plain store), PUT_OFF_UNORDERED (no
 * smp_mb() after the pass was put off), END_RELAXED, END_LOAD_RELAXED,
 * NO_WAITED (there is no waited), KICKED_TRUSTED (a caller that finds kicked set
 * does not queue the work), ENDED_COUNTED (the caller waits for the pass after
 * the last one that has ended), FIT_TAKEN_LATE (only when a migration in progress
 * has ended).
 */

#define CALLERS		2
#define FAILURES	1

#define NOT		0
#define IN_A_WHILE	1
#define AT_ONCE		2

byte needs;			/* of callers, bit by bit: entries, order_min */
bool fit;			/* a table that fits is requested */
bool waited;
bool kicked;
byte due;			/* of the work */
bool busy;
byte passes_started;
byte passes_done;
byte answer;			/* needs that the last pass saw */
bool fit_err;			/* there is no memory for a table that fits */
byte fitted;			/* callers for whom there was such a table */
byte pass[CALLERS];		/* that the caller waits for; 0: it does not wait */
byte ready;			/* processes that wait or are done */

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

/* A caller */

#define NEED		1
#define FIT		2
#define BEGUN		4
#define WAITED		8
#define KICKED		16
#define QUEUE		32
#define CALL		63
#define ENDED		1
#define ANSWER		2

#ifdef BEGUN_EARLY
#define BEGUN_AFTER	0
#else
#define BEGUN_AFTER	(NEED | FIT)
#endif
#ifdef BEGUN_LOAD_RELAXED
#define BEGUN_ACQUIRE	0
#else
#define BEGUN_ACQUIRE	BEGUN
#endif
#ifdef WAITED_UNORDERED
#define WAITED_FIRST	BEGUN_ACQUIRE
#else
#define WAITED_FIRST	(NEED | FIT | BEGUN | WAITED)
#endif
#ifdef END_LOAD_RELAXED
#define END_ACQUIRE	0
#else
#define END_ACQUIRE	ENDED
#endif
#ifdef ENDED_COUNTED
#define LAST_PASS	passes_done
#else
#define LAST_PASS	passes_started
#endif

proctype caller(byte me)
{
	byte done, mine, seen;
	bool fits, err;
#ifdef KICKED_TRUSTED
	bool was_kicked;
#endif

	if
	:: fits = true
	:: skip
	fi;
	do
	ACCESS(NEED, 0, needs = needs | 1 << me)
	ACCESS(FIT, NEED, fit = fit || fits)	/* under its lock */
	ACCESS(BEGUN, BEGUN_AFTER, mine = LAST_PASS + 1)
	ACCESS(WAITED, BEGUN_AFTER | BEGUN_ACQUIRE, waited = true)
#ifdef KICKED_TRUSTED
	ACCESS(KICKED, WAITED_FIRST, was_kicked = kicked; kicked = true)
	ACCESS(QUEUE, WAITED_FIRST | KICKED, due = (was_kicked -> due : AT_ONCE))
#else
	ACCESS(KICKED, WAITED_FIRST, kicked = true)
	ACCESS(QUEUE, WAITED_FIRST, due = AT_ONCE)
#endif
	:: done == CALL -> break
	od;
	skip;
	d_step { done = 0; pass[me] = mine; ready++ };
	do
	/* Checks again at each wake-up. */
	:: d_step { !(done & ENDED) && passes_done >= mine -> done = done | ENDED }
	ACCESS(ANSWER, END_ACQUIRE, seen = answer; err = fit_err)
	:: done == (ENDED | ANSWER) -> break
	od;
	skip;
	d_step {
		assert(seen & 1 << me);
		assert(!fits || err || fitted & 1 << me);
		pass[me] = 0; mine = 0; done = 0; seen = 0; fits = 0; err = 0
	}
}

proctype kicker()
{
	bool was_kicked;

	d_step { was_kicked = kicked; kicked = true };
	if
	:: was_kicked
	:: else -> due = AT_ONCE
	fi;
	ready++
}

/* The worker */

#define UNWAIT		1
#define BEGIN		2
#define UNKICK		4
#define PASS		8
#define ANSWERED	16
#define END		32
#define ALL		63

#ifdef BEGIN_RELAXED
#define BEGIN_RELEASE	0
#else
#define BEGIN_RELEASE	UNWAIT
#endif
#ifdef PASS_UNORDERED
#define PASS_AFTER	0
#define UNKICK_AFTER	0
#else
#define PASS_AFTER	(UNWAIT | BEGIN | UNKICK)
#define UNKICK_AFTER	(UNWAIT | BEGIN)
#endif
#ifdef END_RELAXED
#define END_RELEASE	PASS
#else
#define END_RELEASE	(UNWAIT | BEGIN | UNKICK | PASS | ANSWERED)
#endif

/* bm_fit_take() */
inline take_fit()
{
	fitting = fitting || fit;
	fit = false
}

/* Sees what is needed; the result is stored below. */
inline make_table(is_migrating)
{
	sees = needs;
#ifdef FIT_TAKEN_LATE
	if
	:: failed && is_migrating
	:: else -> take_fit()
	fi;
#else
	take_fit();
#endif
	fits = fitting;
	fitting = false
}

proctype worker()
{
	byte done, sees, failures;
	bool failed, migrating, fitting, fits, was_waited;

end:	do
	:: d_step { due != NOT -> due = NOT; busy = true };
		if
		:: failures < FAILURES -> failures++; failed = true
		:: failures < FAILURES ->
			failures++; failed = true; migrating = true
		:: skip
		fi;
		do
		ACCESS(UNWAIT, 0, waited = false)
		ACCESS(BEGIN, BEGIN_RELEASE, passes_started++)
		ACCESS(UNKICK, UNKICK_AFTER, kicked = false)
		ACCESS(PASS, PASS_AFTER, make_table(migrating))
		ACCESS(ANSWERED, PASS, answer = sees;
		       fit_err = (fits -> failed : fit_err);
		       fitted = (fits && !failed -> fitted | sees : fitted))
		ACCESS(END, END_RELEASE, passes_done = passes_started)
		:: done == ALL -> break
		od;
		skip;
		if
		:: failed ->
			kicked = true;
#ifdef PUT_OFF_UNORDERED
			was_waited = waited;
			due = IN_A_WHILE;
#else
			due = IN_A_WHILE;
			was_waited = waited;
#endif
#ifndef NO_WAITED
			if
			:: was_waited -> due = AT_ONCE
			:: else
			fi
#endif
		:: else
		fi;
		d_step {
			done = 0; sees = 0; fits = false; failed = false;
			migrating = false; was_waited = false;
			busy = false
		}
	od
}

#define WAITS(i)	(pass[i] > passes_done)

init {
	atomic {
		run worker();
		run kicker();
		run caller(0);
		run caller(1)
	}
end:	!busy && due != AT_ONCE && ready == CALLERS + 1 &&
	(WAITS(0) || WAITS(1)) ->
	assert(false)
}
