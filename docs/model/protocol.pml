/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol: readers, writers, evacuation, retirement. Sequentially
 * consistent; section.pml, insert.pml and publish.pml model reordering.
 *
 * Three tables: of one bucket, two, one; with -DSHRINK of two, one, two. That is
 * one half of the hash space of tables of orders 1-2-1 and 2-1-2; the halves are
 * independent in all that is modelled. -DMIGRATIONS=1 stops at the second table.
 *
 * WATCHED and SIBLING are keys of different halves of the modelled hash space:
 * they share a bucket in tables with one bucket. Both are present at first. Their
 * writers overwrite, delete and insert them in any order, WATCHED WRITES times,
 * SIBLING once. Deletes compact: they move the other entry. With -DCROWDED there
 * is a third key, RESIDENT, in WATCHED's bucket, which is always present.
 *
 * A record has a single slot, so each further entry of a bucket takes an overflow
 * record. Tables begin with fewer overflow records than are needed. A chain is an
 * array; recycle.pml models links.
 *
 * process  is                                     in module/core/
 * reader   one lookup, of any key                 read.c: read_entry()
 * writer   writes to one key; before each write   change.c: try_change(),
 *          it helps to evacuate two buckets       bucket.h; evacuate.c
 * worker   publishes, evacuates, retires; or an   worker.c: resize_step();
 *          insert that grows a small table,       grow.c: grow()
 *          under the same mutex
 *
 * Checked: a lookup returns the state of the key at some instant during the call,
 * so a present key is found and an absent one is not. A process that holds the
 * lock of the authoritative bucket finds there what was last written, once. No
 * table is accessed after it was freed. No entry is copied to a bucket that has
 * been evacuated itself, nor to one in use when the table grows, whose lock is not
 * taken. All processes end
 * (no invalid end state), and then all entries are in the last table.
 *
 * Left out: the bound on a reader's tries, after which it takes the lock as a
 * writer does (here it retries indefinitely); sweep, which only selects the second
 * bucket that a writer helps with (here: any, or none); lack of memory (the worker
 * always gets the chunk that it needs).
 *
 * Broken variants: FLAG_OUTSIDE_LOCK, FLAG_UNCHECKED (a writer does not check the
 * flag under the lock), MOVE_UNCHECKED (an evacuation does not), FLAG_FIRST (the
 * flag is set before the copies), NEWEST (a reader goes to the newest table
 * instead of the successor), MISS_UNVALIDATED, HIT_UNVALIDATED, BARE_COMPACTION
 * (without a write section), WRITER_OUTSIDE_RCU, NO_GRACE_PERIOD, UNDO (needs
 * SHRINK and CROWDED), HELP_UNDER_LOCK (of the writer's own bucket; ends in a
 * deadlock).
 */

#ifndef WRITES
#define WRITES		1
#endif

#ifndef MIGRATIONS
#define MIGRATIONS	2
#endif

#define TABLES		3
#ifdef CROWDED
#define SLOTS		3
#define THIRD(it)	(it)
#else
#define SLOTS		2
#define THIRD(it)	0
#endif
#define BUCKETS		(2 * TABLES)

#define NONE		0
#define WATCHED		1
#define SIBLING		2
#define RESIDENT	3
#define KEYS		4

/* Tables and buckets. Bucket i of table t has the number 2 * t + i. */

#ifdef SHRINK
#define SPLIT(t)	(t != 1)	/* the table has two buckets */
#else
#define SPLIT(t)	(t == 1)
#endif
#define BUCKET(t, k)	(2 * t + (SPLIT(t) && k == SIBLING))
#define TABLE(b)	(b / 2)

byte map_table;			/* map->table */
byte newest;			/* the last published table */
bool freed[TABLES];
byte pool[TABLES];		/* available overflow records */

bool locked[BUCKETS];
bool evacuated[BUCKETS];	/* head: EVACUATED */
byte seq[BUCKETS];		/* head: seq */
byte tag[BUCKETS * SLOTS];	/* the key of each slot */
byte val[BUCKETS * SLOTS];

