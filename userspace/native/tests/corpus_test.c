// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the fuzz target on each file of the corpus. This needs no libFuzzer and so
 * works with every compiler and on every machine.
 *
 * CORPUS in the environment names the directory.
 */
#include "support.h"

#include <dirent.h>

#include "fuzz.h"

#define INPUT_MAX	65536

static void run_file(const char *directory, const char *name)
{
	char *path;
	FILE *file;
	u8 *input = malloc(INPUT_MAX);
	size_t size;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	file = fopen(path, "r");
	assert_non_null(file);
	size = fread(input, 1, INPUT_MAX, file);
	fclose(file);
	free(path);
	LLVMFuzzerTestOneInput(input, size);
	free(input);
}

static void corpus_inputs_match_model(void **state)
{
	const char *directory = getenv("CORPUS") ? : "corpus";
	DIR *corpus = opendir(directory);
	const struct dirent *entry;
	u32 inputs = 0;

	(void)state;
	assert_non_null(corpus);
	while ((entry = readdir(corpus))) {
		if (entry->d_name[0] == '.')
			continue;
		run_file(directory, entry->d_name);
		inputs++;
	}
	closedir(corpus);
	printf("# %u inputs\n", inputs);
	assert_true(inputs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corpus_inputs_match_model),
	};

	return run_core_tests(tests);
}
