/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view that is redrawn periodically: on a terminal in place, until "q" or
 * Ctrl-C; elsewhere one below the other, endlessly.
 */
#ifndef _BUCKETMAP_CLI_SCREEN_H
#define _BUCKETMAP_CLI_SCREEN_H

#include <stdbool.h>

#include <linux/types.h>

#include "view.h"

/**
 * struct live_options - the options -w, -i and -s
 * @watch: redraw periodically, not only once
 * @interval: nanoseconds between two drawings; 0 for one second
 * @sort: name of the column to sort by; NULL for the first choice
 */
struct live_options {
	bool watch;
	__u64 interval;
	const char *sort;
};

/* For a subcommand's table of options. */
#define WATCH_OPTION \
	{ 'w', "watch", NULL, "redraw until 'q' or Ctrl-C; 's' sorts by the next column" }
#define INTERVAL_OPTION \
	{ 'i', "interval", "SECONDS", "time between two redraws; default 1" }
#define SORT_OPTION(columns) \
	{ 's', "sort", "COLUMN", "sort by " columns }

/* Sets the option 'w', 'i' or 's'. */
void take_live_option(struct live_options *options, char option, const char *argument);

/* Prints the view, or shows it until the user quits. */
void show(const struct live_options *options, struct view *view);

#endif /* _BUCKETMAP_CLI_SCREEN_H */
