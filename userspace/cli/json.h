/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output as JSON, with the option -j.
 *
 * A key or value is a number if its format is dec or signed, an object if it is a
 * struct, else a string, as in the output without -j. A number above 2^53, here and
 * in all other members, is a string of its digits: most JSON parsers, including
 * jq(1) and JavaScript, silently round such numbers.
 */
#ifndef _BUCKETMAP_CLI_JSON_H
#define _BUCKETMAP_CLI_JSON_H

#include <stdbool.h>

#include <jansson.h>
#include <linux/types.h>

#include "target.h"

extern bool json_output;

/*
 * Make new values for json_pack(). They return NULL if out of memory, as
 * json_pack() itself does. An entry with a @value of NULL has the value null.
 */
json_t *json_number(__u64 number);
json_t *json_text(const char *text);
json_t *json_bytes(const void *bytes, struct shape shape);
json_t *json_field(const void *bytes, const struct field *field);
json_t *json_shaped_number(__u64 number, struct shape shape);
json_t *json_entry(const struct target *target, const void *key, const void *value);

/* Prints a value in one line and drops its reference. NULL ends the program. */
void print_json(json_t *value);

/* Print an array element by element, because it may be large. */
void begin_json_array(void);
void print_json_element(json_t *value);
void end_json_array(void);

/* Print an object with the members of @head and then such an array, called @name. */
void begin_json_object(json_t *head, const char *name);
void end_json_object(void);

#endif /* _BUCKETMAP_CLI_JSON_H */
