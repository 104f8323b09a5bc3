// SPDX-License-Identifier: GPL-2.0
/*
 * How the tool parses and shows text: keys and values, words, and the entries with
 * the largest numbers. Needs no device.
 */
#include <string.h>

#include "cli/leaders.h"
#include "cli/operand.h"
#include "cli/words.h"
#include "support.h"

static char text[OPERAND_SIZE];

static const char *parse_key(const char *operand, void *key, __u32 size)
{
	return parse_operand(operand, key, key_shape(size, BUCKETMAP_FORMAT_UNKNOWN));
}

static const char *parse_as(__u32 format, const char *operand, void *bytes, __u32 size)
{
	return parse_operand(operand, bytes, key_shape(size, format));
}

static void assert_shown(__u32 format, const void *bytes, __u32 size, const char *shown)
{
	format_operand(text, bytes, key_shape(size, format));
	assert_string_equal(text, shown);
}

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
	assert_null(parse_key("text:ab", key, 4));
	assert_memory_equal(key, "ab\0\0", 4);
	assert_null(parse_key("text:", key, 4));
	assert_memory_equal(key, "\0\0\0\0", 4);
	assert_null(parse_key("hexa", key, 4));
	assert_memory_equal(key, "hexa", 4);
	assert_non_null(parse_key("abcde", key, 4));
}

static void hex_operands_are_parsed_as_bytes(void **state)
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

static void decimal_operands_must_fit_the_size_of_the_key(void **state)
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

static void malformed_numbers_are_refused(void **state)
{
	static const char *const operands[] = {
		"dec:", "dec:-", "dec:+1", "dec: 1", "dec:1 ", "dec:0x1", "dec:1.0", "dec:--1",
	};
	__u64 number;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++)
		assert_non_null(parse_key(operands[i], &number, 8));
}

static void operands_are_parsed_by_their_format(void **state)
{
	__u64 number;
	char bytes[3];

	(void)state;
	assert_null(parse_as(BUCKETMAP_FORMAT_DECIMAL, "12345678901", &number, 8));
	assert_int_equal(number, 12345678901);
	assert_null(parse_as(BUCKETMAP_FORMAT_DECIMAL, "-1", &number, 8));
	assert_int_equal(number, ~0ULL);
	assert_null(parse_as(BUCKETMAP_FORMAT_DECIMAL, "text:1a", &number, 8));
	assert_memory_equal(&number, "1a\0\0\0\0\0\0", 8);
	assert_non_null(parse_as(BUCKETMAP_FORMAT_DECIMAL, "1a", &number, 8));
	assert_non_null(parse_as(BUCKETMAP_FORMAT_DECIMAL, "", &number, 8));
	assert_null(parse_as(BUCKETMAP_FORMAT_HEX, "00fF", bytes, 3));
	assert_memory_equal(bytes, "\x00\xff\x00", 3);
	assert_null(parse_as(BUCKETMAP_FORMAT_HEX, "text:00", bytes, 3));
	assert_memory_equal(bytes, "00\0", 3);
	assert_null(parse_as(BUCKETMAP_FORMAT_HEX, "", bytes, 3));
	assert_memory_equal(bytes, "\0\0\0", 3);
	assert_non_null(parse_as(BUCKETMAP_FORMAT_HEX, "x", bytes, 3));
	assert_null(parse_as(BUCKETMAP_FORMAT_TEXT, "123", bytes, 3));
	assert_memory_equal(bytes, "123", 3);
}

static void only_values_of_8_bytes_default_to_decimal(void **state)
{
	(void)state;
	for (__u32 size = 0; size <= 16; size++) {
		assert_int_equal(key_shape(size, BUCKETMAP_FORMAT_UNKNOWN).format,
				 BUCKETMAP_FORMAT_TEXT);
		assert_int_equal(value_shape(size, BUCKETMAP_FORMAT_UNKNOWN).format,
				 size == 8 ? BUCKETMAP_FORMAT_DECIMAL : BUCKETMAP_FORMAT_TEXT);
		/* A format of a later version. */
		assert_int_equal(key_shape(size, 99).format, BUCKETMAP_FORMAT_TEXT);
	}
}

static void decimal_format_of_odd_sizes_becomes_hex(void **state)
{
	(void)state;
	for (__u32 size = 0; size <= 16; size++) {
		int fits = size == 1 || size == 2 || size == 4 || size == 8;

		assert_int_equal(value_shape(size, BUCKETMAP_FORMAT_DECIMAL).format,
				 fits ? BUCKETMAP_FORMAT_DECIMAL : BUCKETMAP_FORMAT_HEX);
	}
}

