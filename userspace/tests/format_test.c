// SPDX-License-Identifier: GPL-2.0
/*
 * How the tool parses formats, and keys and values of these formats. Needs no device.
 */
#include <arpa/inet.h>
#include <string.h>

#include "cli/operand.h"
#include "support.h"

#define SESSION	"u64:hits,i32:delta,text:6:user,ipv4:from"

static char text[OPERAND_SIZE];

static struct shape shape_of(const char *format)
{
	struct shape shape;
	const char *error = parse_format(format, NO_SIZE, &shape);

	if (error)
		print_error("# %s: %s\n", format, error);
	assert_null(error);
	return shape;
}

/* @operand is parsed and shown again as @shown. */
static void assert_shown(const char *format, const char *operand, const char *shown)
{
	unsigned char bytes[BUCKETMAP_VALUE_SIZE_MAX];
	struct shape shape = shape_of(format);
	const char *error = parse_operand(operand, bytes, shape);

	if (error)
		print_error("# %s: %s\n", operand, error);
	assert_null(error);
	format_operand(text, bytes, shape);
	assert_string_equal(text, shown);
	free_shape(&shape);
}

static void assert_refused_operand(const char *format, const char *operand, const char *problem)
{
	unsigned char bytes[BUCKETMAP_VALUE_SIZE_MAX];
	struct shape shape = shape_of(format);

	assert_string_equal(parse_operand(operand, bytes, shape), problem);
	free_shape(&shape);
}

static void assert_refused_format(const char *format, const char *problem)
{
	struct shape shape;
	const char *error = parse_format(format, NO_SIZE, &shape);

	if (!error)
		print_error("# %s was accepted\n", format);
	assert_non_null(error);
	assert_string_equal(error, problem);
}

