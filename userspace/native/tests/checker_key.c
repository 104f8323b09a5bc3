// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: operations on single keys, of the map and of the model.
 */
#include <string.h>

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include "native/checks.h"
#include "native/random.h"
#include "checker_call.h"

/* Steps on one key have the numbers of operations. */
static_assert((int)STEP_LOOKUP == BUCKETMAP_LOOKUP, "steps are numbered as operations");
static_assert((int)STEP_LOAD_OR_STORE == BUCKETMAP_LOAD_OR_STORE,
	      "steps are numbered as operations");
static_assert((int)STEP_SCAN == BUCKETMAP_OPERATIONS, "an operation has no step");

/**
 * checker_make_key() - make the bytes of a key
 * @checker: the checker
 * @key: its number, with which it begins and which determines the rest
 * @bytes: the result
 */
void checker_make_key(const struct checker *checker, u32 key, u8 *bytes)
{
	u64 state = key;
	u32 i;

	for (i = 0; i < checker->config.key_size; i++)
		bytes[i] = i < sizeof(key) ? key >> (8 * i) :
					     native_random(&state);
}

/**
 * checker_value() - the model's value of a key
 * @checker: the model
 * @key: number of the key
 *
 * Return: its bytes.
 */
u8 *checker_value(const struct checker *checker, u32 key)
{
	return checker->values + (size_t)key * checker->config.value_size;
}

static void make_bytes(u8 *bytes, u32 count, u64 state)
{
	while (count--)
		*bytes++ = native_random(&state);
}

static void guard(struct checker *checker, u32 length)
{
	memset(checker->found + length, GUARD_BYTE, GUARD);
}

static bool guarded(const struct checker *checker, u32 length)
{
	u32 i;

	for (i = 0; i < GUARD; i++)
		if (checker->found[length + i] != GUARD_BYTE)
			return false;
	return true;
}

/* Resolves a window; returns false if the map must refuse it. */
static bool resolve(const struct checker *checker, struct bucketmap_window *window)
{
	u32 size = checker->config.value_size;

	if (!window->offset && !window->length)
		window->length = size;
	return (u64)window->offset + window->length <= size;
}

/**
 * checker_remove() - remove a key from the model
 * @checker: the model
 * @key: number of the key
 */
void checker_remove(struct checker *checker, u32 key)
{
	checker->present[key] = false;
	checker->stayed[key] = false;
	checker->count--;
}

static void model_write(struct checker *checker, u32 key,
			struct bucketmap_window window, const void *bytes)
{
	u8 *value = checker_value(checker, key);

	if (!checker->present[key]) {
		memset(value, 0, checker->config.value_size);
		checker->present[key] = true;
		checker->count++;
	}
	if (window.length)
		memcpy(value + window.offset, bytes, window.length);
}

/**
 * checker_may_collide() - whether more keys may collide than fit into a bucket
 *
 * Return: true if they may.
 */
bool checker_may_collide(void)
{
	return native_hash_mask != ~0ULL;
}

/* Whether adding an entry may fail with @err, which leaves the model unchanged. */
static bool refused(const struct checker *checker, const struct step *step, int err)
{
	if (err == -ENOMEM)
		return checker->enomem_allowed || !step->may_sleep;
	if (err == -EMLINK)
		return checker_may_collide();
	return err == -ENOSPC && checker->count == checker->config.max_entries;
}

static bool full(const struct checker *checker)
{
	return checker->config.max_entries &&
	       checker->count == checker->config.max_entries;
}

/* The value found must equal the window of the model. */
static void expect_found(struct checker *checker, const struct call *call)
{
	expect(checker, !memcmp(checker->found, call->value, call->window.length));
	expect(checker, guarded(checker, call->window.length));
}

/* Checks the result of a call that overwrites or adds an entry. */
static void expect_written(struct checker *checker, const struct call *call, int err)
{
	if (!call->present && err) {
		expect(checker, refused(checker, call->step, err));
		return;
	}
	expect(checker, !err);
	expect(checker, call->present || !full(checker));
	model_write(checker, call->number, call->window, checker->given);
}

static void do_lookup(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_lookup(checker->map, call->key,
						   call->step->window,
						   checker->found));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		expect_found(checker, call);
}

static void do_store(struct checker *checker, const struct call *call)
{
	expect_written(checker, call,
		       result_of(call, bucketmap_store(checker->map, call->key,
						       call->step->window,
						       checker->given, call->gfp)));
}

static void do_insert(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_insert(checker->map, call->key,
						   call->step->window,
						   checker->given, call->gfp));

	if (call->present)
		expect(checker, err == -EEXIST);
	else
		expect_written(checker, call, err);
}

static void do_replace(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_replace(checker->map, call->key,
						    call->step->window,
						    checker->given));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		model_write(checker, call->number, call->window, checker->given);
}

static void do_load_or_store(struct checker *checker, const struct call *call)
{
	int ret = result_of(call, bucketmap_load_or_store(checker->map, call->key,
							  call->step->window,
							  checker->given,
							  checker->found,
							  call->gfp));

	if (!call->present) {
		expect_written(checker, call, ret);
		return;
	}
	expect(checker, ret == 1);
	expect_found(checker, call);
}

static void do_swap(struct checker *checker, const struct call *call)
{
	int ret = result_of(call, bucketmap_swap(checker->map, call->key,
						 call->step->window, checker->given,
						 checker->found, call->gfp));

	if (call->present) {
		expect(checker, ret == 1);
		expect_found(checker, call);
	}
	expect_written(checker, call, ret == 1 ? 0 : ret);
}

static void do_delete(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_delete(checker->map, call->key));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		checker_remove(checker, call->number);
}

