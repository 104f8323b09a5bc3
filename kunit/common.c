// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites share.
 */
#include <linux/bitops.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/stringhash.h>

#include "common.h"

/* Seeds */

static ulong kunit_seed;
module_param(kunit_seed, ulong, 0444);
MODULE_PARM_DESC(kunit_seed, "seed of the KUnit suites, 0 to choose one");

int bmt_suite_init(struct kunit_suite *suite)
{
	while (!kunit_seed)
		kunit_seed = get_random_u32();
	kunit_info(suite, "kunit_seed=%lu", kunit_seed);
	return 0;
}

/* Each case has its own sequence: it repeats when it is run alone. */
int bmt_init(struct kunit *test)
{
	struct rnd_state *state;

	state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	prandom_seed_state(state, kunit_seed ^
			   full_name_hash(NULL, test->name,
					  strlen(test->name)));
	test->priv = state;
	return 0;
}

u64 bmt_random(struct kunit *test)
{
	struct rnd_state *state = test->priv;
	u64 high = prandom_u32_state(state);

	return high << 32 | prandom_u32_state(state);
}

u32 bmt_below(struct kunit *test, u32 limit)
{
	return prandom_u32_state(test->priv) % limit;
}

/* Maps */

static void destroy_map(void *map)
{
	bucketmap_destroy(map);
}

struct bucketmap *bmt_map(struct kunit *test,
			  const struct bucketmap_config *config)
{
	struct bucketmap *map = bucketmap_create(config);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	err = kunit_add_action_or_reset(test, destroy_map, map);
	KUNIT_ASSERT_EQ(test, err, 0);
	map->hash.key.key[0] = bmt_random(test);
	map->hash.key.key[1] = bmt_random(test);
	return map;
}

void bmt_map_destroy(struct kunit *test, struct bucketmap *map)
{
	kunit_release_action(test, destroy_map, map);
}

/* The worker */

/* Whoever finds that it was asked already does not ask it again. */
void bmt_worker_hold(struct bucketmap *map)
{
	bm_resize_stop(map);
}

/* Lets the worker go on when it is asked to. */
void bmt_worker_free(struct bucketmap *map)
{
	WRITE_ONCE(map->resize.dying, false);
	WRITE_ONCE(map->resize.asked, BM_ASKED_NOT);
}

void bmt_worker_release(struct kunit *test, struct bucketmap *map)
{
	bmt_worker_free(map);
	bm_resize_ask(map);
	bmt_settle(test, map);
}

void bmt_settle(struct kunit *test, struct bucketmap *map)
{
	u32 tries;

	for (tries = 0; tries < 1000; tries++) {
		flush_delayed_work(&map->resize.work);
		if (!delayed_work_pending(&map->resize.work) &&
		    !bmt_next(bmt_table(map)))
			return;
	}
	KUNIT_FAIL(test, "the worker does not come to an end");
}

/* Tables */

