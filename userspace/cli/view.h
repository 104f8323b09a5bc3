/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view of something that changes: lines of totals above a table.
 *
 * On a terminal it has a title with the clock and the keys. If not all of it fits,
 * rows are left out and counted; the totals are above them and stay. Its colours
 * respect NO_COLOR in the environment.
 */
#ifndef _BUCKETMAP_CLI_VIEW_H
#define _BUCKETMAP_CLI_VIEW_H

#include <stdio.h>

#include "table.h"

/**
 * struct view - what is shown, and how to get it
 * @title: what it shows
 * @table: its table; @fill adds all rows to it
 * @totals: lines of text above the table, as @fill has printed them
 * @fill: adds the rows to the table, and prints the totals
 * @print: prints all of it where no terminal is
 * @context: for these functions
 */
struct view {
	char title[96];
	struct table table;
	char *totals;
	void (*fill)(struct table *table, FILE *totals, void *context);
	void (*print)(struct view *view);
	void *context;
};

/* Gets the present totals and rows, and sorts them. */
void fill_view(struct view *view);

/* Draws the view on a terminal of this size; the cursor is at the top. */
void draw_view(FILE *out, const struct view *view, size_t rows, size_t columns);

#endif /* _BUCKETMAP_CLI_VIEW_H */
