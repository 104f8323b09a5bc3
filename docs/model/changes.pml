/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking for any change of the map, on a processor that reorders: barriers (H)
 * and (I). How accesses are reordered is told in section.pml.
 *
 * Two keys, of which each is written once.
 *
 * process  is                                          in module/core/
 * poller   arms, looks once or twice, and reads the    changes.c: bm_changes_begin(),
 *          map after each look; there are two          bm_changes_arm()
 * writer   changes its key, and notes it; there is     change.c: try_change();
 *          one for each                                changes.c: note_change()
 *
 * Checked: when a writer has returned, and when all is done, a poller whose
 * version is still the map's has read what was written.
 *
 * A grace period ends as soon as it may. Left out: the queue of those who poll,
 * which is woken when the version is another one; the bucket's lock, as the
 * pollers read without it.
 *
 * Broken variants: NOTE_UNORDERED (no smp_mb() in note_change()), LOOK_UNORDERED
 * (the version is made odd by an operation that orders nothing; both (H)),
 * NO_GRACE_PERIOD, ARMED_EARLY (armed is set before the grace period; (I)),
 * WANTED_EARLY (the writer asks whether anybody watches before its read
 * section).
 */

#define POLLERS		2
#define WRITERS		2

byte written;			/* the keys that were, bit by bit */
bool interest;
bool armed;
bool arming;			/* pollers_lock */
byte version;
byte seen[POLLERS];		/* of written, after the last look */
byte known[POLLERS];		/* the version that the last look returned */
bool looked[POLLERS];		/* that look is over, and nothing was done since */
byte ready;

byte inside;			/* writers in a read section */
byte waits;			/* those that the grace period waits for */

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

/* Does a poller know of a change, or can learn that there is one? */
#define TOLD(i, those)	(!looked[i] || (seen[i] & (those)) == (those) ||	\
			 known[i] != version)

#define CHANGE		1
#define WANTED		2
#define LEFT		4
#define LOOK		8
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
	/* What it may do early is the load that decides about the rest. */
	ACCESS(LOOK, NOTE_BARRIER, word = version)
	:: d_step { !(done & NOTE) && BEFORE(CHANGE | WANTED | LEFT | LOOK) ->
		    if
		    :: wanted && (word & 1) && version == word ->
			version++
		    :: else
		    fi;
		    done = done | NOTE }
	:: done == (CHANGE | WANTED | LEFT | LOOK | NOTE) -> break
	od;
	skip;
	d_step {
		assert(TOLD(0, me) && TOLD(1, me));
		ready++
	}
}

#define SET		1
#define READ		2

#ifdef LOOK_UNORDERED
#define LOOK_BARRIER	0
#else
#define LOOK_BARRIER	SET
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
	byte done, looks;

	do
	::	looked[me] = false;
		arm();
		do
		ACCESS(SET, 0, version = version | 1; known[me] = version)
		ACCESS(READ, LOOK_BARRIER, seen[me] = written)
		:: done == (SET | READ) -> break
		od;
		skip;
		d_step {
			done = 0;
			looks++;
			looked[me] = true
		};
		if
		:: looks < 2
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
	assert(TOLD(0, written) && TOLD(1, written))
}
