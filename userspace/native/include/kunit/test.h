/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites in kunit/ use of KUnit. Each suite is a program of its own,
 * and its cases run in the main thread, one after another; see kunit/run.c.
 * Other programs use parts of the suites by native_kunit_passes().
 *
 * A failed assertion leaves the case by longjmp(), so it must not hold a lock
 * or be in a read section. In any other thread it ends the program.
 */
#ifndef _NATIVE_KUNIT_TEST_H
#define _NATIVE_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#define KUNIT_PARAM_DESC_SIZE	128

/* The module parameter of kunit/common.c from which all random numbers follow. */
extern unsigned long *const native_parameter_kunit_seed;

struct kunit_action;

/**
 * struct kunit - a case that runs
 * @name: its name
 * @priv: belongs to the suite
 * @param_value: the parameter, or NULL
 * @thread: the thread that runs it
 * @failed: an expectation or an assertion failed
 * @skipped: it was skipped
 * @leave: where an assertion or kunit_skip() goes on
 * @actions: what is to be done at its end, last one first
 */
struct kunit {
	const char *name;
	void *priv;
	const void *param_value;
	unsigned long thread;
	bool failed;
	bool skipped;
	jmp_buf leave;
	struct kunit_action *actions;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *previous, char *description);
};

struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(function)						\
	{ .run_case = (function), .name = #function }
#define KUNIT_CASE_SLOW(function)	KUNIT_CASE(function)
#define KUNIT_CASE_PARAM(function, generate)				\
	{ .run_case = (function), .name = #function,			\
	  .generate_params = (generate) }

#define KUNIT_ARRAY_PARAM(name, array, describe)			\
static const void *name##_gen_params(const void *previous,		\
				     char *description)			\
{									\
	typeof(&(array)[0]) _next = previous;				\
									\
	_next = _next ? _next + 1 : (array);				\
	if (_next == (array) + ARRAY_SIZE(array))			\
		return NULL;						\
	describe(_next, description);					\
	return _next;							\
}

/**
 * native_kunit_try() - run a function until it returns or an assertion fails
 * @test: the case
 * @body: the function
 */
void native_kunit_try(struct kunit *test, void (*body)(struct kunit *test));

/**
 * native_kunit_end() - do what is to be done at the end of a case
 * @test: the case
 */
void native_kunit_end(struct kunit *test);

/**
 * native_kunit_passes() - run a function as a case
 * @name: name of the case
 * @body: the function
 * @value: the parameter
 *
 * Return: whether nothing has failed.
 */
bool native_kunit_passes(const char *name, void (*body)(struct kunit *test),
			 const void *value);

/* There is one suite in a program that runs a suite. */
extern struct kunit_suite *const native_kunit_suite;

#define kunit_test_suite(suite)						\
	struct kunit_suite *const native_kunit_suite = &(suite)

/* What belongs to a case, and what is done at its end. */
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kcalloc(struct kunit *test, size_t count, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *memory);

int kunit_add_action(struct kunit *test, void (*action)(void *argument),
		     void *argument);
void kunit_release_action(struct kunit *test, void (*action)(void *argument),
			  void *argument);

/* Here it always succeeds. */
#define kunit_add_action_or_reset(test, action, argument) \
	kunit_add_action(test, action, argument)

#define kunit_info(test, format, ...) \
	((void)(test), (void)printf("# " format "\n", ##__VA_ARGS__))

#define kunit_skip(test, format, ...) do {				\
	printf("# skipped: " format "\n", ##__VA_ARGS__);		\
	native_kunit_skip(test);					\
} while (0)

/* Expectations and assertions */

void native_kunit_fail(struct kunit *test, const char *file, int line,
		       const char *text);
void native_kunit_differ(struct kunit *test, const char *file, int line,
			 const char *text, long long left, long long right);
__attribute__((__noreturn__)) void native_kunit_abort(struct kunit *test);
__attribute__((__noreturn__)) void native_kunit_skip(struct kunit *test);

/*
 * @leave is native_kunit_abort for an assertion, and (void) for an expectation.
 * @note is a statement that says more.
 */
#define NATIVE_KUNIT_TRUE(test, leave, condition, text, note) do {	\
	if (!(condition)) {						\
		native_kunit_fail(test, __FILE__, __LINE__, text);	\
		note;							\
		leave(test);						\
	}								\
} while (0)

#define NATIVE_KUNIT_BINARY(test, leave, left, op, right, note) do {	\
	const typeof(left) _left = (left);				\
	const typeof(right) _right = (right);				\
									\
	if (!(_left op _right)) {					\
		native_kunit_differ(test, __FILE__, __LINE__,		\
				    #left " " #op " " #right,		\
				    (long long)_left,			\
				    (long long)_right);			\
		note;							\
		leave(test);						\
	}								\
} while (0)