#define AT(b, i)	(SLOTS * (b) + (i))
#define USED(b)		((tag[AT(b, 0)] != NONE) + (tag[AT(b, 1)] != NONE) + \
			 THIRD(tag[AT(b, 2)] != NONE))
#define COUNT(b, k)	((tag[AT(b, 0)] == k) + (tag[AT(b, 1)] == k) +	\
			 THIRD(tag[AT(b, 2)] == k))
#define SLOT(b, k)	(tag[AT(b, 0)] == k -> 0 : (tag[AT(b, 1)] == k -> 1 : 2))

/* Every access to a bucket's memory. */
#define TOUCH(b)	assert(!freed[TABLE(b)])

/* The reference: every write creates a new version of its key. */

byte version[KEYS];
byte absent[KEYS];		/* bit v: in version v there was no entry */

#define IS_ABSENT(k, v)	((absent[k] >> (v)) & 1)
#define VALUE(k, v)	(16 * (k) + (v))

/*
 * RCU. A grace period ends, and the table is freed, as soon as the last process
 * that it waits for has left its read section: a later end could do no more harm.
 */

byte inside;			/* processes in a read section, bits by _pid */
byte waits[TABLES];		/* processes that a retired table waits for */
bool retired[TABLES];

#define RCU_BIT		(1 << _pid)

#define ERASE(i)	tag[i] = NONE; val[i] = 0

inline erase_bucket(b)
{
	evacuated[b] = false;
	seq[b] = 0;
	ERASE(AT(b, 0));
	ERASE(AT(b, 1));
#ifdef CROWDED
	ERASE(AT(b, 2))
#endif
}

/* Clearing the table's content reduces the number of states. */
inline free_table(t)
{
	freed[t] = true;
	pool[t] = 0;
	erase_bucket(2 * (t));
	erase_bucket(2 * (t) + 1)
}

inline end_grace_period(t)
{
	if
	:: retired[t] && !waits[t] && !freed[t] -> free_table(t)
	:: else
	fi
}

inline rcu_read_lock()
{
	inside = inside | RCU_BIT
}

inline rcu_read_unlock()
{
	inside = inside & ~RCU_BIT;
	waits[0] = waits[0] & ~RCU_BIT;
	waits[1] = waits[1] & ~RCU_BIT;
	end_grace_period(0);
	end_grace_period(1)
}

inline retire()
{
	map_table++;
	retired[map_table - 1] = true;
#ifndef NO_GRACE_PERIOD
	waits[map_table - 1] = inside;
#endif
	end_grace_period(map_table - 1)
}

/*
 * Locks. Taking a lock and the first access under it are a single step, and so
 * are the last access and the release: whatever other processes do in between,
 * they could as well do before or after.
 */

#define FREE(b)		(!locked[b])

inline lock(b)
{
	TOUCH(b);
	locked[b] = true
}

inline unlock(b)
{
	TOUCH(b);
	locked[b] = false
}

/* Evacuation: bm_evacuate(), with copy_entries() and append() */

#define GOES_TO(i, d)	(tag[AT(from, i)] != NONE &&			\
			 BUCKET(to, tag[AT(from, i)]) == d)
#define SHARE(d)	(GOES_TO(0, d) + GOES_TO(1, d) + THIRD(GOES_TO(2, d)))
#define NEXT_OF(d)	(entry == 0 && GOES_TO(0, d) -> 0 :		\
			 (entry <= 1 && GOES_TO(1, d) -> 1 : 2))
#define BEYOND_HOME(n)	(n > 1 -> n - 1 : 0)

/* Counts first, then takes all records that the copies may need. */
inline take_in_hand()
{
	if
	:: SPLIT(to) ->
		hand = BEYOND_HOME(SHARE(dest)) + BEYOND_HOME(SHARE(dest + 1))
	:: else ->
		hand = SHARE(dest)
	fi;
	if
	:: hand <= pool[to] -> pool[to] = pool[to] - hand
	:: else -> failed = true; hand = 0
	fi;
	left = SHARE(dest)
}

