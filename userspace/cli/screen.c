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

#define TO_THE_TOP	"\033[H"
#define CLEAR_LINE	"\033[K"
#define CLEAR_REST	"\033[J"

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

/* Draws as much of the view as fits on the terminal. */
static void put_view(const char *view)
{
	struct winsize size = { 0 };
	int rows;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	rows = size.ws_row ? size.ws_row : DEFAULT_ROWS;
	fputs(TO_THE_TOP, stdout);
	for (int row = 0; row < rows && *view; row++) {
		int length = (int)strcspn(view, "\n");

		printf("%s" CLEAR_LINE "%.*s", row ? "\n" : "", length, view);
		view += length + (view[length] == '\n');
	}
	fputs(CLEAR_REST, stdout);
	flush_output();
}

static void draw_view(void (*draw)(FILE *out, void *context), void *context)
{
	char *view;
	size_t size;
	FILE *out = open_memstream(&view, &size);

	if (!out)
		system_error("out of memory");
	draw(out, context);
	if (fclose(out))
		system_error("out of memory");
	put_view(view);
	free(view);
}

static struct timespec to_timespec(__u64 nanoseconds)
{
	return (struct timespec) {
		.tv_sec = (time_t)(nanoseconds / NSEC_PER_SEC),
		.tv_nsec = (long)(nanoseconds % NSEC_PER_SEC),
	};
}

/* Waits for one interval. Returns whether the user has quit. */
static bool wait_for_quit(__u64 interval)
{
	struct pollfd keys = { .fd = keys_are_read ? STDIN_FILENO : -1, .events = POLLIN };
	struct timespec timeout = to_timespec(interval);
	char key = 0;

	if (ppoll(&keys, 1, &timeout, NULL) > 0 && read(STDIN_FILENO, &key, 1) <= 0)
		return true;
	return key == 'q' || key == 'Q';
}

static void show_on_screen(__u64 interval, void (*draw)(FILE *out, void *context), void *context)
{
	enter_screen();
	before_message = leave_screen;
	do {
		draw_view(draw, context);
	} while (!wait_for_quit(interval));
	before_message = NULL;
	leave_screen();
}

static __attribute__((noreturn))
void show_below(__u64 interval, void (*draw)(FILE *out, void *context), void *context)
{
	const struct timespec pause = to_timespec(interval);

	for (;;) {
		draw(stdout, context);
		flush_output();
		nanosleep(&pause, NULL);
	}
}

void take_live_option(struct live_options *options, char option, const char *argument)
{
	if (option == 'i')
		options->interval = interval_option(option, argument);
	options->watch = true;
}

void show(const struct live_options *options, void (*draw)(FILE *out, void *context),
	  void *context)
{
	const __u64 interval = options->interval ? options->interval : NSEC_PER_SEC;

	if (!options->watch)
		draw(stdout, context);
	else if (isatty(STDOUT_FILENO) && !json_output)
		show_on_screen(interval, draw, context);
	else
		show_below(interval, draw, context);
}
