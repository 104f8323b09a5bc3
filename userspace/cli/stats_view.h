/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views of the counters of the module, with rates if they are redrawn.
 */
#ifndef _BUCKETMAP_CLI_STATS_VIEW_H
#define _BUCKETMAP_CLI_STATS_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

#define TABLE_EVENTS	4

/* Counters of a map when the table was last drawn. */
struct counted {
	__u64 id;
	__u64 events[TABLE_EVENTS];
};

/**
 * struct stats_view - state of a view, to compute rates
 * @map: name of the map; NULL for all maps
 * @live: whether the view is redrawn periodically
 * @drawn: time of the last drawing in seconds; 0 for never
 * @seconds: time since then
 * @figures: figures of the map at the last drawing
 * @counted: counters of all maps at the last drawing
 * @maps: number of these maps
 * @now: counters of all maps now
 * @maps_now: number of these maps
 * @out: where the table is drawn
 */
struct stats_view {
	const char *map;
	bool live;
	double drawn;
	double seconds;
	char *figures;
	struct counted *counted;
	size_t maps;
	struct counted *now;
	size_t maps_now;
	FILE *out;
};

/* For show(); @context is a struct stats_view. */
void draw_one_map(FILE *out, void *context);
void draw_all_maps(FILE *out, void *context);

#endif /* _BUCKETMAP_CLI_STATS_VIEW_H */
