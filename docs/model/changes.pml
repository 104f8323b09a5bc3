/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Polling for any change of the map, on a processor that reorders: barriers (H)
 * and (I). section.pml says how accesses are reordered.
 *
 * Two keys, each of which is written once.
 *
 * process  is                                          in module/core/
 * poller   arms, polls once or twice, and reads the    changes.c: bm_changes_begin(),
 *          map after each poll; there are two          bm_changes_arm()
 * writer   changes its key and notes the change;       change.c: try_change();
 *          there is one for each key                   changes.c: note_change()
 *
 * Checked: when a writer has returned, and at the end, a poller whose version is
 * still that of the map has read what was written.
 *
 * A grace period ends as soon as it may. Left out: the wait queue of pollers,
 * which is woken when the version changes; the lock of the bucket, as the pollers
 * read without it.
 *
 * Broken variants: NOTE_UNORDERED (no smp_mb() in note_change()), ARM_UNORDERED
 * (the version is made odd by an operation without ordering; both (H)),
 * NO_GRACE_PERIOD, ARMED_EARLY (armed is set before the grace period; (I)),
 * WANTED_EARLY (the writer checks for pollers before its read section).
 */

#define POLLERS		2
#define WRITERS		2

byte written;			/* bit mask of written keys */
bool interest;
bool armed;
bool arming;			/* pollers_lock */
byte version;
byte seen[POLLERS];		/* written, as read after the last poll */
byte known[POLLERS];		/* the version that the last poll returned */
bool polled[POLLERS];		/* the poll and the reading after it are done */
byte ready;

byte inside;			/* writers in a read section */
byte waits;			/* writers that the grace period waits for */

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

/* The poller has read the change, or the next poll will report one. */
#define NOTIFIED(i, those)	(!polled[i] || (seen[i] & (those)) == (those) ||	\
			 known[i] != version)

#define CHANGE		1
#define WANTED		2
#define LEFT		4
#define LOAD		8
#define NOTE		16

#ifdef NOTE_UNORDERED
#define NOTE_BARRIER	0
#else
#define NOTE_BARRIER	(CHANGE | WANTED | LEFT)
#endif

proctype writer(byte me)
{
	bool wanted;
	byte word, done;

#ifdef WANTED_EARLY
	wanted = interest;
	done = WANTED;
#endif
	inside = inside | me;
	do
	ACCESS(CHANGE, 0, written = written | me)
	ACCESS(WANTED, 0, wanted = interest)
	ACCESS(LEFT, CHANGE | WANTED,
	       inside = inside & ~me; waits = waits & ~me)
	/* The load may be early; it decides whether the cmpxchg() is done. */
	ACCESS(LOAD, NOTE_BARRIER, word = version)
	:: d_step { !(done & NOTE) && BEFORE(CHANGE | WANTED | LEFT | LOAD) ->
		    if
		    :: wanted && (word & 1) && version == word ->
			version++
		    :: else
		    fi;
		    done = done | NOTE }
	:: done == (CHANGE | WANTED | LEFT | LOAD | NOTE) -> break
	od;
	skip;
	d_step {
		assert(NOTIFIED(0, me) && NOTIFIED(1, me));
		ready++
	}
}

#define SET		1
#define READ		2

#ifdef ARM_UNORDERED
#define ARM_BARRIER	0
#else
#define ARM_BARRIER	SET
#endif

inline arm()
{
	if
	:: armed
	:: !armed ->
		d_step { !arming -> arming = true };
		if
		:: armed
		:: !armed ->
			interest = true;
#ifdef ARMED_EARLY
			armed = true;
#endif
#ifndef NO_GRACE_PERIOD
			waits = inside;
			!waits;
#endif
			armed = true
		fi;
		arming = false
	fi
}

proctype poller(byte me)
{
	byte done, polls;

	do
	::	polled[me] = false;
		arm();
		do
		ACCESS(SET, 0, version = version | 1; known[me] = version)
		ACCESS(READ, ARM_BARRIER, seen[me] = written)
		:: done == (SET | READ) -> break
		od;
		skip;
		d_step {
			done = 0;
			polls++;
			polled[me] = true
		};
		if
		:: polls < 2
		:: break
		fi
	od;
	ready++
}

init {
	atomic {
		run poller(0);
		run poller(1);
		run writer(1);
		run writer(2)
	}
	ready == POLLERS + WRITERS ->
	assert(NOTIFIED(0, written) && NOTIFIED(1, written))
}
