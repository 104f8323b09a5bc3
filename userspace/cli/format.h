/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Formats of keys and values, and their description as text:
 *
 *	TYPE[:SIZE]			one thing
 *	TYPE[:SIZE]:NAME,...		a struct: fields one behind the other
 *
 *	text	characters, padded with zero bytes
 *	dec	an unsigned number of 1, 2, 4 or 8 bytes in the machine's byte order
 *	signed	likewise, in two's complement
 *	hex	two hexadecimal digits per byte, padded with zero bytes
 *	ipv4	an IPv4 address: 4 bytes in network byte order
 *	ipv6	an IPv6 address: 16 bytes
 *	mac	a MAC address: 6 bytes
 *	u8 u16 u32 u64	dec of that many bits
 *	i8 i16 i32 i64	signed of that many bits
 *
 * For example "u64:hits,u64:last,text:32:user". A field needs a size; one thing
 * has the size of the map's keys or values. The kernel stores the format of one
 * thing as a number, BUCKETMAP_FORMAT_*, and that of a struct as this text.
 */
#ifndef _BUCKETMAP_CLI_FORMAT_H
#define _BUCKETMAP_CLI_FORMAT_H

#include <stdbool.h>

#include <linux/types.h>

#include "uapi/bucketmap.h"

#define MAX_FIELDS	64
#define FIELD_NAME_SIZE	32

struct fields;

/**
 * struct shape - size and format of the keys, or of the values, of a map
 * @size: size of each in bytes
 * @format: BUCKETMAP_FORMAT_*, but not _UNKNOWN
 * @fields: the fields of a struct; NULL for one thing
 */
struct shape {
	__u32 size;
	__u32 format;
	const struct fields *fields;
};

/**
 * struct field - a part of a key or value
 * @name: its name; empty for the whole
 * @offset: where it begins
 * @shape: its shape
 */
struct field {
	char name[FIELD_NAME_SIZE];
	__u32 offset;
	struct shape shape;
};

/**
 * struct fields - the fields of a struct
 * @text: its description
 * @count: number of fields
 * @field: the fields, in their order
 */
struct fields {
	char text[BUCKETMAP_FIELDS_SIZE];
	__u32 count;
	struct field field[MAX_FIELDS];
};

/* Size of what is not known yet. */
#define NO_SIZE		(~0U)

/*
 * Parses a description into a shape of @size bytes, which NO_SIZE leaves to the
 * description. Fields are allocated. Returns NULL, or what is wrong.
 */
const char *parse_format(const char *text, __u32 size, struct shape *shape);

/* Frees the fields of a shape. */
void free_shape(struct shape *shape);

/* Returns the description of a shape, without the size of one thing. */
const char *shape_text(const struct shape *shape);

/* Returns a field by its name; NULL if there is none. */
const struct field *find_field(const struct shape *shape, const char *name);

/*
 * The shapes of a map with this number as @format. If it is unset or unknown,
 * keys are text; values are decimal if they have 8 bytes, else text. A format
 * that cannot have this size is replaced by hex.
 */
struct shape key_shape(__u32 size, __u32 format);
struct shape value_shape(__u32 size, __u32 format);

/* Whether things of this shape are numbers, and whether numbers can have a size. */
bool is_numeric(const struct shape *shape);
bool can_be_number(__u32 size);

/* Whether a number stands for a format. */
bool is_known_format(__u32 format);

/* Names of formats. find_format() returns NO_FORMAT for other names. */
const char *format_name(__u32 format);
__u32 find_format(const char *name);
#define NO_FORMAT	(BUCKETMAP_FORMAT_MAC + 1)

#endif /* _BUCKETMAP_CLI_FORMAT_H */