#define NATIVE_KUNIT_MEMORY(test, leave, left, op, right, size, note)	\
	NATIVE_KUNIT_BINARY(test, leave, memcmp(left, right, size), op, 0, note)

#define KUNIT_FAIL(test, format, ...) do {				\
	native_kunit_fail(test, __FILE__, __LINE__, "no failure");	\
	kunit_info(test, format, ##__VA_ARGS__);			\
} while (0)

#define KUNIT_EXPECT_TRUE(test, condition) \
	NATIVE_KUNIT_TRUE(test, (void), condition, #condition, )
#define KUNIT_EXPECT_FALSE(test, condition) \
	NATIVE_KUNIT_TRUE(test, (void), !(condition), "!(" #condition ")", )
#define KUNIT_EXPECT_NULL(test, pointer) \
	NATIVE_KUNIT_TRUE(test, (void), !(pointer), "!(" #pointer ")", )
#define KUNIT_EXPECT_NOT_NULL(test, pointer) \
	NATIVE_KUNIT_TRUE(test, (void), pointer, #pointer, )
#define KUNIT_EXPECT_EQ(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, ==, right, )
#define KUNIT_EXPECT_EQ_MSG(test, left, right, ...) \
	NATIVE_KUNIT_BINARY(test, (void), left, ==, right,		\
			    kunit_info(test, __VA_ARGS__))
#define KUNIT_EXPECT_NE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, !=, right, )
#define KUNIT_EXPECT_LT(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, <, right, )
#define KUNIT_EXPECT_LE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, <=, right, )
#define KUNIT_EXPECT_GT(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, >, right, )
#define KUNIT_EXPECT_GE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, >=, right, )
#define KUNIT_EXPECT_PTR_EQ(test, left, right) \
	NATIVE_KUNIT_BINARY(test, (void), left, ==, right, )
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) \
	NATIVE_KUNIT_MEMORY(test, (void), left, ==, right, size, )
#define KUNIT_EXPECT_STRNEQ(test, left, right) \
	NATIVE_KUNIT_TRUE(test, (void), strcmp(left, right),		\
			  "strcmp(" #left ", " #right ")", )

#define KUNIT_ASSERT_TRUE(test, condition) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort, condition, #condition, )
#define KUNIT_ASSERT_TRUE_MSG(test, condition, ...) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort, condition, #condition, \
			  kunit_info(test, __VA_ARGS__))
#define KUNIT_ASSERT_FALSE(test, condition) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort, !(condition),	\
			  "!(" #condition ")", )
#define KUNIT_ASSERT_NULL(test, pointer) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort, !(pointer),		\
			  "!(" #pointer ")", )
#define KUNIT_ASSERT_NOT_NULL(test, pointer) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort, pointer, #pointer, )
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pointer) \
	NATIVE_KUNIT_TRUE(test, native_kunit_abort,			\
			  !IS_ERR_OR_NULL(pointer),			\
			  "!IS_ERR_OR_NULL(" #pointer ")", )
#define KUNIT_ASSERT_EQ(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, ==, right, )
#define KUNIT_ASSERT_EQ_MSG(test, left, right, ...) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, ==, right,	\
			    kunit_info(test, __VA_ARGS__))
#define KUNIT_ASSERT_NE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, !=, right, )
#define KUNIT_ASSERT_LT(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, <, right, )
#define KUNIT_ASSERT_LE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, <=, right, )
#define KUNIT_ASSERT_GT(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, >, right, )
#define KUNIT_ASSERT_GE(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, >=, right, )
#define KUNIT_ASSERT_PTR_EQ(test, left, right) \
	NATIVE_KUNIT_BINARY(test, native_kunit_abort, left, ==, right, )
#define KUNIT_ASSERT_MEMEQ(test, left, right, size) \
	NATIVE_KUNIT_MEMORY(test, native_kunit_abort, left, ==, right, size, )
#define KUNIT_ASSERT_MEMEQ_MSG(test, left, right, size, ...) \
	NATIVE_KUNIT_MEMORY(test, native_kunit_abort, left, ==, right, size, \
			    kunit_info(test, __VA_ARGS__))
#define KUNIT_ASSERT_MEMNEQ(test, left, right, size) \
	NATIVE_KUNIT_MEMORY(test, native_kunit_abort, left, !=, right, size, )

#endif /* _NATIVE_KUNIT_TEST_H */
