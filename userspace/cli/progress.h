/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A progress bar on stderr, if that is a terminal.
 */
#ifndef _BUCKETMAP_CLI_PROGRESS_H
#define _BUCKETMAP_CLI_PROGRESS_H

#include <stdbool.h>

#include <linux/types.h>

/* Starts the bar, unless the output itself goes to a terminal: @output_is_shown. */
void begin_progress(bool output_is_shown);

/* Updates it. @part is the fraction done, negative if unknown; @entries the number done. */
void show_progress(double part, __u64 entries);

/* Removes the bar. */
void end_progress(void);

#endif /* _BUCKETMAP_CLI_PROGRESS_H */
