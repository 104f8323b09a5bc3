/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Figures of maps, from debugfs: files with one figure per line, "name value".
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

/* Whether there are figures that the user may read. */
bool can_read_figures(void);

/*
 * Returns the text of a map's file, which the caller frees; NULL if there is no
 * such map. Ends the program if the file cannot be read.
 */
char *read_figures(const char *map, const char *file);

/* The same, but ends the program if there is no such map. */
char *need_figures(const char *map, const char *file);

/* Reads the next figure and advances @text; returns false after the last one. */
bool next_figure(const char **text, struct figure *figure);

/* Return the figure of that name as a number, or as text; 0 or empty if there is none. */
__u64 number_in(const char *text, const char *name);
const char *value_in(const char *text, const char *name, struct figure *figure);

/* Returns all figures as a JSON object; NULL if out of memory. */
json_t *figures_as_json(const char *text);

/* Calls @each with the directory of each map, in the order of names. */
void list_shown_maps(void (*each)(const char *map, void *context), void *context);

#endif /* _BUCKETMAP_CLI_DEBUGFS_H */
