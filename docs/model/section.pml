/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The write section, on a processor that reorders: barrier (A).
 *
 * A process performs its loads or stores one by one, in any order that barriers
 * and the order of accesses to the same word permit: each access names those that
 * must precede it. All other processes see a store at once, as on x86, arm64,
 * riscv and s390. Dependencies order nothing: what a load decides is guessed
 * beforehand, and a wrong guess ends the run.
 *
 * One bucket with two slots: SIBLING in slot 0, WATCHED in slot 1, with the same
 * tag; values of two words. WATCHED is always present.
 *
 * process  is                                          in module/core/
 * reader   one try of a lookup of WATCHED, a hit in    read.c: search_chain(),
 *          either slot, or a miss                      seq_changed()
 * writer   one of
 *   compact   deletes SIBLING, which moves WATCHED to  bucket.h: bm_hole_fill(),
 *             slot 0, and inserts OTHER in slot 1      bm_bucket_insert()
 *   overwrite both words of WATCHED's value at once    bm_bucket_overwrite()
 *   windows   first one word, then the other, by two   bm_bucket_overwrite()
 *             writes
 *
 * Checked: a validated try is a hit, and the two words of its value were there
 * together.
 *
 * The lock is not modelled, as there is a single writer; an unlock and a lock
 * order what precedes them before what follows.
 *
 * Broken variants: NO_WRITE_BARRIER, SECTION_END_RELAXED, NO_READ_BARRIER,
 * HEAD_LOAD_RELAXED, BARE_WINDOWS (a store of one word of a longer value has no
 * write section).
 */

#define SIBLING		1
#define WATCHED		2
#define OTHER		3

byte seq;
bool tag[2] = { true, true };
byte key[2] = { SIBLING, WATCHED };
byte low[2] = { 9, 1 };		/* the value's words */
byte high[2] = { 9, 1 };
bool windows;

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

/* Stores of the writer */
#define ODD		1
#define KEY		2
#define LOW		4
#define HIGH		8
#define TAG		16
#define OLD_TAG		32
#define OLD_KEY		64
#define OLD_LOW		128
#define OLD_HIGH	256
#define EVEN		512
#define ODD_2		1024
#define EVEN_2		2048
#define NEW_KEY		1024
#define NEW_LOW		2048
#define NEW_HIGH	4096
#define NEW_TAG		8192

#ifdef NO_WRITE_BARRIER
#define WRITE_BARRIER(odd)	0
#else
#define WRITE_BARRIER(odd)	odd
#endif
#ifdef SECTION_END_RELAXED
#define RELEASE(odd, stores)	odd
#else
#define RELEASE(odd, stores)	(odd | (stores))
#endif

#define MOVES		(KEY | LOW | HIGH | TAG | OLD_TAG | OLD_KEY |	\
			 OLD_LOW | OLD_HIGH)
#define SECTION		(ODD | MOVES | EVEN)
#define INSERT		(NEW_KEY | NEW_LOW | NEW_HIGH)

inline compact()
{
	do
	ACCESS(ODD, 0, seq = 1)
	ACCESS(KEY, WRITE_BARRIER(ODD), key[0] = WATCHED)
	ACCESS(LOW, WRITE_BARRIER(ODD), low[0] = 1)
	ACCESS(HIGH, WRITE_BARRIER(ODD), high[0] = 1)
	/* Both tags are in one word. */
	ACCESS(TAG, WRITE_BARRIER(ODD), tag[0] = true)
	ACCESS(OLD_TAG, TAG | WRITE_BARRIER(ODD), tag[1] = false)
	ACCESS(OLD_KEY, WRITE_BARRIER(ODD), key[1] = 0)
	ACCESS(OLD_LOW, WRITE_BARRIER(ODD), low[1] = 0)
	ACCESS(OLD_HIGH, WRITE_BARRIER(ODD), high[1] = 0)
	ACCESS(EVEN, RELEASE(ODD, MOVES), seq = 2)
	/* unlocks, locks */
	ACCESS(NEW_KEY, SECTION, key[1] = OTHER)
	ACCESS(NEW_LOW, SECTION, low[1] = 9)
	ACCESS(NEW_HIGH, SECTION, high[1] = 9)
	ACCESS(NEW_TAG, SECTION | INSERT, tag[1] = true)
	:: done == (SECTION | INSERT | NEW_TAG) -> break
	od
}

