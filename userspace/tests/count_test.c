// SPDX-License-Identifier: GPL-2.0
/*
 * The count subcommand, compared with the test's own count.
 */
#include <ctype.h>
#include <string.h>

#include "tool.h"

#define KEY_SIZE	12
#define KEY_SIZE_TEXT	"12"

/* Larger than several of the tool's buffers. */
#define TEXT_SIZE	700000

/* A word of the text, and its number of letters. */
struct word {
	const char *letters;
	size_t length;
};

static struct word words[TEXT_SIZE];
static size_t word_count;

static void find_words(const char *text, size_t size)
{
	word_count = 0;
	for (size_t i = 0; i < size; i++) {
		size_t end = i;

		while (end < size && isalpha((unsigned char)text[end]))
			end++;
		if (end > i)
			words[word_count++] = (struct word) { text + i, end - i };
		i = end;
	}
}

static int compare_words(const void *left, const void *right)
{
	const struct word *a = left, *b = right;
	int order = memcmp(a->letters, b->letters, a->length < b->length ? a->length : b->length);

	return order ? order : (int)a->length - (int)b->length;
}

static int is_kept(const struct word *word)
{
	return word->length <= KEY_SIZE;
}

static __u64 count_in_map(struct bucketmap *map, const struct word *word)
{
	char key[KEY_SIZE] = "";
	__u64 count;

	memcpy(key, word->letters, word->length);
	assert_ok(bucketmap_lookup(map, key, &count, 0, 0));
	return count;
}

/* The map holds exactly these words, each with its number of occurrences. */
static void assert_map_counts_words(void)
{
	struct bucketmap *map;
	__u64 different = 0;

	assert_ok(bucketmap_open(&map, test_name("words"), BUCKETMAP_OPEN_RDONLY));
	qsort(words, word_count, sizeof(words[0]), compare_words);
	for (size_t i = 0, same; i < word_count; i += same) {
		for (same = 1; i + same < word_count; same++) {
			if (compare_words(&words[i], &words[i + same]))
				break;
		}
		if (is_kept(&words[i])) {
			assert_int_equal(count_in_map(map, &words[i]), same);
			different++;
		}
	}
	assert_int_equal(entry_count(map), different);
	bucketmap_close(map);
}

static const char *summary(unsigned long counted, unsigned long skipped)
{
	static char line[128];

	snprintf(line, sizeof(line), "counted %lu words, skipped %lu longer than %d bytes\n",
		 counted, skipped, KEY_SIZE);
	return line;
}

static void create_words(void)
{
	assert_prints("", "create", test_name("words"), "-k", KEY_SIZE_TEXT, "-v", "8");
}

static void check_text(const char *text, size_t size)
{
	size_t kept = 0;

	create_words();
	find_words(text, size);
	for (size_t i = 0; i < word_count; i++)
		kept += is_kept(&words[i]);
	set_input(text, size);
	assert_prints(summary(kept, word_count - kept), "count-words", test_name("words"));
	assert_map_counts_words();
	assert_prints("", "rm", test_name("words"));
}

static void check_string(const char *text)
{
	check_text(text, strlen(text));
}

static void small_texts_are_counted(void **state)
{
	(void)state;
	check_string("");
	check_string("\n");
	check_string("a");
	check_string("a b a\n");
	check_string("don't stop-words x2y A a\tAa\r\n");
	check_string("na\xc3\xafve caf\xc3\xa9\n");
	check_text("zero\0byte\0zero", sizeof("zero\0byte\0zero"));
}

static void long_words_are_skipped_entirely(void **state)
{
	(void)state;
	check_string("exactlytwelv thirteenchars exactlytwelv fourteenletter\n");
	check_string("thirteenchars");
}

static void random_texts_are_counted(void **state)
{
	/* Few letters, so that words recur; many spaces, so that they are short. */
	static const char alphabet[] = "aabbcz\n      .,1\xff";
	char *text = malloc(TEXT_SIZE);

	(void)state;
	assert_non_null(text);
	seed_random();
	for (size_t i = 0; i < TEXT_SIZE; i++)
		text[i] = alphabet[random_below(sizeof(alphabet) - 1)];
	check_text(text, TEXT_SIZE);
	free(text);
}

/* A word across every place where a buffer may end, at each offset in turn. */
static void words_may_cross_the_end_of_a_buffer(void **state)
{
	static const char split[5] = "split";
	char *text = malloc(TEXT_SIZE);

	(void)state;
	assert_non_null(text);
	for (int shift = 0; shift < 6; shift++) {
		memset(text, ' ', TEXT_SIZE);
		for (size_t end = 4096; end < TEXT_SIZE - 10; end += 4096)
			memcpy(text + end - shift, split, sizeof(split));
		check_text(text, TEXT_SIZE);
	}
	free(text);
}

