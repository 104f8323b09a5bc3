// SPDX-License-Identifier: GPL-2.0
/*
 * stats: the counters of the module. The views are in stats_view.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "subcommand.h"
#include "debugfs.h"
#include "json.h"
#include "options.h"
#include "report.h"
#include "screen.h"
#include "stats_view.h"

static const char *const files[] = { "stats", "chains", "resize", NULL };

static void print_files(const char *map)
{
	for (const char *const *file = files; *file; file++) {
		char *text = need_figures(map, *file);

		printf("%s:\n%s", *file, text);
		free(text);
	}
}

static json_t *files_as_json(const char *map)
{
	json_t *object = json_object();

	for (const char *const *file = files; *file; file++) {
		char *text = need_figures(map, *file);

		json_object_set_new(object, *file, figures_as_json(text));
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

static void draw_json(FILE *out, void *map)
{
	(void)out;
	print_json(map ? files_as_json(map) : all_as_json());
}

static void run_stats(int argc, char **argv)
{
	struct live_options live = { 0 };
	struct stats_view view = { 0 };
	char option;
	char *map;

	while ((option = next_option(argc, argv)))
		take_live_option(&live, option);
	if (argc - optind > 1)
		wrong_usage();
	map = argv[optind];
	view.map = map;
	view.live = live.watch;
	if (json_output)
		show(&live, draw_json, map);
	else if (map && !live.watch)
		print_files(map);
	else
		show(&live, map ? draw_one_map : draw_all_maps, &view);
}

static const struct subcommand_option stats_options[] = {
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
		"--watch, counters are shown as events per second. The figures come from debugfs,\n"
		"which only root may read.\n",
	.run = run_stats,
};
