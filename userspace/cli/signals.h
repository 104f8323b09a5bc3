/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that end the program.
 */
#ifndef _BUCKETMAP_CLI_SIGNALS_H
#define _BUCKETMAP_CLI_SIGNALS_H

#include <stdatomic.h>
#include <stddef.h>

/*
 * Has signals end the program, whatever it was started with: none of them is
 * blocked, a closed pipe ends it too, and so it is in a container, where the
 * kernel keeps signals from process 1. One that is ignored stays so, which is
 * how nohup(1) works.
 */
void let_signals_end_us(void);

/*
 * Has @clean_up called before a signal ends the program. As it may be called
 * anywhere, it must be async-signal-safe.
 */
void clean_up_on_signals(void (*clean_up)(void));

/* Keeps these signals waiting, and lets them come. */
void hold_signals(void);
void release_signals(void);

/* Whether there was one of the signals that catch_interrupts() is about. */
extern atomic_bool interrupted;

/*
 * From now on SIGINT and SIGTERM set @interrupted, and interrupt what the
 * program is waiting in again and again, so that it sees that. If it has not
 * ended half a second later, it says its last words and ends. So it does at a
 * second signal, at once.
 */
void catch_interrupts(void);

/* What these are, as system_error() would have it. */
__attribute__((format(printf, 1, 2)))
void set_last_words(const char *format, ...);

/* Writes as much as there is room for, now. Async-signal-safe. */
void write_at_once(int fd, const char *text, size_t size);

#endif /* _BUCKETMAP_CLI_SIGNALS_H */
