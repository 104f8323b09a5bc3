// SPDX-License-Identifier: GPL-2.0
/*
 * stats: the counters of the module. The views are in stats_view.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arguments.h"
#include "debugfs.h"
#include "json.h"
#include "options.h"
#include "prometheus.h"
#include "report.h"
#include "screen.h"
#include "stats_view.h"

#define FILES	3

static const char *const files[FILES] = { "stats", "chains", "resize" };

static void print_files(const char *map)
{
	char *texts[FILES];

	for (size_t i = 0; i < FILES; i++)
		texts[i] = need_figures(map, files[i]);
	for (size_t i = 0; i < FILES; i++) {
		printf("%s:\n%s", files[i], texts[i]);
		free(texts[i]);
	}
}

static json_t *files_as_json(const char *map)
{
	json_t *object = json_object();

	for (size_t i = 0; i < FILES; i++) {
		char *text = need_figures(map, files[i]);

		json_object_set_new(object, files[i], figures_as_json(text));
		free(text);
	}
	return object;
}

static void add_stats(const char *map, void *object)
{
	char *text = read_figures(map, "stats");

	if (text)
		json_object_set_new_nocheck(object, map, figures_as_json(text));
	free(text);
}

static json_t *all_as_json(void)
{
	json_t *object = json_object();

	list_shown_maps(add_stats, object);
	return object;
}

static void print_as_json(struct view *view)
{
	const struct stats_view *stats = view->context;

	print_json(stats->map ? files_as_json(stats->map) : all_as_json());
}

static void run_stats(char **operands)
{
	struct stats_view stats = { .map = operands[0] };
	struct live_options live = { 0 };
	const char *argument;
	bool prometheus = false;
	struct view view;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 'p')
			prometheus = true;
		else
			take_live_option(&live, option, argument);
	}
	if (prometheus) {
		if (json_output || live.watch || live.interval || live.sort)
			usage_error("--prometheus excludes the other options");
		print_for_prometheus(stats.map);
		return;
	}
	stats.live = live.watch;
	if (stats.map)
		view_counters(&view, &stats);
	else
		view_maps(&view, &stats);
	if (json_output) {
		view.print = print_as_json;
	} else if (stats.map && !live.watch) {
		if (live.sort)
			usage_error("--sort needs --watch, or no NAME");
		print_files(stats.map);
		return;
	}
	show(&live, &view);
}

static const struct subcommand_option stats_options[] = {
	{ 'p', "prometheus", NULL, "print all figures in the text format of Prometheus" },
	SORT_OPTION("a column of the table; default name"),
	WATCH_OPTION,
	INTERVAL_OPTION,
	{ 0 },
};

const struct subcommand stats_subcommand = {
	.name = "stats",
	.operands = "[NAME]",
	.summary = "print the counters of one map or of all maps",
	.options = stats_options,
	.details =
		"For one map: its counters, the lengths of its chains and the state of its\n"
		"migration. For all maps: one line per map, with 'id-N' for an unnamed map. With\n"
		"--watch, counters are shown as events per second. A column is named by its head.\n"
		"The figures come from debugfs, which only root may read. With --prometheus, figures of\n"
		"maps that you may read do not need it; the others are left out without it.\n",
	.run = run_stats,
};
