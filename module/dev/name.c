// SPDX-License-Identifier: GPL-2.0
/*
 * Names of maps: validation, for processes and kernel modules.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "dev/name.h"

/**
 * bm_name_read() - validate and copy a name, padded with zeros
 * @name: result
 * @from: the name; at most BUCKETMAP_NAME_SIZE bytes are read, up to its zero
 *	byte
 *
 * An empty name is valid: it stands for an unnamed map.
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
