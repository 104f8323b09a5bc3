// SPDX-License-Identifier: GPL-2.0
/*
 * The command's handling of text, which needs no device: keys and values,
 * words, and the entries with the largest numbers.
 */
#include <string.h>

#include "cli/leaders.h"
#include "cli/operand.h"
#include "cli/words.h"
#include "support.h"

static char text[OPERAND_SIZE];

static void text_operands_are_padded_with_zeros(void **state)
{
	char key[4];

	(void)state;
	assert_null(parse_key("ab", key, 4));
	assert_memory_equal(key, "ab\0\0", 4);
	assert_null(parse_key("abcd", key, 4));
	assert_memory_equal(key, "abcd", 4);
	assert_null(parse_key("", key, 4));
	assert_memory_equal(key, "\0\0\0\0", 4);
	assert_non_null(parse_key("abcde", key, 4));
}

static void hex_operands_are_bytes(void **state)
{
	char key[4];

	(void)state;
	assert_null(parse_key("hex:00fFA1", key, 4));
	assert_memory_equal(key, "\x00\xff\xa1\x00", 4);
	assert_null(parse_key("hex:", key, 4));
	assert_memory_equal(key, "\0\0\0\0", 4);
	assert_non_null(parse_key("hex:0", key, 4));
	assert_non_null(parse_key("hex:0g", key, 4));
	assert_non_null(parse_key("hex:0102030405", key, 4));
	assert_non_null(parse_key("hex: 01", key, 4));
}

static void decimal_operands_have_the_keys_width(void **state)
{
	__u8 byte;
	__u16 half;
	__u32 word;
	__u64 number;
	char odd[3];

	(void)state;
	assert_null(parse_key("dec:255", &byte, 1));
	assert_int_equal(byte, 255);
	assert_null(parse_key("dec:-128", &byte, 1));
	assert_int_equal(byte, 128);
	assert_null(parse_key("dec:513", &half, 2));
	assert_int_equal(half, 513);
	assert_null(parse_key("dec:-1", &word, 4));
	assert_int_equal(word, 0xffffffff);
	assert_null(parse_key("dec:18446744073709551615", &number, 8));
	assert_int_equal(number, ~0ULL);
	assert_null(parse_key("dec:-9223372036854775808", &number, 8));
	assert_int_equal(number, 1ULL << 63);

	assert_non_null(parse_key("dec:256", &byte, 1));
	assert_non_null(parse_key("dec:-129", &byte, 1));
	assert_non_null(parse_key("dec:65536", &half, 2));
	assert_non_null(parse_key("dec:4294967296", &word, 4));
	assert_non_null(parse_key("dec:18446744073709551616", &number, 8));
	assert_non_null(parse_key("dec:-9223372036854775809", &number, 8));
	assert_non_null(parse_key("dec:1", odd, 3));
}

static void what_is_no_number_is_refused_as_one(void **state)
{
	static const char *const operands[] = {
		"dec:", "dec:-", "dec:+1", "dec: 1", "dec:1 ", "dec:0x1", "dec:1.0", "dec:--1",
	};
	__u64 number;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++)
		assert_non_null(parse_key(operands[i], &number, 8));
}

static void an_eight_byte_value_may_be_a_plain_number(void **state)
{
	__u64 number;
	char word[4];

	(void)state;
	assert_null(parse_value("12345678901", &number, 8));
	assert_int_equal(number, 12345678901);
	assert_null(parse_value("-1", &number, 8));
	assert_int_equal(number, ~0ULL);
	assert_null(parse_value("1a", &number, 8));
	assert_memory_equal(&number, "1a\0\0\0\0\0\0", 8);
	assert_null(parse_value("12", word, 4));
	assert_memory_equal(word, "12\0\0", 4);
	assert_null(parse_key("12", &number, 8));
	assert_memory_equal(&number, "12\0\0\0\0\0\0", 8);
	assert_non_null(parse_value("18446744073709551616", &number, 8));
}

