// SPDX-License-Identifier: GPL-2.0
/*
 * A progress bar.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "progress.h"
#include "report.h"

#define BAR_WIDTH	30

/* Seconds between two updates. */
#define REDRAW_AFTER	0.1

static bool shown;
static double begun;
static double drawn;

void begin_progress(bool output_is_shown)
{
	if (output_is_shown || !isatty(STDERR_FILENO))
		return;
	shown = true;
	begun = seconds_now();
	drawn = begun;
	before_message = end_progress;
}

static void draw_bar(double part)
{
	char bar[BAR_WIDTH + 1] = "";

	if (part < 0)
		return;
	memset(bar, '#', (size_t)(part * BAR_WIDTH));
	fprintf(stderr, "[%-*s] %3d%%  ", BAR_WIDTH, bar, (int)(part * 100));
}

void show_progress(double part, __u64 entries)
{
	double now;

	if (!shown)
		return;
	now = seconds_now();
	if (now - drawn < REDRAW_AFTER)
		return;
	drawn = now;
	fputc('\r', stderr);
	draw_bar(part);
	fprintf(stderr, "%llu entries, %.0f a second\033[K", entries,
		(double)entries / (now - begun));
}

void end_progress(void)
{
	if (!shown)
		return;
	fputs("\r\033[K", stderr);
	shown = false;
	before_message = NULL;
}
