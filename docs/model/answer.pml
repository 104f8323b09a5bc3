/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for the worker to have looked, on a processor that reorders: barrier
 * (J). How accesses are reordered is told in section.pml. What becomes of those
 * who ask and do not wait is the subject of kick.pml.
 *
 * process  is                                          in module/core/
 * caller   needs something, a table that fits or just  pass.c: bm_pass_await(),
 *          a larger one, and waits for an answer;      bucketmap_resize(),
 *          there are two                               bm_resize_wait()
 * kicker    asks once, and does not wait                pass.c: bm_resize_kick()
 * worker   looks when its work is due; a look may      worker.c: bm_worker(),
 *          fail for want of memory, before or after    look()
 *          it is known what fits, and is then put off
 *
 * Checked: nobody waits while the worker rests, unless its work is due at once;
 * who waited gets the answer of a look that saw what he needs; and is told that
 * there is a table that fits only if there is.
 *
 * Left out: deadlines and signals, after which nobody waits and a call is
 * withdrawn; that calls for a table that fits go one after the other; progress,
 * which ends waiting early; the queue of those who wait; the
 * workqueue itself.
 *
 * Broken variants: BEGUN_EARLY, WAITED_UNORDERED (no smp_mb() before, after
 * passes_started and waited in bm_pass_await()), BEGUN_LOAD_RELAXED, BEGIN_RELAXED,
 * LOOK_UNORDERED (asked is cleared by a plain store), PUT_OFF_UNORDERED (no
 * smp_mb() after the look was put off), END_RELAXED, END_LOAD_RELAXED,
 * NOBODY_WAITS (there is no waited), ASKED_TRUSTED (who finds asked set does not
 * queue the work), ENDED_COUNTED (the caller waits for the look after the last
 * one that has ended), FIT_TAKEN_LATE (not before a migration that is under way
 * has ended).
 */

#define CALLERS		2
#define FAILURES	1

#define NOT		0
#define IN_A_WHILE	1
#define AT_ONCE		2

byte needs;			/* of callers, bit by bit: entries, order_min */
bool fit;			/* somebody calls for a table that fits */
bool waited;
bool kicked;
byte due;			/* of the work */
bool busy;
byte begun;
byte ended;
byte answer;			/* needs that the last look saw */
bool fit_err;			/* there is no memory for a table that fits */
byte fitted;			/* callers for whom there was such a table */
byte look[CALLERS];		/* that the caller waits for, 0: does not wait */
byte ready;			/* callers that wait or are done, kicker */

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
#define LAST_LOOK	ended
#else
#define LAST_LOOK	begun
#endif

proctype caller(byte me)
{
	byte done, mine, seen;
	bool fits, err;
#ifdef ASKED_TRUSTED
	bool was_kicked;
#endif

	if
	:: fits = true
	:: skip
	fi;
	do
	ACCESS(NEED, 0, needs = needs | 1 << me)
	ACCESS(FIT, NEED, fit = fit || fits)	/* under its lock */
	ACCESS(BEGUN, BEGUN_AFTER, mine = LAST_LOOK + 1)
	ACCESS(WAITED, BEGUN_AFTER | BEGUN_ACQUIRE, waited = true)
#ifdef ASKED_TRUSTED
	ACCESS(KICKED, WAITED_FIRST, was_kicked = kicked; kicked = true)
	ACCESS(QUEUE, WAITED_FIRST | KICKED, due = (was_kicked -> due : AT_ONCE))
#else
	ACCESS(KICKED, WAITED_FIRST, kicked = true)
	ACCESS(QUEUE, WAITED_FIRST, due = AT_ONCE)
#endif
	:: done == CALL -> break
	od;
	skip;
	d_step { done = 0; look[me] = mine; ready++ };
	do
	/* As often as it is woken. */
	:: d_step { !(done & ENDED) && ended >= mine -> done = done | ENDED }
	ACCESS(ANSWER, END_ACQUIRE, seen = answer; err = fit_err)
	:: done == (ENDED | ANSWER) -> break
	od;
	skip;
	d_step {
		assert(seen & 1 << me);
		assert(!fits || err || fitted & 1 << me);
		look[me] = 0; mine = 0; done = 0; seen = 0; fits = 0; err = 0
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
#define UNASK		4
#define LOOK		8
#define TELL		16
#define END		32
#define ALL		63

#ifdef BEGIN_RELAXED
#define BEGIN_RELEASE	0
#else
#define BEGIN_RELEASE	UNWAIT
#endif
#ifdef LOOK_UNORDERED
#define LOOK_AFTER	0
#define UNASK_AFTER	0
#else
#define LOOK_AFTER	(UNWAIT | BEGIN | UNASK)
#define UNASK_AFTER	(UNWAIT | BEGIN)
#endif
#ifdef END_RELAXED
#define END_RELEASE	LOOK
#else
#define END_RELEASE	(UNWAIT | BEGIN | UNASK | LOOK | TELL)
#endif

/* bm_fit_take() */
inline take_fit()
{
	fitting = fitting || fit;
	fit = false
}

/* Sees what is needed, and says what came of it. */
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
	bool failed, migrating, fitting, fits, somebody;

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
		ACCESS(BEGIN, BEGIN_RELEASE, begun++)
		ACCESS(UNASK, UNASK_AFTER, kicked = false)
		ACCESS(LOOK, LOOK_AFTER, make_table(migrating))
		ACCESS(TELL, LOOK, answer = sees;
		       fit_err = (fits -> failed : fit_err);
		       fitted = (fits && !failed -> fitted | sees : fitted))
		ACCESS(END, END_RELEASE, ended = begun)
		:: done == ALL -> break
		od;
		skip;
		if
		:: failed ->
			kicked = true;
#ifdef PUT_OFF_UNORDERED
			somebody = waited;
			due = IN_A_WHILE;
#else
			due = IN_A_WHILE;
			somebody = waited;
#endif
#ifndef NOBODY_WAITS
			if
			:: somebody -> due = AT_ONCE
			:: else
			fi
#endif
		:: else
		fi;
		d_step {
			done = 0; sees = 0; fits = false; failed = false;
			migrating = false; somebody = false;
			busy = false
		}
	od
}

#define WAITS(i)	(look[i] > ended)

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