inline append()
{
	assert(!evacuated[dest]);
	at = USED(dest);
	if
	:: at == 0
	:: else -> assert(hand > 0); hand--
	fi;
	tag[AT(dest, at)] = tag[AT(from, entry)];
	val[AT(dest, at)] = val[AT(from, entry)];
	at = 0
}

inline copy_next()
{
	entry = NEXT_OF(dest);
	append();
	entry++;
	left--;
	entry = (left == 0 -> 0 : entry)
}

#ifndef UNDO
inline copy_entries()
{
	do
	:: left == 0 && (!SPLIT(to) || dest & 1) -> break
	:: left == 0 && SPLIT(to) && !(dest & 1) ->
		d_step { dest++; left = SHARE(dest) }
	:: left > 0 && SPLIT(to) ->
		/* No other task can be in the destination: its lock is not taken. */
		d_step {
			assert(FREE(dest) && USED(dest) + left == SHARE(dest));
			TOUCH(dest);
			copy_next()
		}
	:: left > 0 && !SPLIT(to) ->
		d_step {
			held || FREE(dest) ->
			lock(dest);
			held = true;
			copy_next();
			if
			:: left == 0 -> unlock(dest); held = false
			:: else
			fi
		}
	od;
	skip
}
#else
/*
 * The broken variant: copies each entry by itself, as long as records are
 * available, and if one is missing removes the copies.
 */
inline copy_entries()
{
	do
	:: entry == SLOTS || failed -> break
	:: else ->
		dest = BUCKET(to, tag[AT(from, entry)]);
		d_step {
			FREE(dest) ->
			if
			:: tag[AT(from, entry)] == NONE
			:: else ->
				hand = USED(dest) > 0;
				failed = hand > pool[to];
				if
				:: failed -> hand = 0
				:: else ->
					pool[to] = pool[to] - hand;
					put[entry] = USED(dest);
					append()
				fi
			fi;
			entry = entry + !failed
		}
	od;
	skip;
	do
	:: !failed || entry == 0 -> break
	:: else ->
		entry--;
		dest = BUCKET(to, tag[AT(from, entry)]);
		d_step {
			FREE(dest) ->
			if
			:: tag[AT(from, entry)] == NONE
			:: else ->
				at = AT(dest, put[entry]);
				gone = AT(dest, USED(dest) - 1);
				tag[at] = tag[gone];
				val[at] = val[gone];
				ERASE(gone);
				pool[to] = pool[to] + (USED(dest) > 0)
			fi
		}
	od;
	skip
}
#endif

inline evacuate(bucket)
{
	d_step {
		from = bucket;
		to = TABLE(from) + 1;
		dest = 2 * to;
		failed = false;
		evacuating = false
	};
	d_step {
		FREE(from) ->
		TOUCH(from);
		if
#ifndef MOVE_UNCHECKED
		:: evacuated[from]
#endif
		:: else ->
			lock(from);
			evacuating = true;
#ifndef UNDO
			take_in_hand();
#endif
#ifdef FLAG_FIRST
			evacuated[from] = !failed
#endif
		fi
	};
	if
	:: evacuating && !failed -> copy_entries()
	:: else
	fi;
#ifdef FLAG_OUTSIDE_LOCK
	if
	:: evacuating -> d_step { unlock(from); evacuating = false }; evacuated[from] = true
	:: else
	fi;
#endif
	d_step {
		if
		:: evacuating ->
			pool[to] = pool[to] + hand;
			hand = 0;
			if
			:: failed
			:: else -> evacuated[from] = true
			fi
		:: else
		fi
	};
	/* The flag is visible before the lock is released. */
	d_step {
		if
		:: evacuating -> unlock(from)
		:: else
		fi;
		from = 0; to = 0; dest = 0; hand = 0; entry = 0; left = 0;
		evacuating = false
	}
}

#ifdef UNDO
#define UNDO_LOCALS	byte put[SLOTS]; byte gone
#else
#define UNDO_LOCALS	skip
#endif

