/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views of what the module counts, with rates where they are drawn again and again.
 */
#ifndef _BUCKETMAP_CLI_STATS_VIEW_H
#define _BUCKETMAP_CLI_STATS_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

#define TABLE_EVENTS	4

/* What a map had counted when the table was last drawn. */
struct counted {
	__u64 id;
	__u64 events[TABLE_EVENTS];
};

/**
 * struct stats_view - what is drawn, and what was drawn the last time
 * @map: the map's name; NULL for all of them
 * @live: whether it is drawn again and again
 * @drawn: when it was last drawn; 0 for never
 * @seconds: time since then
 * @figures: the map's figures then
 * @counted: all maps' then
 * @maps: how many they are
 * @now: all maps' now
 * @maps_now: how many they are
 * @out: where the table is being drawn
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
