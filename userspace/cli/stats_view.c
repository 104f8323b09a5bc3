// SPDX-License-Identifier: GPL-2.0
/*
 * Views of the counters of the module.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "debugfs.h"
#include "report.h"
#include "stats_view.h"

/* The last figure of stats that is not a counter of events. */
#define LAST_STATE	"load_factor"

/* These fit into 80 columns. */
#define ROW		"%-14s %9s %8s %6s %9s %9s %9s %9s\n"
#define HEADING		"NAME", "ENTRIES", "BUCKETS", "LOAD"
#define EVENTS		"LOOKUPS", "INSERTS", "CHANGES", "DELETES"
#define RATES		"LOOKUPS/s", "INSERTS/s", "CHANGES/s", "DELETES/s"

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

static void draw_state(FILE *out, const char *map, const char *stats)
{
	char *resize = need_figures(map, "resize");
	struct figure load, state;

	fprintf(out, "%s: %llu entries in %llu buckets, load factor %s, %llu bytes\n", map,
		number_in(stats, "count"), number_in(stats, "buckets"),
		value_in(stats, LAST_STATE, &load), number_in(stats, "bytes"));
	fprintf(out, "%s: %llu of %llu buckets evacuated; grown %llu times, shrunk %llu times\n\n",
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

void draw_one_map(FILE *out, void *context)
{
	struct stats_view *view = context;
	char *stats = need_figures(view->map, "stats");
	const char *events = behind_state(stats);
	struct figure figure;

	if (view->figures && number_in(stats, "id") != number_in(view->figures, "id"))
		unexpected_error("%s: another map has this name now", view->map);
	begin_view(view);
	draw_state(out, view->map, stats);
	fprintf(out, "%-24s %20s %14s\n", "", "TOTAL", "PER SECOND");
	while (next_figure(&events, &figure)) {
		__u64 now = strtoull(figure.value, NULL, 10);
		__u64 before = view->figures ? number_in(view->figures, figure.name) : now;

		fprintf(out, "%-24s %20llu %14llu\n", figure.name, now,
			rate(view, before, now));
	}
	free(view->figures);
	view->figures = stats;
}

static struct counted count_events(const char *stats)
{
	return (struct counted) {
		.id = number_in(stats, "id"),
		.events = {
			number_in(stats, "lookup_hits") + number_in(stats, "lookup_misses"),
			number_in(stats, "inserted"),
			number_in(stats, "overwritten"),
			number_in(stats, "deleted"),
		},
	};
}

static const struct counted *find_counted(const struct stats_view *view, __u64 id)
{
	for (size_t i = 0; i < view->maps; i++) {
		if (view->counted[i].id == id)
			return &view->counted[i];
	}
	return NULL;
}

static void draw_events(const struct stats_view *view, const struct counted *now)
{
	const struct counted *before = find_counted(view, now->id);

	if (!before)
		before = now;
	for (size_t i = 0; i < TABLE_EVENTS; i++)
		fprintf(view->out, " %9llu", view->live ?
			rate(view, before->events[i], now->events[i]) : now->events[i]);
	fputc('\n', view->out);
}

static void draw_row(const char *map, void *context)
{
	struct stats_view *view = context;
	char *stats = read_figures(map, "stats");
	struct figure load;
	struct counted now;

	if (!stats)
		return;
	now = count_events(stats);
	fprintf(view->out, "%-14s %9llu %8llu %6s", map, number_in(stats, "count"),
		number_in(stats, "buckets"), value_in(stats, LAST_STATE, &load));
	draw_events(view, &now);
	view->now = reallocarray(view->now, view->maps_now + 1, sizeof(now));
	if (!view->now)
		system_error("out of memory");
	view->now[view->maps_now++] = now;
	free(stats);
}

void draw_all_maps(FILE *out, void *context)
{
	struct stats_view *view = context;

	begin_view(view);
	view->out = out;
	view->now = NULL;
	view->maps_now = 0;
	if (view->live)
		fprintf(out, ROW, HEADING, RATES);
	else
		fprintf(out, ROW, HEADING, EVENTS);
	list_shown_maps(draw_row, view);
	free(view->counted);
	view->counted = view->now;
	view->maps = view->maps_now;
}
