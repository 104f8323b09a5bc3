// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that end the program.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "report.h"
#include "signals.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* An interrupt is repeated this many times, at this interval in microseconds. */
#define REMINDERS		10
#define REMINDER_INTERVAL	50000

static const int ending_signals[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ,
};

atomic_bool interrupted;

static void (*_Atomic clean_up_first)(void);
static sigset_t held_before;

/* One buffer has a complete message while the next message is formatted in the other. */
static char last_words[2][MESSAGE_SIZE];
static atomic_int valid_words;

static sigset_t set_of_ending_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(ending_signals); i++)
		sigaddset(&set, ending_signals[i]);
	return set;
}

static void end_by(int number)
{
	const sigset_t all = set_of_ending_signals();

	if (clean_up_first)
		clean_up_first();
	signal(number, SIG_DFL);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	/* Process 1 is not killed by the signal. */
	_exit(128 + number);
}

static void catch_signal(int number, const struct sigaction *action)
{
	struct sigaction before;

	if (!sigaction(number, NULL, &before) && before.sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

static void catch_ending_signals(void)
{
	const struct sigaction action = {
		.sa_handler = end_by,
		.sa_mask = set_of_ending_signals(),
	};

	for (size_t i = 0; i < COUNT(ending_signals); i++)
		catch_signal(ending_signals[i], &action);
}

void let_signals_end_us(void)
{
	const sigset_t ending = set_of_ending_signals();

	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &ending, NULL);
	if (getpid() == 1)
		catch_ending_signals();
}

void clean_up_on_signals(void (*clean_up)(void))
{
	clean_up_first = clean_up;
	catch_ending_signals();
}

void hold_signals(void)
{
	const sigset_t ending = set_of_ending_signals();

	sigprocmask(SIG_BLOCK, &ending, &held_before);
}

void release_signals(void)
{
	sigprocmask(SIG_SETMASK, &held_before, NULL);
}

void write_at_once(int fd, const char *text, size_t size)
{
	int flags = fcntl(fd, F_GETFL);
	ssize_t written;

	/* Other processes may share the file: restore its flags. */
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	written = write(fd, text, size);
	(void)written;
	fcntl(fd, F_SETFL, flags);
}

static __attribute__((noreturn)) void say_last_words(void)
{
	const char *words = last_words[valid_words];

	write_at_once(STDERR_FILENO, words, strlen(words));
	_exit(EXIT_SYSTEM);
}

static void remind(int number)
{
	static int reminders;

	(void)number;
	if (++reminders > REMINDERS)
		say_last_words();
}

static void interrupt(int number)
{
	const struct itimerval interval = {
		.it_interval.tv_usec = REMINDER_INTERVAL,
		.it_value.tv_usec = REMINDER_INTERVAL,
	};

	(void)number;
	if (atomic_exchange(&interrupted, true))
		say_last_words();
	setitimer(ITIMER_REAL, &interval, NULL);
}

void catch_interrupts(void)
{
	/* Without SA_RESTART, so that waiting calls fail with EINTR. */
	struct sigaction action = { .sa_handler = interrupt };

	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGALRM);
	catch_signal(SIGINT, &action);
	catch_signal(SIGTERM, &action);
	action.sa_handler = remind;
	sigaction(SIGALRM, &action, NULL);
}

void set_last_words(const char *format, ...)
{
	int next = !valid_words;
	va_list arguments;

	va_start(arguments, format);
	make_message(last_words[next], format, arguments);
	va_end(arguments);
	valid_words = next;
}
