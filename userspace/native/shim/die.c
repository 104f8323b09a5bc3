// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a program whose kernel code found something impossible.
 */
#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>

void native_die(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: cannot be: %s\n", file, line, what);
	abort();
}
