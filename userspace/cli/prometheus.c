// SPDX-License-Identifier: GPL-2.0
/*
 * The figures of maps in the text format of Prometheus.
 *
 * A table says which series there are. Those of INFO exist for every map that the
 * user may read, those of debugfs only for root, which also sees unnamed maps there.
 * Samples of one metric stand together, so all maps are read before any is printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "problem.h"
#include "prometheus.h"
#include "report.h"
#include "utf8.h"

#define COUNTER		"counter"
#define GAUGE		"gauge"

#define NO_MEMBER	((size_t)-1)

/* How a figure becomes a sample. */
enum unit {
	NUMBER,
	LIMIT,		/* no sample if there is none, which is 0 */
	NANOSECONDS,
	STATE,		/* of a migration: 0 if there is none */
};

/**
 * struct series - the samples of all maps that have the same name and label
 * @metric: name of the metric, without "bucketmap_"
 * @type: its type
 * @help: what it is. It is NULL for a further series of the metric above.
 * @label: a label beside those of the map; empty for none
 * @figure: name of the figure, in INFO and debugfs
 * @member: offset in struct bucketmap_info, or NO_MEMBER
 * @unit: how it becomes a sample
 */
struct series {
	const char *metric;
	const char *type;
	const char *help;
	const char *label;
	const char *figure;
	size_t member;
	enum unit unit;
};