static void types_have_formats_and_sizes(void **state)
{
	static const struct {
		const char *type;
		__u32 format;
		__u32 size;
	} cases[] = {
		{ "text", BUCKETMAP_FORMAT_TEXT, NO_SIZE },
		{ "text:32", BUCKETMAP_FORMAT_TEXT, 32 },
		{ "hex:4096", BUCKETMAP_FORMAT_HEX, 4096 },
		{ "dec", BUCKETMAP_FORMAT_DECIMAL, NO_SIZE },
		{ "dec:4", BUCKETMAP_FORMAT_DECIMAL, 4 },
		{ "signed", BUCKETMAP_FORMAT_SIGNED, NO_SIZE },
		{ "u8", BUCKETMAP_FORMAT_DECIMAL, 1 },
		{ "u16", BUCKETMAP_FORMAT_DECIMAL, 2 },
		{ "u32", BUCKETMAP_FORMAT_DECIMAL, 4 },
		{ "u64", BUCKETMAP_FORMAT_DECIMAL, 8 },
		{ "i8", BUCKETMAP_FORMAT_SIGNED, 1 },
		{ "i16", BUCKETMAP_FORMAT_SIGNED, 2 },
		{ "i32", BUCKETMAP_FORMAT_SIGNED, 4 },
		{ "i64", BUCKETMAP_FORMAT_SIGNED, 8 },
		{ "ipv4", BUCKETMAP_FORMAT_IPV4, 4 },
		{ "ipv6", BUCKETMAP_FORMAT_IPV6, 16 },
		{ "mac", BUCKETMAP_FORMAT_MAC, 6 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct shape shape = shape_of(cases[i].type);

		assert_int_equal(shape.format, cases[i].format);
		assert_int_equal(shape.size, cases[i].size);
		assert_null(shape.fields);
	}
}

static void fields_lie_one_behind_the_other(void **state)
{
	struct shape shape = shape_of(SESSION);
	const struct field *field;

	(void)state;
	assert_int_equal(shape.size, 8 + 4 + 6 + 4);
	assert_string_equal(shape_text(&shape), SESSION);
	assert_int_equal(shape.fields->count, 4);
	field = find_field(&shape, "user");
	assert_int_equal(field->offset, 12);
	assert_int_equal(field->shape.size, 6);
	assert_int_equal(field->shape.format, BUCKETMAP_FORMAT_TEXT);
	assert_null(find_field(&shape, "use"));
	assert_false(is_numeric(&shape));
	assert_true(is_numeric(&find_field(&shape, "delta")->shape));
	free_shape(&shape);

	/* One field makes a struct, too. */
	shape = shape_of("u64:hits");
	assert_int_equal(shape.fields->count, 1);
	free_shape(&shape);
}

static void size_of_the_map_must_be_that_of_the_format(void **state)
{
	struct shape shape;

	(void)state;
	assert_null(parse_format("text", 5, &shape));
	assert_int_equal(shape.size, 5);
	assert_null(parse_format("u64:a,u64:b", 16, &shape));
	free_shape(&shape);
	assert_string_equal(parse_format("u64:a,u64:b", 17, &shape), "has another size");
	assert_string_equal(parse_format("ipv4", 6, &shape), "has another size");
	assert_string_equal(parse_format("signed", 3, &shape), "numbers have 1, 2, 4 or 8 bytes");
}

static void malformed_formats_are_refused(void **state)
{
	static const char *const no_type[] = {
		"", "u63", "U64", "text32", " u64", "u64:a,", ",u64:a", "u64:a,,u64:b", "unknown",
	};
	static const char *const no_name[] = {
		"u64:", "u64:4", "u64:a b", "u64:a:b", "u64:a-b", "text:4:5", "text:4:a:b",
		"u64:abcdefghijklmnopqrstuvwxyzabcdef", "text:a=b", "u64:\xc3\xa4",
	};
	static const char *const no_size[] = { "text:0", "text:0:a", "text:4097", "hex:4x:a" };
	char many[5 * 65 + 1], fields[BUCKETMAP_FIELDS_SIZE + 1] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(no_type); i++)
		assert_refused_format(no_type[i], "no such type");
	for (size_t i = 0; i < ARRAY_SIZE(no_name); i++)
		assert_refused_format(no_name[i],
				      "a name of a field has at most 31 letters, digits and _");
	for (size_t i = 0; i < ARRAY_SIZE(no_size); i++)
		assert_refused_format(no_size[i], "not a size in bytes");
	assert_refused_format("u64,u64:a", "each field of a struct needs a name");
	assert_refused_format("u64:a,text:b", "each field of a struct needs a size");
	assert_refused_format("dec:a", "each field of a struct needs a size");
	assert_refused_format("u64:a,u8:a", "two fields have the same name");
	assert_refused_format("dec:3:a", "numbers have 1, 2, 4 or 8 bytes");
	assert_refused_format("ipv4:4:a", "a name of a field has at most 31 letters, digits and _");
	memset(many, 'a', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_refused_format(many, "longer than 255 characters");
	for (int i = 0; i < 51; i++)
		sprintf(fields + strlen(fields), "%su8:%c", i ? "," : "", "ABab"[i % 4]);
	assert_refused_format(fields, "two fields have the same name");
}

static void signed_numbers_are_shown_with_their_sign(void **state)
{
	(void)state;
	assert_shown("i64", "-5", "-5");
	assert_shown("i64", "dec:-5", "-5");
	assert_shown("i64", "9223372036854775807", "9223372036854775807");
	assert_shown("i64", "-9223372036854775808", "-9223372036854775808");
	assert_shown("i64", "hex:ffffffffffffffff", "-1");
	assert_shown("i32", "-2147483648", "-2147483648");
	assert_shown("i16", "-1", "-1");
	assert_shown("i8", "-128", "-128");
	assert_shown("i8", "127", "127");
	assert_shown("u64", "-5", "18446744073709551611");
	assert_refused_operand("i8", "128", "number out of range");
	assert_refused_operand("i8", "-129", "number out of range");
	assert_refused_operand("i64", "9223372036854775808", "number out of range");
	assert_refused_operand("i64", "ten", "not a decimal number");
}

static void addresses_are_in_network_byte_order(void **state)
{
	unsigned char bytes[16];

	(void)state;
	assert_null(parse_operand("10.0.0.1", bytes, shape_of("ipv4")));
	assert_memory_equal(bytes, "\x0a\0\0\1", 4);
	assert_null(parse_operand("2001:db8::1", bytes, shape_of("ipv6")));
	assert_memory_equal(bytes, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	assert_null(parse_operand("02:00:5e:10:00:ff", bytes, shape_of("mac")));
	assert_memory_equal(bytes, "\x02\0\x5e\x10\0\xff", 6);
	assert_shown("ipv4", "255.255.255.255", "255.255.255.255");
	assert_shown("ipv4", "hex:7f000001", "127.0.0.1");
	assert_shown("ipv6", "0:0:0:0:0:0:0:1", "::1");
	assert_shown("ipv6", "::ffff:1.2.3.4", "::ffff:1.2.3.4");
	assert_shown("mac", "AA:bb:CC:00:11:22", "aa:bb:cc:00:11:22");
	assert_shown("mac", "hex:00", "00:00:00:00:00:00");
	/* Not the prefix of a number. */
	assert_shown("ipv6", "dec::1", "dec::1");
	assert_shown("ipv6", "hex:fe80", "fe80::");
}

static void malformed_addresses_are_refused(void **state)
{
	static const char *const ipv4[] = {
		"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1.2.3.4 ", "::1", "localhost", "0x7f.1",
	};
	static const char *const ipv6[] = { "", ":", ":::", "1.2.3.4", "fe80::1%eth0", "12345::" };
	static const char *const mac[] = {
		"", "00:11:22:33:44", "00:11:22:33:44:5", "0:11:22:33:44:55", "00-11-22-33-44-55",
		"00:11:22:33:44:5g", "00:11:22:33:44:55:", "00:11:22:33:44:55 ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ipv4); i++)
		assert_refused_operand("ipv4", ipv4[i], "not an IPv4 address");
	for (size_t i = 0; i < ARRAY_SIZE(ipv6); i++)
		assert_refused_operand("ipv6", ipv6[i], "not an IPv6 address");
	for (size_t i = 0; i < ARRAY_SIZE(mac); i++)
		assert_refused_operand("mac", mac[i], "not a MAC address");
}

static void structs_are_fields_with_commas(void **state)
{
	(void)state;
	assert_shown(SESSION, "5,-7,alice,10.0.0.1", "5,-7,alice,10.0.0.1");
	assert_shown(SESSION, "0,0,,0.0.0.0", "0,0,,0.0.0.0");
	assert_shown(SESSION, "dec:1,hex:ffffffff,hex:612c62,hex:01",
		     "1,-1,hex:612c62000000,1.0.0.0");
	assert_shown(SESSION, "1,1,text:hex:,1.1.1.1", "1,1,hex:6865783a0000,1.1.1.1");
	assert_shown(SESSION, "hex:0000000000000000000000006100", "0,0,a,0.0.0.0");
}

static void malformed_structs_are_refused(void **state)
{
	(void)state;
	assert_refused_operand(SESSION, "", "too few fields");
	assert_refused_operand(SESSION, "1,1,a", "too few fields");
	assert_refused_operand(SESSION, "1,1,a,1.1.1.1,", "too many fields");
	assert_refused_operand(SESSION, "1,1,a,b,1.1.1.1", "too many fields");
	assert_refused_operand(SESSION, "1,1,a,b", "not an IPv4 address");
	assert_refused_operand(SESSION, "1,x,a,1.1.1.1", "not a decimal number");
	assert_refused_operand(SESSION, "1,1,abcdefg,1.1.1.1", "too long");
	assert_refused_operand(SESSION, ",1,a,1.1.1.1", "not a decimal number");
}

static void fields_show_empty_text_as_such(void **state)
{
	struct shape shape = shape_of("text:4:name,u8:age");
	static const char empty[5];

	(void)state;
	format_field(text, empty, find_field(&shape, "name"));
	assert_string_equal(text, "");
	format_field(text, empty, find_field(&shape, "age"));
	assert_string_equal(text, "0");
	format_field(text, "a,b", find_field(&shape, "name"));
	assert_string_equal(text, "a,b");
	free_shape(&shape);
}

static void random_bytes(unsigned char *bytes, size_t size)
{
	static const char kinds[] = "\0\0\0abhexdct:,-0129\n\t \x7f\xff\xc3\xa4";

	for (size_t i = 0; i < size; i++)
		bytes[i] = kinds[random_below(sizeof(kinds))];
}

static void shown_values_parse_to_the_same_bytes(void **state)
{
	static const char *const formats[] = {
		"i8", "i16", "i32", "i64", "ipv4", "ipv6", "mac", SESSION, "text:5:one",
		"text:3:a,text:4:b,hex:2:c", "mac:a,ipv6:b,u16:c,i8:d", "hex:3:only",
	};
	unsigned char bytes[32], again[32];

	(void)state;
	seed_random();
	for (int i = 0; i < 100000; i++) {
		struct shape shape = shape_of(formats[random_below(ARRAY_SIZE(formats))]);

		random_bytes(bytes, shape.size);
		format_operand(text, bytes, shape);
		assert_null(strpbrk(text, "\t\n"));
		assert_null(parse_operand(text, again, shape));
		if (memcmp(bytes, again, shape.size) != 0)
			print_error("# %s: %s\n", shape_text(&shape), text);
		assert_memory_equal(bytes, again, shape.size);
		free_shape(&shape);
	}
}

static void longest_text_of_a_struct_fits(void **state)
{
	char format[BUCKETMAP_FIELDS_SIZE] = "text:4000:t";
	unsigned char bytes[BUCKETMAP_VALUE_SIZE_MAX], again[BUCKETMAP_VALUE_SIZE_MAX];
	struct shape shape;

	(void)state;
	for (int i = 0; i < 34; i++)
		sprintf(format + strlen(format), ",i8:%c%c", 'a' + i % 26, 'a' + i / 26);
	shape = shape_of(format);
	memset(bytes, 0x80, shape.size);
	format_operand(text, bytes, shape);
	assert_int_equal(strlen(text), 4 + 2 * 4000 + 34 * strlen(",-128"));
	assert_null(parse_operand(text, again, shape));
	assert_memory_equal(bytes, again, shape.size);
	free_shape(&shape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_have_formats_and_sizes),
		cmocka_unit_test(fields_lie_one_behind_the_other),
		cmocka_unit_test(size_of_the_map_must_be_that_of_the_format),
		cmocka_unit_test(malformed_formats_are_refused),
		cmocka_unit_test(signed_numbers_are_shown_with_their_sign),
		cmocka_unit_test(addresses_are_in_network_byte_order),
		cmocka_unit_test(malformed_addresses_are_refused),
		cmocka_unit_test(structs_are_fields_with_commas),
		cmocka_unit_test(malformed_structs_are_refused),
		cmocka_unit_test(fields_show_empty_text_as_such),
		cmocka_unit_test(shown_values_parse_to_the_same_bytes),
		cmocka_unit_test(longest_text_of_a_struct_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
