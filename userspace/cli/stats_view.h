/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views of the counters of the module, with rates if they are redrawn.
 */
#ifndef _BUCKETMAP_CLI_STATS_VIEW_H
#define _BUCKETMAP_CLI_STATS_VIEW_H

#include <stdbool.h>
#include <time.h>

#include <linux/types.h>

#include "uapi/bucketmap.h"
#include "view.h"

#define TABLE_EVENTS	4

/* Counters of a map, which is shown by this name. */
struct counted {
	char map[BUCKETMAP_NAME_SIZE];
	__u64 id;
	__u64 events[TABLE_EVENTS];
};

struct counted_list {
	struct counted *maps;
	size_t count;
};

/**
 * struct stats_view - state of a view, to compute rates
 * @map: name of the map; NULL for all maps
 * @live: whether the view is redrawn periodically
 * @drawn: time of the last drawing in seconds; 0 for never
 * @seconds: time since then
 * @figures: figures of the map at the last drawing
 * @before: counters of all maps at the last drawing
 * @now: counters of all maps now
 * @table: the table that is filled
 * @entries: number of entries of all maps
 * @bytes: memory of all maps
 * @removed: name of the map that was removed last; empty for none
 * @removed_at: when this was seen
 */
struct stats_view {
	const char *map;
	bool live;
	double drawn;
	double seconds;
	char *figures;
	struct counted_list before;
	struct counted_list now;
	struct table *table;
	__u64 entries;
	__u64 bytes;
	char removed[BUCKETMAP_NAME_SIZE];
	time_t removed_at;
};

/* Make a view of all maps, or of the counters of one map. */
void view_maps(struct view *view, struct stats_view *stats);
void view_counters(struct view *view, struct stats_view *stats);

#endif /* _BUCKETMAP_CLI_STATS_VIEW_H */