struct bm_table *bmt_publish(struct kunit *test, struct bucketmap *map,
			     u32 order)
{
	struct bm_table *table;

	table = bm_table_alloc(&map->layout, order, bmt_table(map),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	rcu_assign_pointer(bmt_table(map)->next, table);
	return table;
}

/* Moves a bucket of the oldest table, however many records that takes. */
void bmt_evacuate(struct kunit *test, struct bucketmap *map, u32 index)
{
	struct bm_table *table = bmt_table(map);
	int err;

	for (;;) {
		err = bm_evacuate(map, table, index, BM_MOVED_BY_WORKER);
		if (err != -ENOMEM)
			break;
		bmt_reserve_grow(test, bmt_next(table));
	}
	KUNIT_ASSERT_EQ(test, err, 0);
}

void bmt_evacuate_all(struct kunit *test, struct bucketmap *map)
{
	u32 buckets = bm_table_buckets(bmt_table(map));
	u32 index;

	for (index = 0; index < buckets; index++)
		bmt_evacuate(test, map, index);
}

void bmt_reserve_grow(struct kunit *test, struct bm_table *table)
{
	size_t bytes = bm_chunk_bytes(table);
	void *chunk = bm_chunk_alloc(bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, chunk);
	KUNIT_ASSERT_EQ(test, bm_reserve_install(table, &chunk, bytes), 0);
	KUNIT_ASSERT_NULL(test, chunk);
}

/* Takes all records that a reserve has, and returns the link to the first. */
u32 bmt_reserve_drain(struct bm_table *table)
{
	u32 available = table->reserve.available;

	return available ? bm_reserve_take(table, available) : 0;
}

/* Checking all of a map */

struct tally {
	u64 entries;
	u64 records;
};

static bool all_zero(const u64 *words, u32 count)
{
	while (count--)
		if (*words++)
			return false;
	return true;
}

static const char *slot_fault(struct bucketmap *map, struct bm_table *table,
			      u32 index, struct bm_record *record, u32 slot,
			      u32 used)
{
	u64 *key = bm_slot_key(&map->layout, record, slot);
	u8 tag = bm_tags_get(record->tags, slot);
	bool beyond = slot >= used;
	u64 hash;

	if (!tag != beyond)
		return "an empty slot before one in use";
	if (!tag)
		return all_zero(key, map->layout.slot_words) ? NULL :
			"an empty slot that is not zero";
	hash = bm_hash_words(&map->hash, key, map->layout.key_size);
	if (tag != bm_tag(hash))
		return "a wrong tag";
	if (bm_table_index(table, hash) != index)
		return "an entry in a wrong bucket";
	return NULL;
}

static const char *record_fault(struct bucketmap *map, struct bm_table *table,
				u32 index, struct bm_record *record, u32 used)
{
	bool home = record == bm_table_home(table, index);
	const char *fault = NULL;
	u32 slot;

	for (slot = 0; slot < BM_SLOTS && !fault; slot++)
		fault = slot_fault(map, table, index, record, slot, used);
	if (fault)
		return fault;
	if (home && record->head & BM_HEAD_ODD)
		return "an odd seq";
	if (!home && record->head & ~BM_HEAD_NEXT)
		return "an overflow record with a seq or a flag";
	if (!home && !used)
		return "an empty overflow record";
	if (bm_head_next(record->head) && used < BM_SLOTS)
		return "a record in the chain that is not full";
	return NULL;
}

static void check_bucket(struct kunit *test, struct bucketmap *map,
			 struct bm_table *table, u32 index,
			 struct tally *tally)
{
	struct bm_record *home = bm_table_home(table, index);
	struct bm_record *record = home;
	u64 entries = 0;

	do {
		u32 used = hweight64(bm_tags_used(record->tags));
		const char *fault = record_fault(map, table, index, record,
						 used);

		if (fault) {
			KUNIT_FAIL(test, "bucket %u of %u has %s", index,
				   bm_table_buckets(table), fault);
			return;
		}
		entries += used;
		tally->records += record != home;
		record = bm_chain_next(table, record);
	} while (record);
	if (!(home->head & BM_HEAD_EVACUATED))
		tally->entries += entries;
}

void bmt_check_map(struct kunit *test, struct bucketmap *map)
{
	struct tally tally = { };
	struct bm_table *table;
	u32 index;

	for (table = bmt_table(map); table; table = bmt_next(table)) {
		tally.records = 0;
		for (index = 0; index < bm_table_buckets(table); index++)
			check_bucket(test, map, table, index, &tally);
		KUNIT_EXPECT_EQ(test, tally.records, bm_reserve_used(table));
	}
	KUNIT_EXPECT_EQ(test, tally.entries, bmt_count(map));
}

/* Maps of numbers */

struct bucketmap *bmt_numbers(struct kunit *test, u64 capacity)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.capacity = capacity,
	};

	return bmt_map(test, &config);
}

u64 bmt_value(u64 key)
{
	return (key + 1) * 0x9e3779b97f4a7c15ULL;
}

int bmt_put(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key);

	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &value,
				GFP_KERNEL);
}

void bmt_fill(struct kunit *test, struct bucketmap *map, u64 first, u64 count)
{
	u64 key;

	for (key = first; key < first + count; key++)
		KUNIT_ASSERT_EQ(test, bmt_put(map, key), 0);
}

/* Counts the keys with which looking up does not end in @err. */
static void check_keys(struct kunit *test, struct bucketmap *map, u64 first,
		       u64 count, int err)
{
	u64 wrong = 0, example = 0;
	u64 key;

	for (key = first; key < first + count; key++) {
		u64 value = 0;
		int got = bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);

		if (got == err && (got || value == bmt_value(key)))
			continue;
		wrong++;
		example = key;
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "lookup of key %llu", example);
}

void bmt_check(struct kunit *test, struct bucketmap *map, u64 first,
	       u64 count)
{
	check_keys(test, map, first, count, 0);
}

void bmt_check_absent(struct kunit *test, struct bucketmap *map, u64 first,
		      u64 count)
{
	check_keys(test, map, first, count, -ENOENT);
}