static void unprintable_text_is_shown_in_hex(void **state)
{
	static const struct {
		const char *bytes;
		__u32 size;
		const char *shown;
	} cases[] = {
		{ "abcd", 4, "abcd" },
		{ "a b\0", 4, "a b" },
		{ "\0\0\0", 3, "hex:000000" },
		{ "\0ab", 3, "hex:006162" },
		{ "a\0b", 3, "hex:610062" },
		{ "a\tb", 3, "hex:610962" },
		{ "a\x7f", 2, "hex:617f" },
		{ "hex:", 4, "hex:6865783a" },
		{ "dec:1", 5, "hex:6465633a31" },
		{ "text:", 5, "hex:746578743a" },
		{ "text", 4, "text" },
		{ "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_shown(BUCKETMAP_FORMAT_TEXT, cases[i].bytes, cases[i].size, cases[i].shown);
}

static void printable_utf8_is_shown_as_text(void **state)
{
	static const char *const shown[] = {
		"\xc3\xa4", "\xc2\xa0", "\xe2\x82\xac", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbd", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"a\xc3\xa4z",
	};
	static const char *const hidden[] = {
		"\x80", "\xc3", "\xc3z", "\xc0\x80", "\xc1\xbf", "\xc2\x80", "\xc2\x9f",
		"\xe0\x9f\xbf", "\xe2\x82", "\xe2\x82z", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3\xa4\x80",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		assert_shown(BUCKETMAP_FORMAT_TEXT, shown[i], strlen(shown[i]), shown[i]);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		format_operand(text, hidden[i], key_shape(strlen(hidden[i]), 0));
		assert_memory_equal(text, "hex:", 4);
	}
}

static void numbers_and_hex_are_shown_in_their_format(void **state)
{
	__u64 number = ~0ULL;
	__u16 half = 513;

	(void)state;
	assert_shown(BUCKETMAP_FORMAT_DECIMAL, &number, 8, "18446744073709551615");
	assert_shown(BUCKETMAP_FORMAT_DECIMAL, &number, 1, "255");
	assert_shown(BUCKETMAP_FORMAT_DECIMAL, &half, 2, "513");
	number = 0;
	assert_shown(BUCKETMAP_FORMAT_DECIMAL, &number, 8, "0");
	assert_shown(BUCKETMAP_FORMAT_DECIMAL, "abc", 3, "616263");
	assert_shown(BUCKETMAP_FORMAT_HEX, "a\xff\0", 3, "61ff00");
	assert_shown(BUCKETMAP_FORMAT_HEX, "", 0, "");
}

static void format_names_are_found_again(void **state)
{
	(void)state;
	for (__u32 format = 0; format < NO_FORMAT; format++)
		assert_int_equal(find_format(format_name(format)), format);
	assert_int_equal(find_format(""), NO_FORMAT);
	assert_int_equal(find_format("decimal"), NO_FORMAT);
	assert_string_equal(format_name(99), "unknown");
}

/* Bytes of all kinds that parsing and formatting must distinguish. */
static void random_bytes(unsigned char *bytes, size_t size)
{
	static const char kinds[] = "\0\0\0abhexdct:-0129\n\t \x7f\xff\xc3\xa4";

	for (size_t i = 0; i < size; i++)
		bytes[i] = kinds[random_below(sizeof(kinds))];
}

static void shown_text_parses_to_the_same_bytes(void **state)
{
	unsigned char bytes[12], again[12];

	(void)state;
	seed_random();
	for (int i = 0; i < 100000; i++) {
		__u32 size = random_below(sizeof(bytes) + 1);
		struct shape shape = value_shape(size, random_below(NO_FORMAT));

		random_bytes(bytes, size);
		format_operand(text, bytes, shape);
		assert_null(strpbrk(text, "\t\n"));
		assert_null(parse_operand(text, again, shape));
		assert_memory_equal(bytes, again, size);
	}
}

static void largest_value_can_be_shown_and_parsed(void **state)
{
	unsigned char value[BUCKETMAP_VALUE_SIZE_MAX], again[BUCKETMAP_VALUE_SIZE_MAX];
	struct shape shape = value_shape(sizeof(value), BUCKETMAP_FORMAT_TEXT);

	(void)state;
	memset(value, 0xff, sizeof(value));
	format_operand(text, value, shape);
	assert_int_equal(strlen(text), strlen("hex:") + 2 * sizeof(value));
	assert_null(parse_operand(text, again, shape));
	assert_memory_equal(value, again, sizeof(value));
}

/* Appends words with their full lengths: "one3 two3 ". */
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

static void words_may_span_pieces_of_input(void **state)
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
	/* The word is used as a key, so it must be padded with zeros. */
	for (size_t i = length; i < BUCKETMAP_KEY_SIZE_MAX; i++)
		assert_int_equal(word[i], 0);
	*(size_t *)context = length;
}

static void long_words_do_not_affect_the_next_word(void **state)
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

/* So few different numbers and keys that both have ties. */
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

static void leaders_are_the_first_entries_in_sorted_order(void **state)
{
	(void)state;
	seed_random();
	for (size_t capacity = 1; capacity <= ENTRIES; capacity += 1 + capacity / 3)
		check_leaders(capacity);
	check_leaders(ENTRIES);
}

static void leaders_may_be_fewer_than_their_capacity(void **state)
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
		cmocka_unit_test(hex_operands_are_parsed_as_bytes),
		cmocka_unit_test(decimal_operands_must_fit_the_size_of_the_key),
		cmocka_unit_test(malformed_numbers_are_refused),
		cmocka_unit_test(operands_are_parsed_by_their_format),
		cmocka_unit_test(only_values_of_8_bytes_default_to_decimal),
		cmocka_unit_test(decimal_format_of_odd_sizes_becomes_hex),
		cmocka_unit_test(unprintable_text_is_shown_in_hex),
		cmocka_unit_test(printable_utf8_is_shown_as_text),
		cmocka_unit_test(numbers_and_hex_are_shown_in_their_format),
		cmocka_unit_test(format_names_are_found_again),
		cmocka_unit_test(shown_text_parses_to_the_same_bytes),
		cmocka_unit_test(largest_value_can_be_shown_and_parsed),
		cmocka_unit_test(words_are_runs_of_ascii_letters),
		cmocka_unit_test(words_may_span_pieces_of_input),
		cmocka_unit_test(long_words_do_not_affect_the_next_word),
		cmocka_unit_test(leaders_are_the_first_entries_in_sorted_order),
		cmocka_unit_test(leaders_may_be_fewer_than_their_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