#define OF_INFO(metric, type, help, label, member, unit) \
	{ metric, type, help, label, #member, offsetof(struct bucketmap_info, member), unit }
#define OF_DEBUGFS(metric, type, help, label, figure, unit) \
	{ metric, type, help, label, figure, NO_MEMBER, unit }

static const struct series map_series[] = {
	OF_INFO("entries", GAUGE, "Entries in the map.", "", count, NUMBER),
	OF_INFO("max_entries", GAUGE, "Limit of entries; absent without a limit.", "",
		max_entries, LIMIT),
	OF_INFO("capacity_entries", GAUGE, "Entries that the table is made for at least.", "",
		capacity, NUMBER),
	OF_INFO("buckets", GAUGE, "Buckets of the table.", "", buckets, NUMBER),
	OF_INFO("table_bytes", GAUGE, "Memory of the tables of the map.", "", bytes, NUMBER),
	OF_INFO("mappings", GAUGE, "Mappings that processes have of the map.", "", mappings,
		NUMBER),
	OF_INFO("lookups_total", COUNTER, "Lookups by system calls.", "result=\"hit\"",
		lookup_hits, NUMBER),
	OF_INFO("lookups_total", COUNTER, NULL, "result=\"miss\"", lookup_misses, NUMBER),
	OF_INFO("inserted_total", COUNTER, "Entries made.", "", inserted, NUMBER),
	OF_INFO("overwritten_total", COUNTER, "Values changed in an existing entry.", "",
		overwritten, NUMBER),
	OF_INFO("deleted_total", COUNTER, "Entries removed.", "", deleted, NUMBER),
	OF_INFO("refused_total", COUNTER, "Operations refused, by reason.", "reason=\"full\"",
		refused_full, NUMBER),
	OF_INFO("refused_total", COUNTER, NULL, "reason=\"memory\"", refused_memory, NUMBER),
	OF_INFO("refused_total", COUNTER, NULL, "reason=\"collisions\"", refused_collisions,
		NUMBER),
	OF_INFO("resizes_total", COUNTER, "Tables replaced by a larger or smaller one.",
		"direction=\"grown\"", grown, NUMBER),
	OF_INFO("resizes_total", COUNTER, NULL, "direction=\"shrunk\"", shrunk, NUMBER),
	OF_DEBUGFS("lookup_retries_total", COUNTER, "Lookups that met a writer and read again.",
		   "", "lookup_retries", NUMBER),
	OF_DEBUGFS("lookups_locked_total", COUNTER, "Lookups that took the lock of a bucket.", "",
		   "lookup_locked", NUMBER),
	OF_DEBUGFS("overflow_linked_total", COUNTER, "Overflow records linked to chains.", "",
		   "overflow_linked", NUMBER),
	OF_DEBUGFS("overflow_unlinked_total", COUNTER, "Overflow records returned to the pool.",
		   "", "overflow_unlinked", NUMBER),
	OF_DEBUGFS("evacuated_buckets_total", COUNTER, "Buckets evacuated to the next table.",
		   "by=\"worker\"", "evacuated_by_worker", NUMBER),
	OF_DEBUGFS("evacuated_buckets_total", COUNTER, NULL, "by=\"writers\"",
		   "evacuated_by_writers", NUMBER),
	OF_DEBUGFS("evacuations_failed_total", COUNTER,
		   "Buckets that could not be evacuated yet.", "", "evacuation_failed", NUMBER),
	OF_DEBUGFS("allocations_failed_total", COUNTER,
		   "Tables and chunks of overflow records that could not be allocated.", "",
		   "failed", NUMBER),
	OF_DEBUGFS("migrating", GAUGE, "Whether the table is being replaced.", "", "state", STATE),
	OF_DEBUGFS("longest_step_seconds", GAUGE, "Longest time that 64 buckets took to evacuate.",
		   "", "longest_step_ns", NANOSECONDS),
	OF_DEBUGFS("longest_allocation_seconds", GAUGE, "Longest time that a table took to make.",
		   "", "longest_allocation_ns", NANOSECONDS),
	{ 0 },
};

/**
 * struct observed - a map, and all figures of it
 * @labels: what names it
 * @id: its number
 * @has_info: whether @info is set
 * @info: what INFO says
 * @stats: text of the file in debugfs, or NULL
 * @resize: likewise
 */
struct observed {
	char labels[2 * BUCKETMAP_NAME_SIZE + 48];
	__u64 id;
	bool has_info;
	struct bucketmap_info info;
	char *stats;
	char *resize;
};

struct observed_list {
	struct observed *maps;
	size_t count;
};

/* Labels must be UTF-8, which names of maps need not be; the id tells maps apart. */
static void set_labels(struct observed *observed, const char *name)
{
	bool is_text = is_printable_utf8(name, strlen(name));
	char *end = stpcpy(observed->labels, "map=\"");

	for (; *name; name++) {
		if (*name == '\\' || *name == '"')
			*end++ = '\\';
		*end++ = (*name & 0x80) && !is_text ? '?' : *name;
	}
	sprintf(end, "\",id=\"%llu\"", observed->id);
}

static struct observed *add_observed(struct observed_list *list)
{
	struct observed *observed;

	list->maps = reallocarray(list->maps, list->count + 1, sizeof(*list->maps));
	if (!list->maps)
		system_error("out of memory");
	observed = &list->maps[list->count++];
	*observed = (struct observed) { 0 };
	return observed;
}

/* The figures in a directory of debugfs, unless it belongs to another map by now. */
static void add_figures(struct observed *observed, const char *directory)
{
	char *stats = read_figures(directory, "stats");

	if (!stats || number_in(stats, "id") != observed->id) {
		free(stats);
		return;
	}
	observed->stats = stats;
	observed->resize = read_figures(directory, "resize");
}

static int observe(struct observed_list *list, const char *name)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct observed *observed;
	struct bucketmap *map;
	int error = bucketmap_open(&map, name, BUCKETMAP_OPEN_RDONLY);

	if (error)
		return error;
	error = bucketmap_info(map, &info);
	bucketmap_close(map);
	if (error)
		return error;
	observed = add_observed(list);
	observed->id = info.id;
	observed->has_info = true;
	observed->info = info;
	set_labels(observed, name);
	if (can_read_figures())
		add_figures(observed, name);
	return 0;
}

