// SPDX-License-Identifier: GPL-2.0
/*
 * The module that is loaded says the version that the tool was built with: both come
 * from the file VERSION.
 */
#include <string.h>

#include "support.h"

#define MODULE_VERSION	"/sys/module/bucketmap/version"

static void module_has_the_version_of_the_tool(void **state)
{
	char version[64] = "";
	FILE *file = fopen(MODULE_VERSION, "re");

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(version, sizeof(version), file));
	fclose(file);
	assert_string_equal(version, BUCKETMAP_VERSION "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(module_has_the_version_of_the_tool),
	};

	return run_device_tests(tests);
}