#define EVACUATION_LOCALS							\
	byte from, to, dest, hand, entry, left, at;			\
	bool evacuating, held, failed;					\
	UNDO_LOCALS

/* The worker: resize_step(), publish(), evacuate_all(), retire() */

inline evacuate_surely(bucket)
{
	do
	:: evacuate(bucket);
		if
		:: !failed -> break
		:: failed -> pool[map_table + 1]++	/* a chunk */
		fi
	od;
	skip
}

proctype worker()
{
	EVACUATION_LOCALS;

	do
	:: map_table == MIGRATIONS -> break
	:: else ->
		newest = map_table + 1;
		evacuate_surely(2 * map_table);
		if
		:: SPLIT(map_table) -> evacuate_surely(2 * map_table + 1)
		:: else
		fi;
		d_step { retire() }
	od
}

/* Writers: try_change() */

/* bm_evacuate_help(): the writer's own bucket, and at most one more */
inline help()
{
	table = map_table;
	if
	:: newest > table ->
		evacuate(BUCKET(table, key));
		if
		:: SPLIT(table) -> evacuate(2 * table + (key != SIBLING))
		:: skip
		fi
	:: else
	fi
}

/* bm_bucket_lock(): a flagged bucket is not locked at all */
inline bucket_lock()
{
	d_step {
		table = map_table;
		bucket = BUCKET(table, key);
		failed = false
	};
	do
	:: d_step {
#ifdef FLAG_UNCHECKED
		TOUCH(bucket);
		flagged = evacuated[bucket]
	   };
	   d_step {
		flagged || FREE(bucket) ->
#else
		evacuated[bucket] || FREE(bucket) ->
		TOUCH(bucket);
		flagged = evacuated[bucket];
#endif
		if
		:: !flagged -> lock(bucket)
		:: else -> table++; bucket = BUCKET(table, key)
		fi
	   };
		if
		:: !flagged -> break
		:: flagged
		fi
	od;
	skip
}

#ifdef BARE_COMPACTION
#define SECTION_BEGIN	skip
#define SECTION_END	skip
#else
#define SECTION_BEGIN	seq[bucket]++
#define SECTION_END	seq[bucket]++
#endif

inline new_version(is_absent)
{
	version[key]++;
	absent[key] = absent[key] | (is_absent << version[key])
}

/* bm_bucket_remove(): the last entry fills the hole */
inline remove()
{
	d_step {
		SECTION_BEGIN;
		new_version(1);
		slot = SLOT(bucket, key);
		tail = USED(bucket) - 1
	};
	if
	:: slot != tail ->
		val[AT(bucket, slot)] = val[AT(bucket, tail)];
		tag[AT(bucket, slot)] = tag[AT(bucket, tail)]
	:: slot == tail
	fi;
	d_step { ERASE(AT(bucket, tail)) };
	SECTION_END;
	pool[table] = pool[table] + (tail > 0)
}

/* bm_bucket_free_slot(); without any, add_chunk() */
inline find_slot()
{
	if
	:: !USED(bucket) || !pool[table]
	:: else -> pool[table]--
	fi
}

/* bm_bucket_insert(): the entry, then its tag, no write section */
inline insert()
{
	d_step {
		find_slot();
		slot = USED(bucket);
		val[AT(bucket, slot)] = VALUE(key, version[key] + 1)
	};
	d_step { new_version(0); tag[AT(bucket, slot)] = key }
}

/* bm_bucket_overwrite() of a value of one word */
inline overwrite()
{
	d_step {
		new_version(0);
		val[AT(bucket, SLOT(bucket, key))] = VALUE(key, version[key])
	}
}

/* Nothing that was written is lost or duplicated. */
#define CHECK(b, k)							\
	assert(COUNT(b, k) == !IS_ABSENT(k, version[k]));		\
	assert(!COUNT(b, k) ||						\
	       val[AT(b, SLOT(b, k))] == VALUE(k, version[k]))

inline change()
{
	d_step { CHECK(bucket, key) };
	if
	:: COUNT(bucket, key) -> overwrite()
	:: COUNT(bucket, key) -> remove()
	:: !COUNT(bucket, key) -> insert()
	fi
}

