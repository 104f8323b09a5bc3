// SPDX-License-Identifier: GPL-2.0
/*
 * The cases that do not run natively, all of them.
 */
#include "run.h"

static const struct {
	const char *suite;
	const char *name;
	const char *reason;
} list[] = {
	{
		"bucketmap_concurrent_all", "softirqs_can_use_map",
		"there are no softirqs",
	},
};

const char *left_out(const char *suite, const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (!strcmp(list[i].suite, suite) && !strcmp(list[i].name, name))
			return list[i].reason;
	return NULL;
}

static bool has_case(const struct kunit_suite *suite, const char *name)
{
	const struct kunit_case *body = suite->test_cases;

	while (body->run_case && strcmp(body->name, name) != 0)
		body++;
	return body->run_case;
}

const char *left_out_unknown(const struct kunit_suite *suite)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (!strcmp(list[i].suite, suite->name) &&
		    !has_case(suite, list[i].name))
			return list[i].name;
	return NULL;
}
