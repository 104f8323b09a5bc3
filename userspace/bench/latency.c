// SPDX-License-Identifier: GPL-2.0
/*
 * The latency of each insert while a table grows from empty. The clock is read
 * before and after each insert; each thread has a histogram of the differences.
 *
 * Then the same threads do the same without inserts, for the same time: that
 * histogram shows the clock and the scheduler, not the table. doubling.c
 * simulates the thread of a table that has one.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include <hdr_histogram.h>

#include "cpus.h"
#include "doubling.h"
#include "growth.h"
#include "keys.h"
#include "threads.h"

/* In nanoseconds. Larger values count as this. */
#define LONGEST		60000000000LL
#define DIGITS		3

/**
 * struct measured - what the threads share
 * @table: the table
 * @entries: number of entries that it grows to
 * @nanoseconds: how long to run without inserts
 * @doubling: simulates the table's thread meanwhile, or NULL
 * @histograms: a histogram for each thread
 */
struct measured {
	void *table;
	uint64_t entries;
	uint64_t nanoseconds;
	struct doubling *doubling;
	struct hdr_histogram **histograms;
};

static void insert_all(struct member *member)
{
	struct measured *measured = member->group->context;
	const struct bench_peer *peer = member->group->peer;

	for (uint64_t number = member->index; number < measured->entries;
	     number += member->group->threads) {
		uint64_t key = key_of(number);
		uint64_t before = now_ns();
		bool inserted = peer->insert(measured->table, key, number);

		hdr_record_value(measured->histograms[member->index], now_ns() - before);
		if (!inserted)
			errx(1, "%s: an insert failed", peer->name);
	}
}

static void insert_nothing(struct member *member)
{
	struct measured *measured = member->group->context;
	uint64_t end = member->began + measured->nanoseconds;
	uint64_t before, after;

	do {
		before = now_ns();
		after = now_ns();
		hdr_record_value(measured->histograms[member->index], after - before);
		if (measured->doubling && !member->index)
			doubling_poll(measured->doubling, after);
	} while (after < end);
}

static void print_histogram(const struct hdr_histogram *histogram)
{
	printf("{\"p50\": %lld, \"p99\": %lld, \"p99.9\": %lld, \"p99.99\": %lld, \"max\": %lld}",
	       (long long)hdr_value_at_percentile(histogram, 50),
	       (long long)hdr_value_at_percentile(histogram, 99),
	       (long long)hdr_value_at_percentile(histogram, 99.9),
	       (long long)hdr_value_at_percentile(histogram, 99.99),
	       (long long)hdr_max(histogram));
}

/* Measures, and prints the sum of the histograms. */
static double measure(struct threads *group, void (*work)(struct member *member))
{
	struct measured *measured = group->context;
	struct hdr_histogram **histograms = calloc(group->threads, sizeof(struct hdr_histogram *));
	unsigned int i;

	if (!histograms)
		err(1, "latency");
	for (i = 0; i < group->threads; i++)
		if (hdr_init(1, LONGEST, DIGITS, &histograms[i]))
			err(1, "latency");
	measured->histograms = histograms;
	group->work = work;
	threads_run(group);
	for (i = 1; i < group->threads; i++) {
		hdr_add(histograms[0], histograms[i]);
		hdr_close(histograms[i]);
	}
	print_histogram(histograms[0]);
	hdr_close(histograms[0]);
	free(histograms);
	return group->seconds;
}

void growth_latency(const struct bench_peer *peer, uint64_t entries, unsigned int threads)
{
	struct measured measured = { .table = peer->create(), .entries = entries };
	struct threads group = { .threads = threads, .peer = peer, .context = &measured };
	uint64_t others;

	printf("{\"insert\": ");
	measured.nanoseconds = measure(&group, insert_all) * 1e9;
	others = group.others;
	peer->destroy(measured.table);
	printf(", \"nothing\": ");
	if (peer->has_worker)
		measured.doubling = doubling_begin(entries, measured.nanoseconds, others);
	measure(&group, insert_nothing);
	if (peer->has_worker)
		doubling_end(measured.doubling);
	printf(", \"others_ns\": %llu}\n", (unsigned long long)others);
}