static void assert_key_is_shown(const char *key, size_t size, const char *shown)
{
	format_key(text, key, size);
	assert_string_equal(text, shown);
}

static void keys_are_shown_as_text_if_they_are_text(void **state)
{
	(void)state;
	assert_key_is_shown("abcd", 4, "abcd");
	assert_key_is_shown("a b\0", 4, "a b");
	assert_key_is_shown("\0\0\0", 3, "hex:000000");
	assert_key_is_shown("\0ab", 3, "hex:006162");
	assert_key_is_shown("a\0b", 3, "hex:610062");
	assert_key_is_shown("a\tb", 3, "hex:610962");
	assert_key_is_shown("a\x7f", 2, "hex:617f");
	assert_key_is_shown("\xc3\xa4", 2, "hex:c3a4");
	assert_key_is_shown("hex:", 4, "hex:6865783a");
	assert_key_is_shown("dec:1", 5, "hex:6465633a31");
	assert_key_is_shown("", 0, "");
}

static void eight_byte_values_are_shown_as_numbers(void **state)
{
	__u64 number = ~0ULL;

	(void)state;
	format_value(text, &number, 8);
	assert_string_equal(text, "18446744073709551615");
	number = 0;
	format_value(text, &number, 8);
	assert_string_equal(text, "0");
	format_value(text, "four", 4);
	assert_string_equal(text, "four");
}

/* Bytes of the kinds between which the forms have to tell. */
static void random_bytes(unsigned char *bytes, size_t size)
{
	static const char kinds[] = "\0\0\0abhexdc:-0129\n \x7f\xff";

	for (size_t i = 0; i < size; i++)
		bytes[i] = kinds[random_below(sizeof(kinds))];
}

static void what_is_shown_is_an_operand_for_the_same_bytes(void **state)
{
	unsigned char bytes[12], again[12];

	(void)state;
	seed_random();
	for (int i = 0; i < 100000; i++) {
		size_t size = random_below(sizeof(bytes) + 1);

		random_bytes(bytes, size);
		format_key(text, bytes, size);
		assert_null(parse_key(text, again, size));
		assert_memory_equal(bytes, again, size);
		format_value(text, bytes, size);
		assert_null(parse_value(text, again, size));
		assert_memory_equal(bytes, again, size);
	}
}

static void the_largest_value_can_be_shown(void **state)
{
	unsigned char value[BUCKETMAP_VALUE_SIZE_MAX], again[BUCKETMAP_VALUE_SIZE_MAX];

	(void)state;
	memset(value, 0xff, sizeof(value));
	format_value(text, value, sizeof(value));
	assert_int_equal(strlen(text), OPERAND_SIZE - 1);
	assert_null(parse_value(text, again, sizeof(again)));
	assert_memory_equal(value, again, sizeof(value));
}

/* Joins words with their true lengths: "one3 two3 ". */
static void join_word(const char *word, size_t length, void *joined)
{
	char *end = joined;

	end += strlen(end);
	sprintf(end, "%s%zu ", word, length);
}

static void words_are_runs_of_ascii_letters(void **state)
{
	char joined[200] = "";
	struct word_splitter splitter = { .each = join_word, .context = joined };
	static const char input[] = "  Don't stop-0ne\0two\nna\xc3\xafve zZ_[aA]{@} last";

	(void)state;
	split_words(&splitter, input, sizeof(input) - 1);
	end_words(&splitter);
	end_words(&splitter);
	assert_string_equal(joined,
			    "Don3 t1 stop4 ne2 two3 na2 ve2 zZ2 aA2 last4 ");
}

static void words_may_come_in_pieces(void **state)
{
	static const char input[] = "one, two three;four";

	(void)state;
	for (size_t piece = 1; piece < sizeof(input); piece++) {
		char joined[200] = "";
		struct word_splitter splitter = { .each = join_word, .context = joined };

		for (size_t i = 0; i < sizeof(input) - 1; i += piece) {
			size_t rest = sizeof(input) - 1 - i;

			split_words(&splitter, input + i, rest < piece ? rest : piece);
		}
		end_words(&splitter);
		assert_string_equal(joined, "one3 two3 three5 four4 ");
	}
}

