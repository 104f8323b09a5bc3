// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap_bench: measures bucketmap and the kernel's rhashtable side by side.
 * Commands are written to the file bucketmap_bench in debugfs; reading it
 * returns the results of the last command:
 *
 *	fill PEER ENTRIES		makes the table for "run"
 *	run WORKLOAD PEER THREADS
 *	grow PEER ENTRIES		time of the growth of a table from empty
 *	memory PEER ENTRIES		memory during such a growth
 *
 * A result is a line
 *
 *	figure WORKLOAD PEER ENTRIES THREADS VALUE
 *
 * with nanoseconds per operation, or bytes of the table.
 */
#include <linux/array_size.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "growth.h"
#include "peers.h"
#include "threads.h"

#define ANSWER_SIZE	8192

static const struct bench_peer *const peers[] = {
	&bench_xxh64,
	&bench_siphash,
	&bench_rhashtable,
};

/**
 * struct filled - the table of "fill" for a kind of table
 * @table: the table, or NULL
 * @entries: number of its entries
 */
struct filled {
	void *table;
	u64 entries;
};

static struct filled all_filled[ARRAY_SIZE(peers)];
static struct seq_buf answer;
static struct dentry *file;
/* Serializes commands. */
static DEFINE_MUTEX(lock);

static int find_peer(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(peers); i++)
		if (!strcmp(peers[i]->name, name))
			return i;
	return -ENOENT;
}

static void drop(int peer)
{
	if (all_filled[peer].table)
		peers[peer]->destroy(all_filled[peer].table);
	all_filled[peer].table = NULL;
}

static int fill(int peer, u64 entries)
{
	void *table;

	drop(peer);
	table = peers[peer]->create();
	if (IS_ERR(table))
		return PTR_ERR(table);
	all_filled[peer].table = table;
	all_filled[peer].entries = entries;
	return growth_fill(peers[peer], table, 0, entries);
}

static void answer_time(const char *workload, int peer, u64 entries, u32 threads, u64 picoseconds)
{
	u32 part;
	u64 whole = div_u64_rem(picoseconds, 1000, &part);

	seq_buf_printf(&answer, "figure %s %s %llu %u %llu.%03u\n", workload, peers[peer]->name,
		       entries, threads, whole, part);
}

static int run(const char *workload, int peer, u32 threads)
{
	const struct worker model = {
		.peer = peers[peer],
		.table = all_filled[peer].table,
		.entries = all_filled[peer].entries,
		.workers = threads,
	};
	const struct workload *chosen = workload_find(workload);
	u64 picoseconds;
	int err;

	if (!model.table || !chosen || !threads || threads > num_online_cpus())
		return -EINVAL;
	err = threads_run(chosen, &model, &picoseconds);
	if (!err)
		answer_time(workload, peer, model.entries, threads, picoseconds);
	return err;
}

static int grow(int peer, u64 entries)
{
	u64 picoseconds;
	int err = growth_time(peers[peer], entries, &picoseconds);

	if (!err)
		answer_time("grow", peer, entries, 1, picoseconds);
	return err;
}

static void answer_bytes(void *context, u64 entries, u64 bytes)
{
	const struct bench_peer *peer = context;

	seq_buf_printf(&answer, "figure memory %s %llu 1 %llu\n", peer->name, entries, bytes);
}

static int run_command(const char *line)
{
	char word[16], workload[16], name[32];
	u64 number;
	int peer;

	if (sscanf(line, "run %15s %31s %llu", workload, name, &number) == 3)
		strscpy(word, "run");
	else if (sscanf(line, "%15s %31s %llu", word, name, &number) != 3)
		return -EINVAL;
	peer = find_peer(name);
	if (peer < 0)
		return peer;
	if (!strcmp(word, "run"))
		return run(workload, peer, number);
	if (!strcmp(word, "fill"))
		return fill(peer, number);
	if (!strcmp(word, "grow"))
		return grow(peer, number);
	if (!strcmp(word, "memory"))
		return growth_memory(peers[peer], number, answer_bytes, (void *)peers[peer]);
	return -EINVAL;
}

static ssize_t command_write(struct file *unused, const char __user *from, size_t size, loff_t *at)
{
	char line[80];
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	line[size] = '\0';
	mutex_lock(&lock);
	seq_buf_clear(&answer);
	err = run_command(line);
	mutex_unlock(&lock);
	return err ?: size;
}

static ssize_t answer_read(struct file *unused, char __user *to, size_t size, loff_t *at)
{
	ssize_t done;

	mutex_lock(&lock);
	done = simple_read_from_buffer(to, size, at, answer.buffer, seq_buf_used(&answer));
	mutex_unlock(&lock);
	return done;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.write = command_write,
	.read = answer_read,
};

static int __init bench_init(void)
{
	char *buffer = kmalloc(ANSWER_SIZE, GFP_KERNEL);

	if (!buffer)
		return -ENOMEM;
	seq_buf_init(&answer, buffer, ANSWER_SIZE);
	file = debugfs_create_file("bucketmap_bench", 0600, NULL, NULL, &operations);
	return 0;
}

static void __exit bench_exit(void)
{
	int i;

	debugfs_remove(file);
	for (i = 0; i < ARRAY_SIZE(peers); i++)
		drop(i);
	kfree(answer.buffer);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Measures bucketmap against rhashtable");
MODULE_LICENSE("GPL");
