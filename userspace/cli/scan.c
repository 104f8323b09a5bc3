// SPDX-License-Identifier: GPL-2.0
/*
 * scan: print the entries of a map.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "walk.h"

/**
 * struct selection - which entries are printed, and what of them
 * @prefix: what their keys begin with
 * @limit: how many of them at most
 * @keys_only: print no values
 */
struct selection {
	const char *prefix;
	__u64 limit;
	bool keys_only;
};

static bool is_selected(const struct selection *selection, const struct walk *walk)
{
	char text[OPERAND_SIZE];

	if (!*selection->prefix)
		return true;
	format_operand(text, walk->key, walk->target->key);
	return !strncmp(text, selection->prefix, strlen(selection->prefix));
}

static void print_entry(const struct selection *selection, const struct walk *walk)
{
	const struct target *target = walk->target;

	if (json_output && selection->keys_only) {
		print_json_element(json_pack("{s:o}", "key", json_bytes(walk->key, target->key)));
	} else if (json_output) {
		print_json_element(json_entry(target, walk->key, walk->value));
	} else if (selection->keys_only) {
		print_bytes(walk->key, target->key, '\n');
	} else {
		print_bytes(walk->key, target->key, '\t');
		print_bytes(walk->value, target->value, '\n');
	}
	if (ferror(stdout))
		flush_output();
}

static void take_options(struct selection *selection)
{
	const char *argument;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 'p')
			selection->prefix = argument;
		else if (option == 'n')
			selection->limit = number_option(option, argument, 0, ~0ULL);
		else
			selection->keys_only = true;
	}
}

static void run_scan(char **operands)
{
	struct selection selection = { .prefix = "", .limit = ~0ULL };
	struct target target;
	struct walk walk;

	take_options(&selection);
	open_target(&target, operands[0], BUCKETMAP_OPEN_RDONLY);
	if (selection.keys_only)
		begin_walk_of_keys(&walk, &target);
	else
		begin_walk(&walk, &target);
	if (json_output)
		begin_json_array();
	for (__u64 printed = 0; printed < selection.limit && next_entry(&walk);) {
		if (!is_selected(&selection, &walk))
			continue;
		print_entry(&selection, &walk);
		printed++;
	}
	if (json_output)
		end_json_array();
	end_walk(&walk);
	close_target(&target);
}

static const struct subcommand_option scan_options[] = {
	{ 'p', "prefix", "PREFIX", "only entries whose keys, as printed, begin with this" },
	{ 'n', "limit", "N", "at most so many entries" },
	{ 'k', "keys", NULL, "only the keys" },
	{ 0 },
};

const struct subcommand scan_subcommand = {
	.name = "scan",
	.operands = "NAME",
	.summary = "print the entries, one 'key<TAB>value' per line",
	.options = scan_options,
	.details =
		"A key that exists during the whole scan is printed exactly once, and no key is\n"
		"printed twice, even if the map is written to or resized meanwhile. The order is\n"
		"arbitrary, and all entries are read to find those with the prefix.\n",
	.run = run_scan,
};
