/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Printable UTF-8.
 */
#ifndef _BUCKETMAP_CLI_UTF8_H
#define _BUCKETMAP_CLI_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether @text is well-formed UTF-8 without control characters. */
bool is_printable_utf8(const char *text, size_t length);

#endif /* _BUCKETMAP_CLI_UTF8_H */
