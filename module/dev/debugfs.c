// SPDX-License-Identifier: GPL-2.0
/*
 * The debugfs files of each map: bucketmap/<map>/{stats,chains,resize}.
 *
 * The directory of a map has the map's name while that is linked. Otherwise, or
 * if the name itself begins with "id-", it is "id-" and the map's number. So no
 * two maps ever need the same directory name.
 *
 * The module works without debugfs: the directory of a map may be an error
 * pointer, which all debugfs functions accept.
 *
 * Creating and renaming a directory allocates memory and takes locks of the
 * parent directory. Both are done by one work queue whose memory is not
 * charged, so that a caller at the limit of a memory cgroup does not make
 * others wait for these locks. It updates each directory to the map's linked
 * state, in the order in which the registry changed these states: so a name is
 * free in debugfs before the next map that gets it is shown.
 *
 * Locks: none of its own. The files take no locks of this module outside the
 * core. So they may be removed, which waits for their readers, in any process
 * context.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "core/counters.h"
#include "core/inspect.h"
#include "dev/debugfs.h"
#include "dev/instance.h"

#define ID_PREFIX	"id-"

static struct dentry *root;

/* Ordered: runs one update after the other. */
static struct workqueue_struct *updates;

static void line(struct seq_file *seq, const char *name, u64 value)
{
	seq_printf(seq, "%s %llu\n", name, value);
}

static const char *hash_name(u32 flags)
{
	if (flags & BUCKETMAP_CREATE_XXH64)
		return "xxh64";
	return flags & BUCKETMAP_CREATE_SIPHASH24 ? "siphash24" : "siphash13";
}

