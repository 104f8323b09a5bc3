// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all subcommands.
 */
#include <string.h>

#include "nearest.h"
#include "report.h"
#include "subcommand.h"

const struct subcommand *const subcommands[] = {
	&create_subcommand,
	&ls_subcommand,
	&info_subcommand,
	&limits_subcommand,
	&rm_subcommand,
	&chmod_subcommand,
	&chown_subcommand,
	&put_subcommand,
	&insert_subcommand,
	&replace_subcommand,
	&swap_subcommand,
	&get_subcommand,
	&mget_subcommand,
	&getdel_subcommand,
	&exists_subcommand,
	&del_subcommand,
	&add_subcommand,
	&max_subcommand,
	&cas_subcommand,
	&cad_subcommand,
	&batch_subcommand,
	&scan_subcommand,
	&dump_subcommand,
	&load_subcommand,
	&save_subcommand,
	&restore_subcommand,
	&count_words_subcommand,
	&top_subcommand,
	&wait_subcommand,
	&watch_subcommand,
	&stats_subcommand,
	&resize_subcommand,
	&clear_subcommand,
	&help_subcommand,
	NULL,
};

const struct subcommand *find_subcommand(const char *name)
{
	struct nearest nearest = { 0 };

	for (const struct subcommand *const *each = subcommands; *each; each++) {
		if (!strcmp((*each)->name, name))
			return *each;
		consider_name(&nearest, name, (*each)->name);
	}
	if (nearest.name)
		usage_error("%s: no such subcommand, did you mean '%s'?", name, nearest.name);
	usage_error("%s: no such subcommand, 'bucketmap help' lists them", name);
}
