/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view that is drawn again and again: on a terminal in its place, until "q" or
 * Ctrl-C; elsewhere one below the other, without end.
 */
#ifndef _BUCKETMAP_CLI_SCREEN_H
#define _BUCKETMAP_CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

/**
 * struct live_options - what the options -w and -i ask for
 * @watch: to draw again and again, and not once
 * @interval: nanoseconds from one time to the next; 0 for a second
 */
struct live_options {
	bool watch;
	__u64 interval;
};

/* For a command's table of options. */
#define WATCH_OPTION \
	{ 'w', "watch", NULL, "redraw it until 'q' or Ctrl-C" }
#define INTERVAL_OPTION \
	{ 'i', "interval", "SECONDS", "redraw it that often; once a second by default" }

/* Takes 'w' or 'i'. */
void take_live_option(struct live_options *options, char option);

/* Has @draw write the view as often as it is asked for. */
void show(const struct live_options *options, void (*draw)(FILE *out, void *context),
	  void *context);

#endif /* _BUCKETMAP_CLI_SCREEN_H */
