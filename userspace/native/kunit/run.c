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

static u32 results;
static u32 failures;

/* Cases */

static void run_init(struct kunit *test)
{
	if (native_kunit_suite->init(test))
		native_kunit_fail(test, __FILE__, __LINE__, "init to succeed");
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
	if (native_kunit_suite->init)
		native_kunit_try(test, run_init);
	if (!test->failed)
		native_kunit_try(test, body->run_case);
	if (native_kunit_suite->exit)
		native_kunit_suite->exit(test);
	native_kunit_end(test);
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
