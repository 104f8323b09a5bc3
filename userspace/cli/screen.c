// SPDX-License-Identifier: GPL-2.0
/*
 * A view that is redrawn periodically.
 */
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "options.h"
#include "report.h"
#include "screen.h"
#include "signals.h"

/* Alternate screen, no cursor, long lines truncated; and back. */
#define ENTER_SCREEN	"\033[?1049h\033[?25l\033[?7l"
#define LEAVE_SCREEN	"\033[?7h\033[?25h\033[?1049l"
/* For terminals that do not report their size, such as serial lines. */
#define DEFAULT_ROWS	24
#define DEFAULT_COLUMNS	80

#define TO_THE_TOP	"\033[H"

static atomic_bool keys_are_read;
static struct termios old_keys;

/* Reads keys at once, without echo. Ctrl-Z is disabled: it would not restore the screen. */
static void read_keys(void)
{
	struct termios keys;

	if (tcgetattr(STDIN_FILENO, &old_keys))
		return;
	keys = old_keys;
	keys.c_lflag &= ~(ICANON | ECHO);
	keys.c_cc[VMIN] = 0;
	keys.c_cc[VTIME] = 0;
	keys.c_cc[VSUSP] = _POSIX_VDISABLE;
	keys_are_read = true;
	tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

static void restore_keys(void)
{
	if (keys_are_read)
		tcsetattr(STDIN_FILENO, TCSANOW, &old_keys);
}

/* May be called at any point of the drawing, even if the terminal accepts no more output. */
static void end_view(void)
{
	write_at_once(STDOUT_FILENO, LEAVE_SCREEN, strlen(LEAVE_SCREEN));
	restore_keys();
	_exit(EXIT_DONE);
}

static void enter_screen(void)
{
	clean_up_on_signals(end_view);
	read_keys();
	fputs(ENTER_SCREEN, stdout);
}

static void leave_screen(void)
{
	fputs(LEAVE_SCREEN, stdout);
	fflush(stdout);
	restore_keys();
}

/* The size of the terminal; of one that does not report it, a usual one. */
static struct winsize screen_size(void)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (!size.ws_row)
		size.ws_row = DEFAULT_ROWS;
	if (!size.ws_col)
		size.ws_col = DEFAULT_COLUMNS;
	return size;
}

static void redraw(const struct view *view)
{
	const struct winsize size = screen_size();

	fputs(TO_THE_TOP, stdout);
	draw_view(stdout, view, size.ws_row, size.ws_col);
	flush_output();
}

static struct timespec to_timespec(__u64 nanoseconds)
{
	return (struct timespec) {
		.tv_sec = (time_t)(nanoseconds / NSEC_PER_SEC),
		.tv_nsec = (long)(nanoseconds % NSEC_PER_SEC),
	};
}

/* Waits for a key until that time. Returns 0 if none is pressed, and 'q' if no more can be. */
static char wait_for_key(double end)
{
	struct pollfd keys = { .fd = keys_are_read ? STDIN_FILENO : -1, .events = POLLIN };
	double left = end - seconds_now();
	struct timespec timeout = to_timespec(left > 0 ? (__u64)(left * NSEC_PER_SEC) : 0);
	char key = 0;

	if (ppoll(&keys, 1, &timeout, NULL) > 0 && read(STDIN_FILENO, &key, 1) <= 0)
		return 'q';
	return key;
}

/* Draws the view, again if it is to be sorted by the next column. Returns false to quit. */
static bool show_for(__u64 interval, struct view *view)
{
	const double end = seconds_now() + (double)interval / NSEC_PER_SEC;
	struct table *table = &view->table;

	redraw(view);
	for (;;) {
		switch (wait_for_key(end)) {
		case 'q':
		case 'Q':
			return false;
		case 's':
		case 'S':
			table->sort = (table->sort + 1) % table->width;
			sort_table(table);
			redraw(view);
			break;
		default:
			if (seconds_now() >= end)
				return true;
		}
	}
}

static void show_on_screen(__u64 interval, struct view *view)
{
	/* It may fail, and then there is nothing to show. */
	fill_view(view);
	enter_screen();
	before_message = leave_screen;
	while (show_for(interval, view))
		fill_view(view);
	before_message = NULL;
	leave_screen();
}

static __attribute__((noreturn)) void show_below(__u64 interval, struct view *view)
{
	const struct timespec pause = to_timespec(interval);

	for (;;) {
		view->print(view);
		flush_output();
		nanosleep(&pause, NULL);
	}
}

/* Whether the terminal can be drawn on. */
static bool is_screen(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(terminal && !strcmp(terminal, "dumb"));
}

void take_live_option(struct live_options *options, char option, const char *argument)
{
	if (option == 's') {
		options->sort = argument;
		return;
	}
	if (option == 'i')
		options->interval = interval_option(option, argument);
	options->watch = true;
}

void show(const struct live_options *options, struct view *view)
{
	const __u64 interval = options->interval ? options->interval : NSEC_PER_SEC;

	if (options->sort)
		sort_by(&view->table, options->sort);
	if (!options->watch)
		view->print(view);
	else if (is_screen() && !json_output)
		show_on_screen(interval, view);
	else
		show_below(interval, view);
}