proctype writer(byte key, writes)
{
	byte table, bucket, slot, tail;
	bool flagged;
	EVACUATION_LOCALS;

	do
	:: writes == 0 -> break
	:: writes > 0 ->
		writes--;
#ifndef WRITER_OUTSIDE_RCU
		rcu_read_lock();
#endif
#ifndef HELP_UNDER_LOCK
		help();
		bucket_lock();
#else
		bucket_lock();
		help();
#endif
		change();
		d_step {
			unlock(bucket);
			rcu_read_unlock();
			table = 0; bucket = 0; slot = 0; tail = 0; flagged = false
		}
	od
}

/* The reader: read_entry(), find_home(), search_chain() */

#ifdef MISS_UNVALIDATED
#define MISS_VALID	true
#else
#define MISS_VALID	(seq[bucket] == head)
#endif
#ifdef HIT_UNVALIDATED
#define HIT_VALID	true
#else
#define HIT_VALID	(seq[bucket] == head)
#endif
#ifdef NEWEST
#define SUCCESSOR	newest
#else
#define SUCCESSOR	(table + 1)
#endif

/* Whether the key had version @v at some instant during the lookup. */
#define BETWEEN(v)	(first <= (v) && (v) <= version[key])
#define SOME_ABSENT							\
	((absent[key] >> first) & ((2 << (version[key] - first)) - 1))

proctype reader()
{
	byte key, table, bucket, head, slot, found, first;

	if
	:: key = WATCHED
	:: key = SIBLING
#ifdef CROWDED
	:: key = RESIDENT
#endif
	fi;
	d_step {
		first = version[key];
		rcu_read_lock();
		table = map_table;
		bucket = BUCKET(table, key)
	};
try:	/* Takes the head; waits while it is odd. */
	atomic {
		TOUCH(bucket);
		if
		:: evacuated[bucket] ->
			table = SUCCESSOR;
			bucket = BUCKET(table, key);
			goto try
		:: !evacuated[bucket] && !(seq[bucket] & 1) ->
			head = seq[bucket];
			slot = 0
		fi
	};
	do
	:: slot < SLOTS ->
		atomic {
			TOUCH(bucket);
			if
			:: tag[AT(bucket, slot)] == key -> goto hit
			:: else -> slot++
			fi
		}
	:: else ->
		atomic {
			TOUCH(bucket);
			if
			:: MISS_VALID -> assert(SOME_ABSENT); goto done
			:: else -> goto try
			fi
		}
	od;
hit:	atomic { TOUCH(bucket); found = val[AT(bucket, slot)] };
	atomic {
		TOUCH(bucket);
		if
		:: HIT_VALID ->
			assert(found / 16 == key);
			assert(BETWEEN(found % 16));
			assert(!IS_ABSENT(key, found % 16))
		:: else -> found = 0; goto try
		fi
	};
done:	skip;
	d_step {
		rcu_read_unlock();
		key = 0; table = 0; bucket = 0; head = 0; slot = 0; found = 0;
		first = 0
	}
}

inline settle(k)
{
	first = BUCKET(0, k);
	at = AT(first, USED(first));
	tag[at] = k;
	val[at] = VALUE(k, 0)
}

#define CHECK_LAST(k)	CHECK(BUCKET(MIGRATIONS, k), k)

init {
	byte first, at;

	d_step {
#ifdef CROWDED
		settle(RESIDENT);
#endif
		settle(SIBLING);
		settle(WATCHED);
		pool[1] = 1;
		pool[2] = 1;
		first = 0;
		at = 0
	};
	atomic {
		run worker();
		run reader();
		run writer(WATCHED, WRITES);
		run writer(SIBLING, 1)
	};
	_nr_pr == 1 ->	/* all others have ended */
	d_step {
		CHECK_LAST(WATCHED);
		CHECK_LAST(SIBLING);
#ifdef CROWDED
		CHECK_LAST(RESIDENT)
#endif
	}
}