static void do_lookup_and_delete(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_lookup_and_delete(checker->map,
							      call->key,
							      call->step->window,
							      checker->found));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (err)
		return;
	expect_found(checker, call);
	checker_remove(checker, call->number);
}

/**
 * call_expected() - the value that a comparison expects
 * @checker: the model
 * @call: the call
 *
 * Return: the checker's @given, or the current value.
 */
const void *call_expected(const struct checker *checker,
			  const struct call *call)
{
	return call->step->matching && call->present ? call->value : checker->given;
}

static int expected_error(const struct checker *checker, const struct call *call)
{
	if (!call->present)
		return -ENOENT;
	return memcmp(call_expected(checker, call), call->value,
		      call->window.length) ? -ECANCELED : 0;
}

/* A single call uses one buffer for the expected value and the one found. */
static void *expected_and_found(struct checker *checker, const struct call *call)
{
	if (!call->batched)
		memcpy(checker->found, call_expected(checker, call),
		       call->window.length);
	return checker->found;
}

static void expect_compared(struct checker *checker, const struct call *call)
{
	if (call->present)
		expect_found(checker, call);
}

static void do_compare_and_swap(struct checker *checker, const struct call *call)
{
	void *buffer = expected_and_found(checker, call);
	int expected = expected_error(checker, call);

	memset(checker->swapped, (u8)call->step->number, call->window.length);
	expect(checker, expected ==
	       result_of(call,
			 bucketmap_compare_and_swap(checker->map, call->key,
						    call->step->window,
						    buffer, checker->swapped, buffer)));
	expect_compared(checker, call);
	if (!expected)
		model_write(checker, call->number, call->window, checker->swapped);
}

static void do_compare_and_delete(struct checker *checker, const struct call *call)
{
	void *buffer = expected_and_found(checker, call);
	int expected = expected_error(checker, call);

	expect(checker, expected ==
	       result_of(call,
			 bucketmap_compare_and_delete(checker->map, call->key,
						      call->step->window,
						      buffer, buffer)));
	expect_compared(checker, call);
	if (!expected)
		checker_remove(checker, call->number);
}

static bool holds_number(const struct checker *checker, u32 offset)
{
	return offset % sizeof(u64) == 0 &&
	       (u64)offset + sizeof(u64) <= checker->config.value_size;
}

/* Only the offset of the window is used; numbers have native byte order. */
static void do_add(struct checker *checker, const struct call *call)
{
	u64 before = 0, after, previous;
	int err = result_of(call, bucketmap_add(checker->map, call->key,
						call->window.offset,
						call->step->number,
						(u64 *)checker->found, call->gfp));

	if (!holds_number(checker, call->window.offset)) {
		expect(checker, err == -EINVAL);
		return;
	}
	memcpy(&previous, checker->found, sizeof(previous));
	if (call->present)
		memcpy(&before, call->value, sizeof(before));
	after = before + call->step->number;
	memcpy(checker->given, &after, sizeof(after));
	expect_written(checker, call, err);
	expect(checker, err || previous == before);
}

static void (*const do_call[])(struct checker *checker, const struct call *call) = {
	[STEP_LOOKUP]			= do_lookup,
	[STEP_STORE]			= do_store,
	[STEP_INSERT]			= do_insert,
	[STEP_REPLACE]			= do_replace,
	[STEP_LOAD_OR_STORE]		= do_load_or_store,
	[STEP_SWAP]			= do_swap,
	[STEP_DELETE]			= do_delete,
	[STEP_LOOKUP_AND_DELETE]	= do_lookup_and_delete,
	[STEP_COMPARE_AND_SWAP]		= do_compare_and_swap,
	[STEP_COMPARE_AND_DELETE]	= do_compare_and_delete,
	[STEP_ADD]			= do_add,
};

/**
 * call_check() - check a call's result, after making the call unless it is batched
 * @checker: the map and the model
 * @call: the call
 */
void call_check(struct checker *checker, const struct call *call)
{
	do_call[call->step->kind](checker, call);
}

/**
 * call_begin() - prepare a call
 * @checker: the model
 * @call: to be initialized
 * @step: the step that it belongs to
 * @number: number of the key
 *
 * Deletes have no window, additions only an offset.
 */
void call_begin(struct checker *checker, struct call *call,
		const struct step *step, u32 number)
{
	*call = (struct call){
		.step = step,
		.number = number,
		.window = step->window,
		.present = checker->present[number],
		.gfp = step->may_sleep ? GFP_KERNEL : GFP_NOWAIT,
	};
	call->valid = resolve(checker, &call->window);
	if (step->kind == STEP_ADD) {
		call->window.length = sizeof(u64);
		call->valid = holds_number(checker, call->window.offset);
	} else if (step->kind == STEP_DELETE) {
		call->window = (struct bucketmap_window){ };
		call->valid = true;
	}
	checker_make_key(checker, number, call->key);
	call->value = checker_value(checker, number) + call->window.offset;
	make_bytes(checker->given, checker->config.value_size,
		   step->number + number);
	guard(checker, call->valid ? call->window.length : 0);
}

/**
 * checker_key_step() - do a step on a single key
 * @checker: the map and the model
 * @step: the step
 */
void checker_key_step(struct checker *checker, const struct step *step)
{
	struct call call;

	call_begin(checker, &call, step, step->key);
	if (call.valid || step->kind == STEP_ADD) {
		call_check(checker, &call);
		return;
	}
	expect(checker, bucketmap_lookup(checker->map, call.key, step->window,
					 checker->found) == -EINVAL);
	expect(checker, bucketmap_store(checker->map, call.key, step->window,
					checker->given, call.gfp) == -EINVAL);
}
