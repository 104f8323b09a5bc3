// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of maps, from debugfs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "debugfs.h"
#include "json.h"
#include "report.h"
#include "target.h"

#define DEBUGFS_DIRECTORY	"/sys/kernel/debug"
#define MAPS_DIRECTORY		DEBUGFS_DIRECTORY "/bucketmap"

bool can_read_figures(void)
{
	return !faccessat(AT_FDCWD, MAPS_DIRECTORY, R_OK | X_OK, AT_EACCESS);
}

/* Reports why a path could not be opened and ends the program, unless the path does not exist. */
static void check_debugfs(const char *path, int error)
{
	struct statfs filesystem;

	if (error == EACCES)
		system_error("%s: permission denied; only root may read debugfs", path);
	if (statfs(DEBUGFS_DIRECTORY, &filesystem) || filesystem.f_type != DEBUGFS_MAGIC)
		system_error("%s: debugfs is not mounted; root may mount it", DEBUGFS_DIRECTORY);
	if (error != ENOENT)
		system_error("%s: %s", path, strerror(error));
}

/* No map has such a name, and the path would lead to another directory. */
static bool leads_elsewhere(const char *map)
{
	return !*map || strchr(map, '/') || !strcmp(map, ".") || !strcmp(map, "..");
}

/*
 * The directory of an unnamed map is "id-" and its number. So is the directory of
 * a map whose name begins with "id-".
 */
static void directory_of(char directory[BUCKETMAP_NAME_SIZE], const char *name)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map;

	snprintf(directory, BUCKETMAP_NAME_SIZE, "%s", name);
	if (strncmp(name, "id-", 3) != 0 || bucketmap_open(&map, name, BUCKETMAP_OPEN_RDONLY))
		return;
	if (!bucketmap_info(map, &info))
		snprintf(directory, BUCKETMAP_NAME_SIZE, "id-%llu", info.id);
	bucketmap_close(map);
}

char *read_figures(const char *map, const char *file)
{
	char path[PATH_MAX], directory[BUCKETMAP_NAME_SIZE];
	char *text = NULL;
	size_t size = 0;
	FILE *stream;

	if (leads_elsewhere(map))
		return NULL;
	directory_of(directory, map);
	snprintf(path, sizeof(path), MAPS_DIRECTORY "/%s/%s", directory, file);
	stream = fopen(path, "re");
	if (!stream) {
		check_debugfs(path, errno);
		return NULL;
	}
	/* The file has no zero byte, so this reads all of it. */
	if (getdelim(&text, &size, '\0', stream) < 0)
		system_error("%s: %s", path, ferror(stream) ? strerror(errno) : "empty");
	fclose(stream);
	return text;
}

char *need_figures(const char *map, const char *file)
{
	char *text = read_figures(map, file);

	if (!text)
		open_error(map, access(MAPS_DIRECTORY, F_OK) ? -ENODEV : -ENOENT);
	return text;
}

bool next_figure(const char **text, struct figure *figure)
{
	int length = 0;

	if (sscanf(*text, "%63s %63s\n%n", figure->name, figure->value, &length) != 2)
		return false;
	*text += length;
	return true;
}

const char *value_in(const char *text, const char *name, struct figure *figure)
{
	while (next_figure(&text, figure)) {
		if (!strcmp(figure->name, name))
			return figure->value;
	}
	return "";
}

__u64 number_in(const char *text, const char *name)
{
	struct figure figure;

	return strtoull(value_in(text, name, &figure), NULL, 10);
}

static json_t *figure_as_json(const char *value)
{
	char *end;

	if (!value[strspn(value, "0123456789")])
		return json_number(strtoull(value, NULL, 10));
	strtod(value, &end);
	return *end ? json_string(value) : json_real(strtod(value, NULL));
}

json_t *figures_as_json(const char *text)
{
	json_t *object = json_object();
	struct figure figure;

	while (next_figure(&text, &figure))
		json_object_set_new(object, figure.name, figure_as_json(figure.value));
	return object;
}

static int is_map(const struct dirent *entry)
{
	return !leads_elsewhere(entry->d_name);
}

void list_shown_maps(void (*each)(const char *map, void *context), void *context)
{
	struct dirent **entries;
	int count = scandir(MAPS_DIRECTORY, &entries, is_map, alphasort);

	if (count < 0) {
		check_debugfs(MAPS_DIRECTORY, errno);
		device_error(O_RDONLY, -ENODEV);
	}
	for (int i = 0; i < count; i++) {
		each(entries[i]->d_name, context);
		free(entries[i]);
	}
	free(entries);
}