inline overwrite()
{
	do
	ACCESS(ODD, 0, seq = 1)
	ACCESS(LOW, WRITE_BARRIER(ODD), low[1] = 2)
	ACCESS(HIGH, WRITE_BARRIER(ODD), high[1] = 2)
	ACCESS(EVEN, RELEASE(ODD, LOW | HIGH), seq = 2)
	:: done == (ODD | LOW | HIGH | EVEN) -> break
	od
}

inline overwrite_windows()
{
	windows = true;
	do
#ifdef BARE_WINDOWS
	ACCESS(LOW, 0, low[1] = 2)
	ACCESS(HIGH, LOW, high[1] = 2)	/* unlocked, locked */
	:: done == (LOW | HIGH) -> break
#else
	ACCESS(ODD, 0, seq = 1)
	ACCESS(LOW, WRITE_BARRIER(ODD), low[1] = 2)
	ACCESS(EVEN, RELEASE(ODD, LOW), seq = 2)
	/* unlocks, locks */
	ACCESS(ODD_2, ODD | LOW | EVEN, seq = 3)
	ACCESS(HIGH, ODD | LOW | EVEN | WRITE_BARRIER(ODD_2), high[1] = 2)
	ACCESS(EVEN_2, RELEASE(ODD_2, HIGH), seq = 4)
	:: done == (ODD | LOW | EVEN | ODD_2 | HIGH | EVEN_2) -> break
#endif
	od
}

proctype writer()
{
	int done;

	if
	:: compact()
	:: overwrite()
	:: overwrite_windows()
	fi
}

/* Loads of the reader */
#define HEAD		1
#define TAGS		2
#define KEY_0		4
#define KEY_1		8
#define LOW_WORD	16
#define HIGH_WORD	32
#define HEAD_AGAIN	64

#ifdef HEAD_LOAD_RELAXED
#define HEAD_ACQUIRE	0
#else
#define HEAD_ACQUIRE	HEAD
#endif
#ifdef NO_READ_BARRIER
#define READ_BARRIER	HEAD
#else
#define READ_BARRIER	(HEAD | TAGS | KEY_0 | KEY_1 | LOW_WORD | HIGH_WORD)
#endif
#define TAGS_ACQUIRE	(HEAD_ACQUIRE | TAGS)	/* (B), see insert.pml */

#define MISS		2
#define MATCH(i)	(tags[i] && keys[i] == WATCHED)

proctype reader()
{
	byte slot, head, again, low_word, high_word;
	bool tags[2];
	byte keys[2];
	byte done;

	if
	:: slot = 0; done = KEY_1
	:: slot = 1; done = KEY_0
	:: slot = MISS; done = LOW_WORD | HIGH_WORD
	fi;
	do
	ACCESS(HEAD, 0, head = seq)
	ACCESS(TAGS, HEAD_ACQUIRE, tags[0] = tag[0]; tags[1] = tag[1])
	ACCESS(KEY_0, TAGS_ACQUIRE, keys[0] = key[0])
	ACCESS(KEY_1, TAGS_ACQUIRE, keys[1] = key[1])
	ACCESS(LOW_WORD, TAGS_ACQUIRE, low_word = low[slot])
	ACCESS(HIGH_WORD, TAGS_ACQUIRE, high_word = high[slot])
	ACCESS(HEAD_AGAIN, READ_BARRIER, again = seq)
	:: done == 127 -> break
	od;
	if
	:: (head & 1) || head != again		/* INVALID: another try */
	:: else ->
		if
		:: slot == MISS -> assert(MATCH(0) || MATCH(1))
		:: slot != MISS && !MATCH(slot)	/* a wrong guess */
		:: slot != MISS && MATCH(slot) ->
			assert(low_word == 1 || low_word == 2);
			assert(high_word == low_word ||
			       windows && low_word == 2 && high_word == 1)
		fi
	fi
}

init {
	atomic {
		run writer();
		run reader()
	}
}
