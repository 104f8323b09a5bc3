// SPDX-License-Identifier: GPL-2.0
/*
 * abi: measures the system calls of bucketmap, and other tables that processes
 * share. It reads commands from standard input:
 *
 *	fill TABLE ENTRIES			makes the table for "run" and "check"
 *	check TABLE PROCESSES			fails if the table does not do what it should
 *	run WORKLOAD TABLE PROCESSES
 *	run WORKLOAD TABLE PROCESSES BATCH	with batches of BATCH entries
 *	memory TABLE ENTRIES			memory of tables of up to ENTRIES entries
 *
 * A result is a line
 *
 *	figure WORKLOAD[/BATCH] TABLE ENTRIES PROCESSES VALUE
 *
 * with nanoseconds per operation, or bytes of the table. A table that this machine
 * does not have is left out, and all commands for it: the line
 *
 *	left out TABLE REASON
 */
#include <err.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/random.h"
#include "processes.h"
#include "uapi/bucketmap.h"

/* Four samples per doubling: powers of the fourth root of two, in millionths. */
#define MEMORY_FIRST	1024ULL
static const uint32_t memory_steps[] = { 1000000, 1189207, 1414214, 1681793 };

/* Added to the capacity of tables that do not grow. */
#define MARGIN	1024

/* BPF_MAP_TYPE_RHASH, from Linux 7.2 on: headers may be older, and it is no macro. */
#define MAP_TYPE_RHASH	35

static struct table tables[] = {
	{
		.name = "bucketmap-xxh64",
		.operations = &bucketmap_operations,
		.flags = BUCKETMAP_CREATE_XXH64,
		.grows = true,
		.fd = -1,
	},
	{
		.name = "bucketmap-siphash",
		.operations = &bucketmap_operations,
		.grows = true,
		.fd = -1,
	},
	{
		.name = "mapped",
		.operations = &mapped_operations,
		.flags = BUCKETMAP_CREATE_XXH64,
		.fd = -1,
	},
	{ .name = "bpf", .operations = &bpf_operations, .flags = BPF_MAP_TYPE_HASH, .fd = -1 },
	{
		.name = "rhash",
		.operations = &bpf_operations,
		.flags = MAP_TYPE_RHASH,
		.grows = true,
		.fd = -1,
	},
	{ .name = "lmdb", .operations = &lmdb_operations, .fd = -1 },
	{ .name = "mutex", .operations = &mutex_operations, .fd = -1 },
	{ .name = "redis", .operations = &redis_operations, .fd = -1 },
	{ .name = "memcached", .operations = &memcached_operations, .fd = -1 },
};

static struct table *find_table(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	errx(2, "no table '%s'", name);
}

/* Inserts entries until the table has @entries. */
static void add(struct table *table, uint64_t entries)
{
	uint64_t keys[BATCH_MAX], values[BATCH_MAX];

	while (table->entries < entries) {
		uint32_t count = 0;

		for (; count < BATCH_MAX && table->entries < entries; count++) {
			keys[count] = key_of(table->entries);
			values[count] = table->entries++;
		}
		if (!table->operations->store_batch(table, keys, values, count))
			err(1, "%s: an insert failed", table->name);
	}
}

static void drop(struct table *table)
{
	if (table->fd >= 0)
		close(table->fd);
	table->fd = -1;
	table->entries = 0;
}

static void create(struct table *table, uint64_t entries)
{
	int error = table->operations->create(table, entries);

	table->left_out = error;
	if (error)
		printf("left out %s %s\n", table->name, strerror(error));
}

static void fill(struct table *table, uint64_t entries)
{
	drop(table);
	create(table, entries + MARGIN);
	if (!table->left_out)
		add(table, entries);
}

static void check(struct table *table, uint32_t processes)
{
	if (table->left_out)
		return;
	if (!table->entries || !table->operations->single->remove)
		errx(2, "%s is empty, or is not written to", table->name);
	processes_run(workload_find("check", false), table, processes, 0);
}

static void measure(struct table *table, const char *name, uint32_t processes, uint32_t batch)
{
	const struct workload *workload = workload_find(name, batch > 0);
	double nanoseconds;

	if (table->left_out)
		return;
	if (!workload || batch > BATCH_MAX || !table->entries)
		errx(2, "no workload %s for %s", name, table->name);
	nanoseconds = processes_run(workload, table, processes, batch);
	printf("figure %s", name);
	if (batch)
		printf("/%u", batch);
	printf(" %s %llu %u %.1f\n", table->name, (unsigned long long)table->entries, processes,
	       nanoseconds);
}

/* Number of entries of a sample. */
static uint64_t memory_size(uint32_t sample)
{
	return (MEMORY_FIRST << sample / 4) * memory_steps[sample % 4] / 1000000;
}

/* A table that does not grow is made again for each sample, with that capacity. */
static void measure_memory(struct table *table, uint64_t entries)
{
	if (table->left_out)
		return;
	drop(table);
	for (uint32_t sample = 0; memory_size(sample) <= entries; sample++) {
		uint64_t size = memory_size(sample);

		if (!table->grows)
			drop(table);
		if (table->fd < 0)
			create(table, table->grows ? entries : size);
		if (table->grows)
			add(table, size);
		printf("figure memory %s %llu 1 %llu\n", table->name, (unsigned long long)size,
		       (unsigned long long)table->operations->single->bytes(table));
	}
	drop(table);
}

static void run_command(const char *line)
{
	char workload[16], name[32];
	unsigned int processes, batch = 0;
	unsigned long long entries;

	if (sscanf(line, "fill %31s %llu", name, &entries) == 2)
		fill(find_table(name), entries);
	else if (sscanf(line, "check %31s %u", name, &processes) == 2)
		check(find_table(name), processes);
	else if (sscanf(line, "run %15s %31s %u %u", workload, name, &processes, &batch) >= 3)
		measure(find_table(name), workload, processes, batch);
	else if (sscanf(line, "memory %31s %llu", name, &entries) == 2)
		measure_memory(find_table(name), entries);
	else
		errx(2, "unknown command: %s", line);
}

int main(void)
{
	char line[80];

	while (fgets(line, sizeof(line), stdin)) {
		run_command(line);
		if (fflush(stdout))
			err(1, "answer");
	}
	return 0;
}
