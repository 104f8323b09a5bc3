/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A progress bar on stderr, where that is a terminal.
 */
#ifndef _BUCKETMAP_CLI_PROGRESS_H
#define _BUCKETMAP_CLI_PROGRESS_H

#include <stdbool.h>

#include <linux/types.h>

/* Begins one, unless the terminal is needed for the output: @output_is_shown. */
void begin_progress(bool output_is_shown);

/* How much is done, 0 to 1 or less than 0 if nobody knows, and how many entries that are. */
void show_progress(double part, __u64 entries);

/* Removes it. */
void end_progress(void);

#endif /* _BUCKETMAP_CLI_PROGRESS_H */
