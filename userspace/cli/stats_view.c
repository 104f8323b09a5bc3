// SPDX-License-Identifier: GPL-2.0
/*
 * Views of the counters of the module.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "debugfs.h"
#include "report.h"
#include "stats_view.h"

/* The last figure of stats that is not a counter of events. */
#define LAST_STATE	"load_factor"

/* These fit into 80 columns. */
static const struct column map_events[] = {
	{ "NAME", 14, true }, { "ENTRIES", 9, false }, { "BUCKETS", 8, false },
	{ "LOAD", 6, false }, { "LOOKUPS", 9, false }, { "INSERTS", 9, false },
	{ "CHANGES", 9, false }, { "DELETES", 9, false },
};

static const struct column map_rates[] = {
	{ "NAME", 14, true }, { "ENTRIES", 9, false }, { "BUCKETS", 8, false },
	{ "LOAD", 6, false }, { "LOOKUPS/s", 9, false }, { "INSERTS/s", 9, false },
	{ "CHANGES/s", 9, false }, { "DELETES/s", 9, false },
};

static const struct column counter_rates[] = {
	{ "COUNTER", 24, true }, { "TOTAL", 20, false }, { "RATE/s", 14, false },
};

/* Load factors are numbers with a fraction. */
#define LOAD_UNIT	1000

static void begin_view(struct stats_view *view)
{
	double now = seconds_now();

	view->seconds = view->drawn > 0 ? now - view->drawn : 0;
	view->drawn = now;
}

/* Events per second. The sum may decrease, because per-CPU counters are not read atomically. */
static __u64 rate(const struct stats_view *view, __u64 before, __u64 now)
{
	if (view->seconds <= 0 || now < before)
		return 0;
	return (__u64)((double)(now - before) / view->seconds + 0.5);
}

static void print_state(FILE *out, const char *map, const char *stats)
{
	char *resize = read_figures(map, "resize");
	struct figure load, state;

	fprintf(out, "%s: %llu entries in %llu buckets, load factor %s, %llu bytes\n", map,
		number_in(stats, "count"), number_in(stats, "buckets"),
		value_in(stats, LAST_STATE, &load), number_in(stats, "bytes"));
	if (!resize)
		return;
	fprintf(out, "%s: %llu of %llu buckets evacuated; grown %llu times, shrunk %llu times\n",
		value_in(resize, "state", &state), number_in(resize, "evacuated"),
		number_in(resize, "from_buckets"), number_in(resize, "grown"),
		number_in(resize, "shrunk"));
	free(resize);
}

static const char *behind_state(const char *stats)
{
	struct figure figure;

	while (next_figure(&stats, &figure)) {
		if (!strcmp(figure.name, LAST_STATE))
			break;
	}
	return stats;
}

/* Returns the figures of the one map, which must still be the same. */
static char *same_map(const struct stats_view *view)
{
	char *stats;

	if (!view->figures)
		return need_figures(view->map, "stats");
	stats = read_figures(view->map, "stats");
	if (!stats)
		unexpected_error("%s: the name of the map was removed", view->map);
	if (number_in(stats, "id") != number_in(view->figures, "id"))
		unexpected_error("%s: the name of the map was removed and given to another map",
				 view->map);
	return stats;
}

static void fill_counters(struct table *table, FILE *totals, void *context)
{
	struct stats_view *view = context;
	char *stats = same_map(view);
	const char *events = behind_state(stats);
	struct figure figure;

	begin_view(view);
	print_state(totals, view->map, stats);
	while (next_figure(&events, &figure)) {
		__u64 now = strtoull(figure.value, NULL, 10);
		__u64 before = view->figures ? number_in(view->figures, figure.name) : now;
		__u64 events_per_second = rate(view, before, now);

		add_cell(table, 0, "%s", figure.name);
		add_cell(table, now, "%llu", now);
		add_cell(table, events_per_second, "%llu", events_per_second);
	}
	free(view->figures);
	view->figures = stats;
}

static struct counted count_events(const char *map, const char *stats)
{
	struct counted counted = {
		.id = number_in(stats, "id"),
		.events = {
			number_in(stats, "lookup_hits") + number_in(stats, "lookup_misses"),
			number_in(stats, "inserted"),
			number_in(stats, "overwritten"),
			number_in(stats, "deleted"),
		},
	};