static void word_may_be_larger_than_any_buffer(void **state)
{
	char *text = malloc(TEXT_SIZE);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', TEXT_SIZE);
	text[TEXT_SIZE - 2] = ' ';
	check_text(text, TEXT_SIZE);
	free(text);
}

static const char *temporary_file(char *path, const char *content)
{
	int fd = mkstemp(strcpy(path, "/tmp/bucketmap-test-XXXXXX"));

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	return path;
}

static void all_files_are_counted_and_words_end_with_them(void **state)
{
	char first[32], empty[32], last[32];

	(void)state;
	temporary_file(first, "one two");
	temporary_file(empty, "");
	temporary_file(last, "one toolongforthemap");
	create_words();
	assert_prints(summary(3, 1), "count-words", test_name("words"), first, empty, last);
	find_words("one two one", 11);
	assert_map_counts_words();
	assert_prints(summary(0, 0), "count-words", test_name("words"), empty);
	unlink(first);
	unlink(empty);
	unlink(last);
}

static void dash_among_the_files_is_standard_input(void **state)
{
	char file[32];

	(void)state;
	temporary_file(file, "in a file");
	create_words();
	set_input("on input", 8);
	assert_prints(summary(5, 0), "count-words", test_name("words"), file, "-");
	assert_prints("1\n", "get", test_name("words"), "input");
	set_input("on input", 8);
	assert_prints(summary(2, 0), "count-words", "--", test_name("words"), "-");
	assert_prints("2\n", "get", test_name("words"), "input");
	unlink(file);
}

static void counts_accumulate_over_runs(void **state)
{
	(void)state;
	create_words();
	for (int i = 1; i <= 3; i++) {
		set_input("again", 5);
		assert_prints(summary(1, 0), "count-words", test_name("words"));
	}
	assert_prints("3\n", "get", test_name("words"), "again");
}

static void unreadable_files_are_errors(void **state)
{
	(void)state;
	create_words();
	assert_refuses(2, "count-words: /nowhere: No such file or directory; counted 0 words",
		       "count-words", test_name("words"), "/nowhere");
	assert_refuses(2, "count-words: /tmp: Is a directory; counted 0 words",
		       "count-words", test_name("words"), "/tmp");
}

static void full_map_stops_the_count(void **state)
{
	char message[128];

	(void)state;
	assert_prints("", "create", test_name("words"), "-k", KEY_SIZE_TEXT, "-v", "8",
		      "-n", "2");
	set_input("a b a c d", 9);
	snprintf(message, sizeof(message), "count-words: %s: c: " FULL(2) "; counted 3 words",
		 test_name("words"));
	assert_refuses(2, message, "count-words", test_name("words"));
	assert_prints("2\n", "get", test_name("words"), "a");
}

static void longest_key_is_counted_and_reported_in_full(void **state)
{
	char word[BUCKETMAP_KEY_SIZE_MAX + 1], message[512];

	(void)state;
	memset(word, 'w', sizeof(word));
	word[BUCKETMAP_KEY_SIZE_MAX] = '\0';
	assert_prints("", "create", test_name("words"), "-k", "256", "-v", "8", "-n", "1");
	set_input(word, strlen(word));
	assert_prints("counted 1 words, skipped 0 longer than 256 bytes\n",
		      "count-words", test_name("words"));
	assert_prints("1\n", "get", test_name("words"), word);
	word[0] = 'v';
	set_input(word, strlen(word));
	snprintf(message, sizeof(message), "count-words: %s: %s: " FULL(1) "; counted 0 words",
		 test_name("words"), word);
	assert_refuses(2, message, "count-words", test_name("words"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(small_texts_are_counted),
		device_test(long_words_are_skipped_entirely),
		device_test(random_texts_are_counted),
		device_test(words_may_cross_the_end_of_a_buffer),
		device_test(word_may_be_larger_than_any_buffer),
		device_test(all_files_are_counted_and_words_end_with_them),
		device_test(dash_among_the_files_is_standard_input),
		device_test(counts_accumulate_over_runs),
		device_test(unreadable_files_are_errors),
		device_test(full_map_stops_the_count),
		device_test(longest_key_is_counted_and_reported_in_full),
	};

	return run_device_tests(tests);
}
