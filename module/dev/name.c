// SPDX-License-Identifier: GPL-2.0
/*
 * Names of maps: which bytes can be one, whoever gives it.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "dev/name.h"

/**
 * bm_name_read() - copy a name, completed by zeroes
 * @name: takes it
 * @from: the name; it is read up to its zero byte, and BUCKETMAP_NAME_SIZE
 *	bytes at most
 *
 * An empty name is none, and as such valid.
 *
 * Context: any.
 * Return: 0, or -EINVAL if no map can have that name.
 */
int bm_name_read(char name[BUCKETMAP_NAME_SIZE], const char *from)
{
	const char *c;

	if (strnlen(from, BUCKETMAP_NAME_SIZE) == BUCKETMAP_NAME_SIZE)
		return -EINVAL;
	if (!strcmp(from, ".") || !strcmp(from, ".."))
		return -EINVAL;
	for (c = from; *c; c++)
		if (*c == '/' || iscntrl(*c))
			return -EINVAL;
	strscpy_pad(name, from, BUCKETMAP_NAME_SIZE);
	return 0;
}
