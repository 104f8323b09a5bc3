// SPDX-License-Identifier: GPL-2.0
/*
 * chmod, chown: change the mode and owner of a map.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "lib/bucketmap.h"
#include "operand.h"
#include "options.h"
#include "report.h"
#include "target.h"

static void run_chmod(char **operands)
{
	__u32 mode;
	int error;

	if (!parse_mode(operands[1], &mode))
		usage_error("%s: not an octal mode up to 777", operands[1]);
	error = bucketmap_chmod(operands[0], mode);
	if (error)
		rights_error(operands[0], error);
}

const struct subcommand chmod_subcommand = {
	.name = "chmod",
	.operands = "NAME MODE",
	.summary = "change a map's permission bits",
	.details =
		"MODE is octal. Only the owner of the map and root may change it. Programs that have\n"
		"the map open keep their access.\n",
	.run = run_chmod,
};

/*
 * The lookups of the C library do not work in a program that is linked statically:
 * they load modules for other sources of users than these files.
 */
static bool find_user(const char *name, __u32 *id)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry = NULL;

	while (file && (entry = fgetpwent(file)) && strcmp(entry->pw_name, name) != 0)
		;
	if (entry)
		*id = entry->pw_uid;
	if (file)
		fclose(file);
	return entry;
}

static bool find_group(const char *name, __u32 *id)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *entry = NULL;

	while (file && (entry = fgetgrent(file)) && strcmp(entry->gr_name, name) != 0)
		;
	if (entry)
		*id = entry->gr_gid;
	if (file)
		fclose(file);
	return entry;
}

static __u32 take_id(const char *text, const char *what, bool (*find)(const char *name, __u32 *id))
{
	__u64 number;
	__u32 id;

	if (!*text)
		return BUCKETMAP_ID_KEEP;
	if (find(text, &id))
		return id;
	if (parse_number(text, &number) || number >= BUCKETMAP_ID_KEEP)
		usage_error("%s: no such %s in /etc, and not its number", text, what);
	return number;
}

static void run_chown(char **operands)
{
	char *user = operands[1], *group = strchr(user, ':');
	__u32 uid, gid = BUCKETMAP_ID_KEEP;
	int error;

	if (group) {
		*group++ = '\0';
		gid = take_id(group, "group", find_group);
	}
	uid = take_id(user, "user", find_user);
	error = bucketmap_chown(operands[0], uid, gid);
	if (error)
		rights_error(operands[0], error);
}

const struct subcommand chown_subcommand = {
	.name = "chown",
	.operands = "NAME OWNER",
	.summary = "change a map's owner or group",
	.details =
		"OWNER is USER, USER:GROUP or :GROUP, by names or numbers. Only root may change the\n"
		"owner; the owner may change the group to one that it is in. The map still counts as\n"
		"one of the maps of the user that created it (max_maps_per_user).\n",
	.run = run_chown,
};
