// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a KUnit suite as a program:
 *	NAME_test [CASE...]	all cases if none is named
 *
 * It prints TAP, a result for each case. The parameters of a case are
 * indented below it. What is random follows from SEED in the environment.
 */
#include "run.h"

#include "../tests/support.h"

/* kunit/common.c's. */
extern unsigned long *const native_parameter_kunit_seed;

/**
 * struct kunit_action - what is to be done at the end of a case
 * @next: the one to be done after it
 * @run: does it
 * @argument: its argument
 */
struct kunit_action {
	struct kunit_action *next;
	void (*run)(void *argument);
	void *argument;
};

static u32 results;
static u32 failures;

/* Actions */

int kunit_add_action(struct kunit *test, void (*action)(void *argument),
		     void *argument)
{
	struct kunit_action *added = malloc(sizeof(*added));

	native_assert(added);
	*added = (struct kunit_action){ test->actions, action, argument };
	test->actions = added;
	return 0;
}

void kunit_release_action(struct kunit *test, void (*action)(void *argument),
			  void *argument)
{
	struct kunit_action **link = &test->actions, *found;

	while (*link &&
	       ((*link)->run != action || (*link)->argument != argument))
		link = &(*link)->next;
	found = *link;
	native_assert(found);
	*link = found->next;
	free(found);
	action(argument);
}

static void run_actions(struct kunit *test)
{
	while (test->actions)
		kunit_release_action(test, test->actions->run,
				     test->actions->argument);
}

/* Not kmalloc(): a case may let that fail. */
void *kunit_kcalloc(struct kunit *test, size_t count, size_t size, gfp_t gfp)
{
	void *memory = calloc(count, size);

	(void)gfp;
	native_assert(memory);
	kunit_add_action(test, free, memory);
	return memory;
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kcalloc(test, 1, size, gfp);
}

void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *memory = malloc(size);

	(void)gfp;
	native_assert(memory);
	kunit_add_action(test, free, memory);
	return memory;
}

void kunit_kfree(struct kunit *test, const void *memory)
{
	kunit_release_action(test, free, (void *)memory);
}

/* Failures */

void native_kunit_fail(struct kunit *test, const char *file, int line,
		       const char *text)
{
	__atomic_store_n(&test->failed, true, __ATOMIC_RELAXED);
	printf("# %s:%d: expected %s\n", file, line, text);
}

void native_kunit_differ(struct kunit *test, const char *file, int line,
			 const char *text, long long left, long long right)
{
	native_kunit_fail(test, file, line, text);
	printf("#   left: %lld (%#llx), right: %lld (%#llx)\n", left,
	       (unsigned long long)left, right, (unsigned long long)right);
}

void native_kunit_abort(struct kunit *test)
{
	native_assert(native_thread == test->thread);
	native_assert(!native_atomic_depth);
	longjmp(test->leave, 1);
}

void native_kunit_skip(struct kunit *test)
{
	test->skipped = true;
	native_kunit_abort(test);
}

/* Cases */

static void run_body(struct kunit *test, const struct kunit_case *body)
{
	struct kunit_suite *suite = native_kunit_suite;

	if (setjmp(test->leave))
		return;
	if (suite->init && suite->init(test)) {
		native_kunit_fail(test, __FILE__, __LINE__, "init to succeed");
		return;
	}
	body->run_case(test);
}

/* Runs a case with a parameter, or without one. */
static void run_once(struct kunit *test, const struct kunit_case *body,
		     const void *value)
{
	*test = (struct kunit){
		.name = body->name,
		.param_value = value,
		.thread = native_thread,
	};
	run_body(test, body);
	if (native_kunit_suite->exit)
		native_kunit_suite->exit(test);
	run_actions(test);
}

/* Returns whether the case passed with each parameter. */
static bool run_with_params(const struct kunit_case *body)
{
	char description[KUNIT_PARAM_DESC_SIZE] = "";
	const void *value = NULL;
	bool failed = false;
	struct kunit test;
	u32 number = 0;

	while ((value = body->generate_params(value, description))) {
		run_once(&test, body, value);
		printf("    %s %u - %s%s\n", test.failed ? "not ok" : "ok",
		       ++number, description, test.skipped ? " # SKIP" : "");
		failed |= test.failed;
	}
	return !failed;
}

static void report(bool passed, const char *name, const char *more)
{
	printf("%s %u - %s%s\n", passed ? "ok" : "not ok", ++results, name,
	       more);
	failures += !passed;
}

static void run_case(const struct kunit_case *body)
{
	const char *reason = left_out(native_kunit_suite->name, body->name);
	struct kunit test;

	if (reason) {
		printf("# left out: %s: %s\n", body->name, reason);
	} else if (body->generate_params) {
		report(run_with_params(body), body->name, "");
	} else {
		run_once(&test, body, NULL);
		report(!test.failed, body->name, test.skipped ? " # SKIP" : "");
	}
}

static bool is_named(const char *name, char **names)
{
	while (*names)
		if (!strcmp(*names++, name))
			return true;
	return false;
}

static void run_suite(char **names)
{
	struct kunit_suite *suite = native_kunit_suite;
	const char *unknown = left_out_unknown(suite);
	const struct kunit_case *body;

	if (unknown)
		report(false, unknown, ": left out, and no case of the suite");
	if (suite->suite_init && suite->suite_init(suite)) {
		report(false, "suite_init", "");
		return;
	}
	for (body = suite->test_cases; body->run_case; body++)
		if (!*names || is_named(body->name, names))
			run_case(body);
	if (suite->suite_exit)
		suite->suite_exit(suite);
}

int main(int argc, char **argv)
{
	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	*native_parameter_kunit_seed = test_seed();
	if (core_begin(NULL))
		return 1;
	run_suite(argv + 1);
	printf("1..%u\n", results);
	return core_end(NULL) || failures;
}
