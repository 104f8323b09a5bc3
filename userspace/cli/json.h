/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output as JSON, which is asked for by -j.
 *
 * A key or value is a number where its format is dec, else the text that the
 * other output has. A number above 2^53, here and everywhere else, is the text of
 * its digits: most readers of JSON, jq(1) and JavaScript among them, round such
 * numbers, and say nothing.
 */
#ifndef _BUCKETMAP_CLI_JSON_H
#define _BUCKETMAP_CLI_JSON_H

#include <stdbool.h>

#include <jansson.h>
#include <linux/types.h>

#include "target.h"

extern bool json_output;

/*
 * New values, NULL without memory, as those of the json_pack() that they are for.
 * An entry whose @value is NULL has none.
 */
json_t *json_number(__u64 number);
json_t *json_text(const char *text);
json_t *json_bytes(const void *bytes, struct shape shape);
json_t *json_entry(const struct target *target, const void *key, const void *value);

/* Prints a value in one line and gives it back. NULL ends the program. */
void print_json(json_t *value);

/* An array that is printed element by element, as there may be many. */
void begin_json_array(void);
void print_json_element(json_t *value);
void end_json_array(void);

/* An object that has the members of @head and then, as @name, such an array. */
void begin_json_object(json_t *head, const char *name);
void end_json_object(void);

#endif /* _BUCKETMAP_CLI_JSON_H */