	snprintf(counted.map, sizeof(counted.map), "%s", map);
	return counted;
}

/* Returns the map of this name and number in a list, or NULL. */
static const struct counted *find_counted(const struct counted_list *list,
					  const struct counted *wanted)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->maps[i].id == wanted->id && !strcmp(list->maps[i].map, wanted->map))
			return &list->maps[i];
	}
	return NULL;
}

static void add_events(struct stats_view *view, const struct counted *now)
{
	const struct counted *before = find_counted(&view->before, now);

	if (!before)
		before = now;
	for (size_t i = 0; i < TABLE_EVENTS; i++) {
		__u64 events = now->events[i];

		if (view->live)
			events = rate(view, before->events[i], events);
		add_cell(view->table, events, "%llu", events);
	}
}

static void note(struct counted_list *list, const struct counted *counted)
{
	list->maps = reallocarray(list->maps, list->count + 1, sizeof(*counted));
	if (!list->maps)
		system_error("out of memory");
	list->maps[list->count++] = *counted;
}

static void add_map(const char *map, void *context)
{
	struct stats_view *view = context;
	char *stats = read_figures(map, "stats");
	const char *load_factor;
	struct figure load;
	struct counted now;

	if (!stats)
		return;
	now = count_events(map, stats);
	add_cell(view->table, 0, "%s", map);
	add_cell(view->table, number_in(stats, "count"), "%llu", number_in(stats, "count"));
	add_cell(view->table, number_in(stats, "buckets"), "%llu", number_in(stats, "buckets"));
	load_factor = value_in(stats, LAST_STATE, &load);
	add_cell(view->table, (__u64)(LOAD_UNIT * strtod(load_factor, NULL)), "%s", load_factor);
	add_events(view, &now);
	note(&view->now, &now);
	view->entries += number_in(stats, "count");
	view->bytes += number_in(stats, "bytes");
	free(stats);
}

/* Remembers the name of a map that was there before. */
static void find_removed(struct stats_view *view)
{
	for (size_t i = 0; i < view->before.count; i++) {
		if (find_counted(&view->now, &view->before.maps[i]))
			continue;
		strcpy(view->removed, view->before.maps[i].map);
		view->removed_at = time(NULL);
	}
}

static void print_removed(FILE *out, const struct stats_view *view)
{
	struct tm local;
	char clock[16];

	if (!*view->removed)
		return;
	localtime_r(&view->removed_at, &local);
	strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	fprintf(out, "%s: removed at %s\n", view->removed, clock);
}

static void fill_maps(struct table *table, FILE *totals, void *context)
{
	struct stats_view *view = context;

	begin_view(view);
	view->table = table;
	view->now = (struct counted_list) { 0 };
	view->entries = 0;
	view->bytes = 0;
	list_shown_maps(add_map, view);
	find_removed(view);
	fprintf(totals, "%zu maps with %llu entries and %llu bytes\n",
		view->now.count, view->entries, view->bytes);
	print_removed(totals, view);
	free(view->before.maps);
	view->before = view->now;
}

static void print_maps(struct view *view)
{
	const struct stats_view *stats = view->context;

	fill_view(view);
	if (stats->live)
		fputs(view->totals, stdout);
	print_table(stdout, &view->table);
}

static void print_counters(struct view *view)
{
	fill_view(view);
	fputs(view->totals, stdout);
	print_table(stdout, &view->table);
}

void view_maps(struct view *view, struct stats_view *stats)
{
	*view = (struct view) {
		.title = "bucketmap stats",
		.table = TABLE_OF(map_events),
		.fill = fill_maps,
		.print = print_maps,
		.context = stats,
	};
	if (stats->live)
		view->table.columns = map_rates;
}

void view_counters(struct view *view, struct stats_view *stats)
{
	*view = (struct view) {
		.table = TABLE_OF(counter_rates),
		.fill = fill_counters,
		.print = print_counters,
		.context = stats,
	};
	snprintf(view->title, sizeof(view->title), "bucketmap stats %s", stats->map);
}