/* A map that was removed meanwhile, or that the user owns but may not read, is left out. */
static int observe_listed(const char *name, void *context)
{
	int error = observe(context, name);

	if (error && error != -ENOENT && error != -EACCES)
		open_error(name, error);
	return 0;
}

static bool is_observed(const struct observed_list *list, __u64 id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->maps[i].id == id)
			return true;
	}
	return false;
}

/* A directory of debugfs: that of an unnamed map has no other way in. */
static void observe_unnamed(const char *directory, void *context)
{
	struct observed_list *list = context;
	struct observed *observed;
	__u64 id;

	if (sscanf(directory, "id-%llu", &id) != 1 || is_observed(list, id))
		return;
	observed = add_observed(list);
	observed->id = id;
	set_labels(observed, "");
	add_figures(observed, directory);
}

/* Returns the text of a figure in @buffer; empty if the map does not have it. */
static const char *find_figure(const struct observed *observed, const struct series *series,
			       struct figure *buffer)
{
	__u64 number;
	const char *text = "";

	if (observed->has_info && series->member != NO_MEMBER) {
		memcpy(&number, (const char *)&observed->info + series->member, sizeof(number));
		snprintf(buffer->value, sizeof(buffer->value), "%llu", number);
		return buffer->value;
	}
	if (observed->stats)
		text = value_in(observed->stats, series->figure, buffer);
	if (!*text && observed->resize)
		text = value_in(observed->resize, series->figure, buffer);
	return text;
}

static void print_sample(const struct observed *observed, const struct series *series)
{
	struct figure buffer;
	const char *text = find_figure(observed, series, &buffer);
	__u64 number = strtoull(text, NULL, 10);

	if (!*text || (series->unit == LIMIT && !number))
		return;
	printf("bucketmap_%s{%s%s%s} ", series->metric, observed->labels,
	       *series->label ? "," : "", series->label);
	if (series->unit == NANOSECONDS)
		printf("%llu.%09llu\n", number / NSEC_PER_SEC, number % NSEC_PER_SEC);
	else if (series->unit == STATE)
		printf("%d\n", strcmp(text, "idle") != 0);
	else
		printf("%llu\n", number);
}

static void print_head(const char *metric, const char *type, const char *help)
{
	printf("# HELP bucketmap_%s %s\n# TYPE bucketmap_%s %s\n", metric, help, metric, type);
}

static void print_observed(const struct observed_list *list)
{
	for (const struct series *series = map_series; series->metric; series++) {
		if (series->help)
			print_head(series->metric, series->type, series->help);
		for (size_t i = 0; i < list->count; i++)
			print_sample(&list->maps[i], series);
	}
}

static void print_gauge(const char *metric, const char *help, __u64 number)
{
	print_head(metric, GAUGE, help);
	printf("bucketmap_%s %llu\n", metric, number);
}

static void print_limits(const struct bucketmap_limits *limits)
{
	print_gauge("maps", "Maps that exist.", limits->maps);
	print_gauge("max_maps", "Limit of maps.", limits->max_maps);
	print_gauge("memory_bytes", "Memory of the tables of all maps.", limits->bytes);
	if (limits->max_bytes)
		print_gauge("max_memory_bytes", "Limit of the memory of the tables of all maps.",
			    limits->max_bytes);
}

static void observe_all(struct observed_list *list, struct bucketmap_limits *limits)
{
	int error = bucketmap_limits(limits);

	if (!error)
		error = bucketmap_list(observe_listed, list);
	if (error)
		device_error(O_RDONLY, error);
	if (can_read_figures())
		list_shown_maps(observe_unnamed, list);
}

void print_for_prometheus(const char *name)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	struct observed_list list = { 0 };

	if (name) {
		int error = observe(&list, name);

		if (error)
			open_error(name, error);
	} else {
		observe_all(&list, &limits);
		print_limits(&limits);
	}
	print_observed(&list);
	for (size_t i = 0; i < list.count; i++) {
		free(list.maps[i].stats);
		free(list.maps[i].resize);
	}
	free(list.maps);
}
