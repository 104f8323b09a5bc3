/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view that is redrawn periodically: on a terminal in place, until "q" or
 * Ctrl-C; elsewhere one below the other, endlessly.
 */
#ifndef _BUCKETMAP_CLI_SCREEN_H
#define _BUCKETMAP_CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

/**
 * struct live_options - the options -w and -i
 * @watch: redraw periodically, not only once
 * @interval: nanoseconds between two drawings; 0 for one second
 */
struct live_options {
	bool watch;
	__u64 interval;
};

/* For a subcommand's table of options. */
#define WATCH_OPTION \
	{ 'w', "watch", NULL, "redraw until 'q' or Ctrl-C is pressed" }
#define INTERVAL_OPTION \
	{ 'i', "interval", "SECONDS", "time between two redraws; default 1" }

/* Sets the option 'w' or 'i'. */
void take_live_option(struct live_options *options, char option, const char *argument);

/* Calls @draw to write the view, once or periodically. */
void show(const struct live_options *options, void (*draw)(FILE *out, void *context),
	  void *context);

#endif /* _BUCKETMAP_CLI_SCREEN_H */
