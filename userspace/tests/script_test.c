// SPDX-License-Identifier: GPL-2.0
/*
 * How the tool splits lines into words, and reads lines from a pipe. Needs no device.
 */
#include <fcntl.h>
#include <string.h>

#include "cli/script.h"
#include "support.h"

static char line[SCRIPT_LINE_SIZE];
static char *words[SCRIPT_LINE_SIZE / 2 + 1];

/* The words of @text, each with "|" behind it. */
static const char *split(const char *text)
{
	static char joined[SCRIPT_LINE_SIZE];

	strcpy(line, text);
	assert_null(split_line(line, words));
	*joined = '\0';
	for (char **word = words; *word; word++)
		strcat(strcat(joined, *word), "|");
	return joined;
}

static void words_are_separated_by_blanks(void **state)
{
	(void)state;
	assert_string_equal(split("put m key value"), "put|m|key|value|");
	assert_string_equal(split("  put\tm  key \t"), "put|m|key|");
	assert_string_equal(split("get m key\r"), "get|m|key|");
	assert_string_equal(split(""), "");
	assert_string_equal(split(" \t "), "");
	assert_string_equal(split("# put m key value"), "");
	assert_string_equal(split("put m #key"), "put|m|#key|");
}

static void quotes_hold_words_together(void **state)
{
	(void)state;
	assert_string_equal(split("'a b' \"c d\" e\\ f"), "a b|c d|e f|");
	assert_string_equal(split("'' x \"\""), "|x||");
	assert_string_equal(split("a'b c'd\"e f\"g"), "ab cde fg|");
	assert_string_equal(split("'a\\b' \"a\\\"b\\\\c\" \\'"), "a\\b|a\"b\\c|'|");
	assert_string_equal(split("'\"' \"'\""), "\"|'|");
	assert_string_equal(split("\\# \\\\"), "#|\\|");
}

static void open_quotes_are_refused(void **state)
{
	static const char *const lines[] = { "'", "a 'b", "\"a", "a\\", "\"a\\\"", "'a\\''" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		strcpy(line, lines[i]);
		assert_string_equal(split_line(line, words), "a quote or backslash without an end");
	}
}

static void longest_line_has_room_for_its_words(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(line) - 1; i++)
		line[i] = i % 2 ? ' ' : 'x';
	line[sizeof(line) - 1] = '\0';
	assert_null(split_line(line, words));
	while (words[count])
		count++;
	assert_int_equal(count, sizeof(line) / 2);
}

static struct script script;

/* A script that reads what is written to the descriptor that is returned. */
static int open_pipe(void)
{
	int ends[2];

	assert_ok(pipe2(ends, O_CLOEXEC));
	memset(&script, 0, sizeof(script));
	script.fd = ends[0];
	return ends[1];
}

static void assert_reads(const char *expected)
{
	char *read;

	assert_null(read_script_line(&script, &read));
	if (!expected) {
		assert_null(read);
		return;
	}
	assert_non_null(read);
	assert_string_equal(read, expected);
}

static void write_text(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void lines_are_read_as_they_come(void **state)
{
	int in = open_pipe();

	(void)state;
	assert_true(must_wait(&script));
	write_text(in, "one\ntwo\n\nthr");
	assert_false(must_wait(&script));
	assert_reads("one");
	assert_false(must_wait(&script));
	assert_reads("two");
	assert_reads("");
	assert_true(must_wait(&script));
	write_text(in, "ee\nlast");
	close(in);
	assert_reads("three");
	assert_int_equal(script.line_number, 4);
	assert_reads("last");
	assert_reads(NULL);
	close(script.fd);
}

static void lines_have_a_largest_size_and_no_zeros(void **state)
{
	static char text[2 * SCRIPT_LINE_SIZE];
	char path[] = "/tmp/script.XXXXXX", *read;

	(void)state;
	memset(&script, 0, sizeof(script));
	memset(text, 'x', sizeof(text));
	text[SCRIPT_LINE_SIZE - 2] = '\n';
	script.fd = mkstemp(path);
	assert_true(script.fd >= 0);
	unlink(path);
	assert_int_equal(write(script.fd, text, sizeof(text)), sizeof(text));
	assert_int_equal(lseek(script.fd, 0, SEEK_SET), 0);
	assert_null(read_script_line(&script, &read));
	assert_int_equal(strlen(read), SCRIPT_LINE_SIZE - 2);
	assert_string_equal(read_script_line(&script, &read), "longer than 65535 bytes");
	close(script.fd);
	assert_int_equal(write(open_pipe(), "a\0b\n", 4), 4);
	assert_string_equal(read_script_line(&script, &read), "a zero byte");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_separated_by_blanks),
		cmocka_unit_test(quotes_hold_words_together),
		cmocka_unit_test(open_quotes_are_refused),
		cmocka_unit_test(longest_line_has_room_for_its_words),
		cmocka_unit_test(lines_are_read_as_they_come),
		cmocka_unit_test(lines_have_a_largest_size_and_no_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
