/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that end the program.
 */
#ifndef _BUCKETMAP_CLI_SIGNALS_H
#define _BUCKETMAP_CLI_SIGNALS_H

#include <stdatomic.h>
#include <stddef.h>

/*
 * Lets signals end the program, whatever signal state it inherited: unblocks them,
 * lets SIGPIPE end it, and handles them if it is process 1 of a container, to
 * which the kernel does not deliver unhandled signals. Ignored signals stay
 * ignored, for nohup(1).
 */
void let_signals_end_us(void);

/*
 * Calls @clean_up before a signal ends the program. @clean_up must be
 * async-signal-safe.
 */
void clean_up_on_signals(void (*clean_up)(void));

/* Block these signals, and unblock them. */
void hold_signals(void);
void release_signals(void);

/* Whether SIGINT or SIGTERM has arrived since catch_interrupts(). */
extern atomic_bool interrupted;

/*
 * From now on SIGINT and SIGTERM set @interrupted, and repeatedly interrupt system
 * calls, so that the program notices. If it has not ended after half a second, or
 * at a second signal, it prints its last words and ends at once.
 */
void catch_interrupts(void);

/* Sets the last words, formatted as by system_error(). */
__attribute__((format(printf, 1, 2)))
void set_last_words(const char *format, ...);

/* Writes as much as possible without blocking. Async-signal-safe. */
void write_at_once(int fd, const char *text, size_t size);

#endif /* _BUCKETMAP_CLI_SIGNALS_H */