static void keep_word(const char *word, size_t length, void *context)
{
	/* There must be zeros behind it, as it is a key. */
	for (size_t i = length; i < BUCKETMAP_KEY_SIZE_MAX; i++)
		assert_int_equal(word[i], 0);
	*(size_t *)context = length;
}

static void long_words_leave_nothing_behind(void **state)
{
	char input[1000];
	size_t length = 0;
	struct word_splitter splitter = { .each = keep_word, .context = &length };

	(void)state;
	memset(input, 'x', sizeof(input));
	split_words(&splitter, input, sizeof(input));
	split_words(&splitter, input, sizeof(input));
	end_words(&splitter);
	assert_int_equal(length, 2 * sizeof(input));
	split_words(&splitter, "ab ", 3);
	assert_int_equal(length, 2);
}

#define ENTRIES		500

static int compare_leaders(const void *left, const void *right)
{
	const struct leader *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? 1 : -1;
	return (int)*a->key - *b->key;
}

/* So few different numbers and keys that there are ties of both. */
static void check_leaders(size_t capacity)
{
	unsigned char keys[ENTRIES], kept_keys[ENTRIES];
	struct leader all[ENTRIES], kept[ENTRIES];
	struct leaders leaders = { .key_size = 1, .capacity = capacity, .heap = kept };

	for (size_t i = 0; i < capacity; i++)
		kept[i].key = &kept_keys[i];
	for (size_t i = 0; i < ENTRIES; i++) {
		keys[i] = random_number();
		all[i] = (struct leader) { .number = random_below(30), .key = &keys[i] };
		consider_leader(&leaders, all[i].key, all[i].number);
	}
	sort_leaders(&leaders);
	qsort(all, ENTRIES, sizeof(all[0]), compare_leaders);
	assert_int_equal(leaders.count, capacity);
	for (size_t i = 0; i < capacity; i++)
		assert_int_equal(compare_leaders(&all[i], &kept[i]), 0);
}

static void leaders_are_the_first_of_all_entries_sorted(void **state)
{
	(void)state;
	seed_random();
	for (size_t capacity = 1; capacity <= ENTRIES; capacity += 1 + capacity / 3)
		check_leaders(capacity);
	check_leaders(ENTRIES);
}

static void there_may_be_fewer_entries_than_leaders_wanted(void **state)
{
	unsigned char keys[2];
	struct leader heap[2] = { { .key = &keys[0] }, { .key = &keys[1] } };
	struct leaders leaders = { .key_size = 1, .capacity = 2, .heap = heap };

	(void)state;
	sort_leaders(&leaders);
	assert_int_equal(leaders.count, 0);
	consider_leader(&leaders, "k", 7);
	sort_leaders(&leaders);
	assert_int_equal(leaders.count, 1);
	assert_int_equal(heap[0].number, 7);
	assert_int_equal(*heap[0].key, 'k');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_operands_are_padded_with_zeros),
		cmocka_unit_test(hex_operands_are_bytes),
		cmocka_unit_test(decimal_operands_have_the_keys_width),
		cmocka_unit_test(what_is_no_number_is_refused_as_one),
		cmocka_unit_test(an_eight_byte_value_may_be_a_plain_number),
		cmocka_unit_test(keys_are_shown_as_text_if_they_are_text),
		cmocka_unit_test(eight_byte_values_are_shown_as_numbers),
		cmocka_unit_test(what_is_shown_is_an_operand_for_the_same_bytes),
		cmocka_unit_test(the_largest_value_can_be_shown),
		cmocka_unit_test(words_are_runs_of_ascii_letters),
		cmocka_unit_test(words_may_come_in_pieces),
		cmocka_unit_test(long_words_leave_nothing_behind),
		cmocka_unit_test(leaders_are_the_first_of_all_entries_sorted),
		cmocka_unit_test(there_may_be_fewer_entries_than_leaders_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
