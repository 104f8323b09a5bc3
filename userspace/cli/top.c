// SPDX-License-Identifier: GPL-2.0
/*
 * top: the entries with the largest numbers.
 */
#include <stdio.h>

#include "arguments.h"
#include "json.h"
#include "leaders.h"
#include "operand.h"
#include "options.h"
#include "report.h"
#include "screen.h"
#include "walk.h"

#define DEFAULT_COUNT	10
#define MAX_COUNT	1000000

/**
 * struct ranking - the view of top
 * @target: the map
 * @field: the number in its values
 * @leaders: its leaders, with memory for as many as requested
 */
struct ranking {
	struct target target;
	struct field field;
	struct leaders leaders;
};

/* Leaders have unsigned numbers, so signed ones are shifted, the smallest to 0; and back. */
static __u64 shift(__u64 number, struct shape shape)
{
	return shape.format == BUCKETMAP_FORMAT_SIGNED ? number ^ 1ULL << 63 : number;
}

static void allocate_leaders(struct leaders *leaders, size_t count, size_t key_size)
{
	unsigned char *keys = allocate(count, key_size);

	leaders->key_size = key_size;
	leaders->capacity = count;
	leaders->heap = allocate(count, sizeof(leaders->heap[0]));
	for (size_t i = 0; i < count; i++)
		leaders->heap[i].key = keys + i * key_size;
}

static void find_leaders(struct ranking *ranking)
{
	const struct field *field = &ranking->field;
	struct walk walk;

	ranking->leaders.count = 0;
	begin_walk(&walk, &ranking->target);
	while (next_entry(&walk)) {
		__u64 number = read_number(walk.value + field->offset, field->shape);

		consider_leader(&ranking->leaders, walk.key, shift(number, field->shape));
	}
	end_walk(&walk);
	sort_leaders(&ranking->leaders);
}

static void fill_leaders(struct table *table, FILE *totals, void *context)
{
	struct ranking *ranking = context;
	const struct shape key = ranking->target.key, shape = ranking->field.shape;
	char text[OPERAND_SIZE], number[NUMBER_TEXT_SIZE];
	struct bucketmap_info info;

	check_name(&ranking->target);
	find_leaders(ranking);
	read_map_info(&ranking->target, &info);
	fprintf(totals, "%llu entries in %llu buckets, %llu bytes\n",
		info.count, info.buckets, info.bytes);
	for (size_t i = 0; i < ranking->leaders.count; i++) {
		const struct leader *leader = &ranking->leaders.heap[i];

		format_operand(text, leader->key, key);
		format_number(number, shift(leader->number, shape), shape);
		add_cell(table, leader->number, "%s", number);
		add_cell(table, 0, "%s", text);
	}
}

static void print_as_json(const struct ranking *ranking, const struct table *table)
{
	struct shape shape = ranking->field.shape;
	json_t *array = json_array();

	for (size_t row = 0; row < rows_of(table); row++) {
		const struct leader *leader = &ranking->leaders.heap[table->order[row]];
		json_t *number = json_shaped_number(shift(leader->number, shape), shape);

		json_array_append_new(array, json_pack("{s:o, s:o}",
						       "key", json_bytes(leader->key,
									 ranking->target.key),
						       "number", number));
	}
	print_json(array);
}

static void print_leaders(struct view *view)
{
	const struct table *table = &view->table;

	fill_view(view);
	if (json_output) {
		print_as_json(view->context, table);
		return;
	}
	for (size_t row = 0; row < rows_of(table); row++)
		printf("%s\t%s\n", cell_at(table, table->order[row], 0)->text,
		       cell_at(table, table->order[row], 1)->text);
}

static void run_top(char **operands)
{
	static const struct column columns[] = { { "NUMBER", 20, false }, { "KEY", 0, true } };
	struct ranking ranking = { 0 };
	struct view view = {
		.table = TABLE_OF(columns),
		.fill = fill_leaders,
		.print = print_leaders,
		.context = &ranking,
	};
	struct live_options live = { 0 };
	size_t count = DEFAULT_COUNT;
	const char *argument;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 'n')
			count = number_option(option, argument, 1, MAX_COUNT);
		else
			take_live_option(&live, option, argument);
	}
	open_target(&ranking.target, operands[0], BUCKETMAP_OPEN_RDONLY);
	ranking.field = number_field(&ranking.target, operands[1]);
	allocate_leaders(&ranking.leaders, count, ranking.target.key.size);
	snprintf(view.title, sizeof(view.title), "bucketmap top %s", operands[0]);
	show(&live, &view);
	close_target(&ranking.target);
}

static const struct subcommand_option top_options[] = {
	{ 'n', "number", "N", "how many entries; default 10" },
	SORT_OPTION("number (the default) or key"),
	WATCH_OPTION,
	INTERVAL_OPTION,
	{ 0 },
};

const struct subcommand top_subcommand = {
	.name = "top",
	.operands = "NAME [FIELD]",
	.summary = "print the entries with the largest numbers",
	.options = top_options,
	.details =
		"Prints one 'number<TAB>key' per line, largest number first, equal numbers in the\n"
		"order of their keys. The number is the value, or in structs the field of this name\n"
		"or else the first field that is a number. --sort changes the order of these\n"
		"entries, not which they are.\n",
	.run = run_top,
};