static int stats_show(struct seq_file *seq, void *unused)
{
	const struct bm_instance *instance = seq->private;
	const struct bucketmap_config *config = &instance->config;
	struct bucketmap_geometry geometry;
	u64 load_percent;
	int i;

	bucketmap_geometry(instance->map, &geometry);
	load_percent = geometry.count * 100 / geometry.buckets;

	line(seq, "id", instance->id);
	line(seq, "key_size", config->key_size);
	line(seq, "value_size", config->value_size);
	seq_printf(seq, "hash %s\n", hash_name(config->flags));
	line(seq, "capacity", geometry.capacity);
	line(seq, "max_entries", config->max_entries);
	line(seq, "count", geometry.count);
	line(seq, "buckets", geometry.buckets);
	line(seq, "bytes", geometry.bytes);
	seq_printf(seq, "load_factor %llu.%02llu\n", load_percent / 100,
		   load_percent % 100);
	for (i = 0; i < BM_NR_COUNTERS; i++)
		line(seq, bm_counter_names[i],
		     bm_counters_sum(instance->map, i));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* One line "N buckets" per number of entries N; the last one for N or more. */
static int chains_show(struct seq_file *seq, void *unused)
{
	const struct bm_instance *instance = seq->private;
	const unsigned int last = BM_CHAINS_MAX - 1;
	struct bm_chains chains = {};
	unsigned int i;
	int err;

	err = bm_inspect_chains(instance->map, &chains);
	if (err)
		return err;
	line(seq, "longest", chains.longest);
	line(seq, "overflow_records", chains.records);
	for (i = 0; i <= min_t(u64, chains.longest, last); i++)
		seq_printf(seq, "%u%s %llu\n", i, i == last ? "+" : "",
			   chains.histogram[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(chains);

static const char *resize_name(const struct bm_resize_state *state)
{
	if (!state->running)
		return "idle";
	return state->to_buckets > state->from_buckets ? "growing" :
	       "shrinking";
}

static int resize_show(struct seq_file *seq, void *unused)
{
	const struct bm_instance *instance = seq->private;
	struct bm_resize_state state = {};
	int err;

	err = bm_inspect_resize(instance->map, &state);
	if (err)
		return err;
	seq_printf(seq, "state %s\n", resize_name(&state));
	line(seq, "from_buckets", state.from_buckets);
	line(seq, "to_buckets", state.to_buckets);
	line(seq, "evacuated", state.evacuated);
	line(seq, "grown", state.grown);
	line(seq, "shrunk", state.shrunk);
	line(seq, "failed", state.failed);
	line(seq, "evacuated_by_worker", state.evacuated_by_worker);
	line(seq, "evacuated_by_writers", state.evacuated_by_writers);
	line(seq, "longest_step_ns", state.longest_step_ns);
	line(seq, "longest_allocation_ns", state.longest_allocation_ns);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(resize);

/* The name of a directory: a map's name, or "id-" and up to 20 digits. */
struct directory_name {
	char text[BUCKETMAP_NAME_SIZE];
};

static struct directory_name id_name(const struct bm_instance *instance)
{
	struct directory_name name;

	snprintf(name.text, sizeof(name.text), ID_PREFIX "%llu", instance->id);
	return name;
}

static void add(struct bm_instance *instance, const char *name)
{
	instance->debugfs = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0400, instance->debugfs, instance,
			    &stats_fops);
	debugfs_create_file("chains", 0400, instance->debugfs, instance,
			    &chains_fops);
	debugfs_create_file("resize", 0400, instance->debugfs, instance,
			    &resize_fops);
}

/* Frees the directory name of a map that is no longer linked. */
static void unname(struct bm_instance *instance, const char *id)
{
	int err;

	err = bm_debugfs_rename(root, instance->debugfs, id);
	if (err) {
		debugfs_remove(instance->debugfs);
		instance->debugfs = ERR_PTR(err);
	}
}

/*
 * If the linked state changes after it was read here, another update is queued
 * before that of the next map with the name.
 */
static void update(struct work_struct *work)
{
	struct bm_instance *instance =
		container_of(work, struct bm_instance, update);
	struct directory_name id = id_name(instance);
	bool by_name = READ_ONCE(instance->linked) &&
		       !strstarts(instance->name, ID_PREFIX);

	if (!instance->debugfs)
		add(instance, by_name ? instance->name : id.text);
	else if (instance->shown_by_name && !by_name)
		unname(instance, id.text);
	instance->shown_by_name = by_name;
}

/**
 * bm_debugfs_prepare() - initialize the debugfs state of a map
 * @instance: the map
 *
 * Context: any.
 */
void bm_debugfs_prepare(struct bm_instance *instance)
{
	INIT_WORK(&instance->update, update);
}

/**
 * bm_debugfs_update() - show a map, or make its directory free the map's name
 * @instance: the map, whose linked state has just changed, or that has just got
 *	its id
 *
 * The caller must hold a reference until bm_debugfs_flush() has returned.
 *
 * Context: any, under the registry's lock.
 */
void bm_debugfs_update(struct bm_instance *instance)
{
	queue_work(updates, &instance->update);
}

/**
 * bm_debugfs_flush() - wait until the updates of a map are done
 * @instance: the map
 *
 * Context: Process context. May sleep.
 */
void bm_debugfs_flush(struct bm_instance *instance)
{
	flush_work(&instance->update);
}

/**
 * bm_debugfs_remove() - remove the files of a map, and wait for their readers
 * @instance: the map, which has no other users
 *
 * Context: Process context. May sleep.
 */
void bm_debugfs_remove(struct bm_instance *instance)
{
	debugfs_remove(instance->debugfs);
}

/**
 * bm_debugfs_init() - create the directory of all maps
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOMEM.
 */
int __init bm_debugfs_init(void)
{
	updates = alloc_ordered_workqueue("bucketmap_debugfs", 0);
	if (!updates)
		return -ENOMEM;
	root = debugfs_create_dir("bucketmap", NULL);
	return 0;
}

/**
 * bm_debugfs_exit() - remove the directory of all maps
 *
 * Context: Process context, after the last map. May sleep.
 */
void bm_debugfs_exit(void)
{
	debugfs_remove(root);
	destroy_workqueue(updates);
}
