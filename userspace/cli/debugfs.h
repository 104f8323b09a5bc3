/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module shows of its maps in debugfs: files with a figure a line,
 * "name value".
 */
#ifndef _BUCKETMAP_CLI_DEBUGFS_H
#define _BUCKETMAP_CLI_DEBUGFS_H

#include <stdbool.h>

#include <jansson.h>
#include <linux/types.h>

struct figure {
	char name[64];
	char value[64];
};

/*
 * The text of a map's file, which the caller frees; NULL if there is no such map. The
 * program ends if it cannot be read.
 */
char *read_figures(const char *map, const char *file);

/* The same, but the program ends if there is no such map. */
char *need_figures(const char *map, const char *file);

/* Takes the next figure off @text; false behind the last one. */
bool next_figure(const char **text, struct figure *figure);

/* The figure of that name as a number, 0 if there is none; or as text, empty if there is none. */
__u64 number_in(const char *text, const char *name);
const char *value_in(const char *text, const char *name, struct figure *figure);

/* All of them as a JSON object; NULL without memory. */
json_t *figures_as_json(const char *text);

/* Calls @each with the directory of each map, in the order of their names. */
void list_shown_maps(void (*each)(const char *map, void *context), void *context);

#endif /* _BUCKETMAP_CLI_DEBUGFS_H */
