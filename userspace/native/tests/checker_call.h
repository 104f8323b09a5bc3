/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the checker share.
 */
#ifndef _NATIVE_TESTS_CHECKER_CALL_H
#define _NATIVE_TESTS_CHECKER_CALL_H

#include "checker.h"

/* Bytes that follow a value and that the map must not change. */
#define GUARD		8
#define GUARD_BYTE	0xa5

#define PLACE_(line)	#line
#define PLACE(line)	PLACE_(line)

#define expect(checker, condition) do {					\
	if (!(condition))						\
		(checker)->mismatch(__FILE__ ":" PLACE(__LINE__), #condition);	\
} while (0)

/**
 * struct call - a call for one key
 * @step: the step that it belongs to
 * @batched: a batch has made it: its result is in @result, and what it has found
 *	in the checker's @found
 * @result: its result
 * @number: number of the key
 * @key: the key's bytes
 * @window: the resolved window
 * @valid: the window is valid
 * @present: the key is present
 * @value: the model's value, from the start of the window
 * @gfp: allocation flags
 */
struct call {
	const struct step *step;
	bool batched;
	int result;
	u32 number;
	u8 key[BUCKETMAP_KEY_SIZE_MAX];
	struct bucketmap_window window;
	bool valid;
	bool present;
	const u8 *value;
	gfp_t gfp;
};

/* The result of a call: that of the batch, or of @own, which is evaluated. */
#define result_of(call, own)	((call)->batched ? (call)->result : (own))

void checker_make_key(const struct checker *checker, u32 key, u8 *bytes);
u8 *checker_value(const struct checker *checker, u32 key);
void checker_remove(struct checker *checker, u32 key);
bool checker_may_collide(void);

void call_begin(struct checker *checker, struct call *call,
		const struct step *step, u32 number);
const void *call_expected(const struct checker *checker,
			  const struct call *call);
void call_check(struct checker *checker, const struct call *call);

void checker_key_step(struct checker *checker, const struct step *step);
void checker_batch_step(struct checker *checker, const struct step *step);

#endif /* _NATIVE_TESTS_CHECKER_CALL_H */