u64 bmt_count(struct bucketmap *map)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(map, &geometry);
	return geometry.count;
}

/* Made keys */

#define XXH_1	11400714785074694791ULL
#define XXH_2	14029467366897019727ULL
#define XXH_3	1609587929392839161ULL
#define XXH_4	9650029242287828579ULL
#define XXH_5	2870177450012600261ULL

struct bucketmap *bmt_made(struct kunit *test, u32 value_size, u64 capacity)
{
	struct bucketmap_config config = {
		.key_size = sizeof(struct bmt_key),
		.value_size = value_size,
		.flags = BUCKETMAP_CREATE_XXH64,
		.capacity = capacity,
	};

	return bmt_map(test, &config);
}

/* The number that an odd one must be multiplied with to get 1. */
static u64 inverse(u64 odd)
{
	u64 x = odd;
	u32 i;

	/* Right in 3 bits at first, in twice as many after each step. */
	for (i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/* Undoes x ^= x >> shift. */
static u64 unshift(u64 mixed, u32 shift)
{
	u64 x = mixed;
	u32 i;

	for (i = shift; i < 64; i += shift)
		x = mixed ^ x >> shift;
	return x;
}

/* How xxh64 takes in a word, and the other way round. */
static u64 take_in(u64 word)
{
	return rol64(word * XXH_2, 31) * XXH_1;
}

static u64 take_out(u64 taken)
{
	return ror64(taken * inverse(XXH_1), 31) * inverse(XXH_2);
}

/*
 * xxh64 of two words is a chain of steps of which each can be undone. So for
 * any first word there is a second one that leads to the wanted hash.
 */
struct bmt_key bmt_make_key(const struct bucketmap *map, u64 hash, u64 number)
{
	u64 state = map->hash.key.key[0] + XXH_5 + sizeof(struct bmt_key);
	u64 wanted = unshift(hash, 32) * inverse(XXH_3);

	wanted = unshift(wanted, 29) * inverse(XXH_2);
	wanted = unshift(wanted, 33);
	wanted = ror64((wanted - XXH_4) * inverse(XXH_1), 27);
	state = rol64(state ^ take_in(number), 27) * XXH_1 + XXH_4;
	return (struct bmt_key) {
		{ cpu_to_le64(number), cpu_to_le64(take_out(state ^ wanted)) }
	};
}

void bmt_put_made(struct kunit *test, struct bucketmap *map, u64 hash,
		  u64 number)
{
	struct bmt_key key = bmt_make_key(map, hash, number);
	struct bucketmap_window window = { 0, sizeof(u64) };
	u64 value = bmt_value(hash + number);
	int err = bucketmap_insert(map, &key, window, &value, GFP_KERNEL);

	KUNIT_ASSERT_EQ(test, err, 0);
}

bool bmt_has_made(struct bucketmap *map, u64 hash, u64 number)
{
	struct bmt_key key = bmt_make_key(map, hash, number);
	struct bucketmap_window window = { 0, sizeof(u64) };
	u64 value;

	return !bucketmap_lookup(map, &key, window, &value) &&
	       value == bmt_value(hash + number);
}

/* The model */

static void *model_room(struct kunit *test, size_t bytes)
{
	void *room = kunit_kzalloc(test, bytes + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, room);
	return room;
}

struct bmt_model *bmt_model(struct kunit *test, struct bucketmap *map,
			    u32 keys, u32 most)
{
	struct bmt_model *model = model_room(test, sizeof(*model));
	u32 value_size = map->layout.value_size;

	model->map = map;
	model->keys = keys;
	model->most = most;
	model->present = model_room(test, keys * sizeof(bool));
	model->values = model_room(test, keys * value_size);
	model->seen = model_room(test, keys);
	model->key = model_room(test, map->layout.key_size);
	model->value = model_room(test, value_size);
	model->got = model_room(test, value_size);
	model->filling = true;
	return model;
}

/* The keys' first four bytes, or as many as there are, tell them apart. */
void bmt_key_bytes(u8 *key, u32 size, u32 id)
{
	u32 i;

	for (i = 0; i < size; i++)
		key[i] = i < 4 ? id >> (8 * i) : id * 31 + i * 7;
}

static u32 key_id(const u8 *key, u32 size)
{
	u32 id = 0;
	u32 i;

	for (i = 0; i < min_t(u32, size, 4); i++)
		id |= (u32)key[i] << (8 * i);
	return id;
}

static u8 *model_value(struct bmt_model *model, u32 id)
{
	return model->values + (size_t)id * model->map->layout.value_size;
}

static struct bucketmap_window random_window(struct kunit *test, u32 size)
{
	u32 offset = bmt_below(test, 4) ? bmt_below(test, size + 1) : 0;
	u32 length = bmt_below(test, size - offset + 1);

	if (!bmt_below(test, 3))
		length = size - offset;
	return (struct bucketmap_window){ offset, length };
}

static u32 window_length(const struct bmt_model *model,
			 struct bucketmap_window window)
{
	if (window.offset || window.length)
		return window.length;
	return model->map->layout.value_size;
}

static void step_lookup(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int err = bucketmap_lookup(model->map, model->key, window, model->got);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	if (!err)
		KUNIT_ASSERT_MEMEQ(test, model->got,
				   model_value(model, id) + window.offset,
				   window_length(model, window));
}

/* What an operation that would make an entry must return. */
static int make_result(const struct bmt_model *model, u32 id, int present)
{
	if (model->present[id])
		return present;
	return model->count < model->most ? 0 : -ENOSPC;
}

static void model_write(struct bmt_model *model, u32 id, u32 offset,
			const void *bytes, u32 length)
{
	if (!model->present[id])
		memset(model_value(model, id), 0,
		       model->map->layout.value_size);
	model->count += !model->present[id];
	model->present[id] = true;
	memcpy(model_value(model, id) + offset, bytes, length);
}

static void step_store(struct kunit *test, struct bmt_model *model, u32 id,
		       struct bucketmap_window window)
{
	int wanted = make_result(model, id, 0);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_store(model->map, model->key, window,
					model->value, GFP_KERNEL));
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_insert(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int wanted = make_result(model, id, -EEXIST);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_insert(model->map, model->key, window,
					 model->value, GFP_KERNEL));
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void model_remove(struct bmt_model *model, u32 id)
{
	model->count -= model->present[id];
	model->present[id] = false;
}

/* @previous holds the window, if the key is there. */
static void expect_previous(struct kunit *test, struct bmt_model *model,
			    u32 id, struct bucketmap_window window)
{
	if (model->present[id])
		KUNIT_ASSERT_MEMEQ(test, model->got,
				   model_value(model, id) + window.offset,
				   window_length(model, window));
}

static void step_delete(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int err = bucketmap_delete(model->map, model->key);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	model_remove(model, id);
}

static void step_replace(struct kunit *test, struct bmt_model *model, u32 id,
			 struct bucketmap_window window)
{
	int err = bucketmap_replace(model->map, model->key, window,
				    model->value);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	if (!err)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_load_or_store(struct kunit *test, struct bmt_model *model,
			       u32 id, struct bucketmap_window window)
{
	int wanted = make_result(model, id, 0);
	bool existed;

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_load_or_store(model->map, model->key, window,
						model->value, model->got,
						&existed, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, existed, model->present[id]);
	expect_previous(test, model, id, window);
	if (!wanted && !existed)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_swap(struct kunit *test, struct bmt_model *model, u32 id,
		      struct bucketmap_window window)
{
	int wanted = make_result(model, id, 0);
	bool existed;

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_swap(model->map, model->key, window,
				       model->value, model->got, &existed,
				       GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, existed, model->present[id]);
	expect_previous(test, model, id, window);
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_lookup_and_delete(struct kunit *test,
				   struct bmt_model *model, u32 id,
				   struct bucketmap_window window)
{
	int err = bucketmap_lookup_and_delete(model->map, model->key, window,
					      model->got);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	expect_previous(test, model, id, window);
	model_remove(model, id);
}

/*
 * Fills @got with what is there, or with something that differs from it by a
 * bit. Returns what an operation that compares must return.
 */
static int make_expected(struct kunit *test, struct bmt_model *model, u32 id,
			 struct bucketmap_window window)
{
	u32 length = window_length(model, window);
	u32 at;

	memcpy(model->got, model_value(model, id) + window.offset, length);
	if (!model->present[id])
		return -ENOENT;
	if (!length || bmt_below(test, 2))
		return 0;
	at = bmt_below(test, length);
	model->got[at] ^= 1U << bmt_below(test, 8);
	return -ECANCELED;
}

static void step_compare_and_swap(struct kunit *test, struct bmt_model *model,
				  u32 id, struct bucketmap_window window)
{
	int wanted = make_expected(test, model, id, window);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_compare_and_swap(model->map, model->key,
						   window, model->got,
						   model->value));
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_compare_and_delete(struct kunit *test,
				    struct bmt_model *model, u32 id,
				    struct bucketmap_window window)
{
	int wanted = make_expected(test, model, id, window);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_compare_and_delete(model->map, model->key,
						     window, model->got));
	if (!wanted)
		model_remove(model, id);
}

static void step_add(struct kunit *test, struct bmt_model *model, u32 id,
		     struct bucketmap_window window)
{
	u32 words = model->map->layout.value_size / sizeof(u64);
	u32 offset = words ? bmt_below(test, words) * sizeof(u64) : 0;
	int wanted = words ? make_result(model, id, 0) : -EINVAL;
	u64 delta = bmt_random(test);
	u64 number = 0;
	u64 previous;

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_add(model->map, model->key, offset, delta,
				      &previous, GFP_KERNEL));
	if (wanted)
		return;
	if (model->present[id])
		memcpy(&number, model_value(model, id) + offset,
		       sizeof(number));
	KUNIT_ASSERT_EQ(test, previous, number);
	number += delta;
	model_write(model, id, offset, &number, sizeof(number));
}

typedef void (*step_fn)(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window);

static const step_fn steps[] = {
	step_lookup, step_store, step_insert, step_replace,
	step_load_or_store, step_swap, step_delete, step_lookup_and_delete,
	step_compare_and_swap, step_compare_and_delete, step_add,
};

/* One operation with random arguments; half the time in one direction. */
void bmt_model_step(struct kunit *test, struct bmt_model *model)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id = bmt_below(test, model->keys);
	step_fn step = steps[bmt_below(test, ARRAY_SIZE(steps))];

	bmt_key_bytes(model->key, layout->key_size, id);
	prandom_bytes_state(test->priv, model->value, layout->value_size);
	if (!bmt_below(test, 200))
		model->filling = !model->filling;
	if (bmt_below(test, 2))
		step = model->filling ? step_insert : step_delete;
	step(test, model, id, random_window(test, layout->value_size));
}

void bmt_model_steps(struct kunit *test, struct bmt_model *model, u32 steps)
{
	while (steps--)
		bmt_model_step(test, model);
}

void bmt_model_check(struct kunit *test, struct bmt_model *model)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id;

	KUNIT_ASSERT_EQ(test, bmt_count(model->map), model->count);
	for (id = 0; id < model->keys; id++) {
		bmt_key_bytes(model->key, layout->key_size, id);
		step_lookup(test, model, id, BUCKETMAP_WHOLE);
	}
}

static void check_scanned(struct kunit *test, struct bmt_model *model,
			  const u8 *bytes, const u8 *value, u64 *least)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id = key_id(bytes, layout->key_size);
	struct bm_key key;

	KUNIT_ASSERT_LT(test, id, model->keys);
	KUNIT_ASSERT_EQ_MSG(test, model->seen[id], 0, "key %u", id);
	KUNIT_ASSERT_TRUE_MSG(test, model->present[id], "key %u", id);
	KUNIT_ASSERT_MEMEQ(test, value, model_value(model, id),
			   layout->value_size);
	bm_key_init(model->map, &key, bytes);
	KUNIT_ASSERT_GE(test, key.hash, *least);
	*least = key.hash;
	model->seen[id]++;
}

/* @between may write to keys that it takes out of the scan's view of things. */
void bmt_model_scan(struct kunit *test, struct bmt_model *model, u32 capacity,
		    void (*between)(struct kunit *test,
				    struct bmt_model *model))
{
	const struct bm_layout *layout = &model->map->layout;
	struct bucketmap_cursor cursor = { };
	u8 *keys = model_room(test, capacity * layout->key_size);
	u8 *values = model_room(test, capacity * layout->value_size);
	u32 met = 0;
	u32 i, count;
	u64 least = 0;

	memset(model->seen, 0, model->keys);
	while (!cursor.end) {
		KUNIT_ASSERT_EQ(test, 0,
				bucketmap_scan(model->map, &cursor, keys,
					       values, capacity, &count));
		KUNIT_ASSERT_LE(test, count, capacity);
		for (i = 0; i < count; i++)
			check_scanned(test, model,
				      keys + i * layout->key_size,
				      values + i * layout->value_size, &least);
		met += count;
		if (between)
			between(test, model);
	}
	KUNIT_ASSERT_EQ(test, met, model->count);
	kunit_kfree(test, values);
	kunit_kfree(test, keys);
}
