/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subcommands of the tool. Each is described by one structure in the file
 * that implements it; subcommands.c has the table. The help and the check of the
 * operands are made from these structures, and the completion of shells from the
 * help.
 */
#ifndef _BUCKETMAP_CLI_SUBCOMMAND_H
#define _BUCKETMAP_CLI_SUBCOMMAND_H

/**
 * struct subcommand_option - an option of a subcommand
 * @letter: its short form, and what next_option() returns for it
 * @name: its long form
 * @argument: placeholder of its argument; NULL if it has none
 * @text: its help
 */
struct subcommand_option {
	char letter;
	const char *name;
	const char *argument;
	const char *text;
};

/**
 * struct subcommand - a subcommand of the tool
 * @name: its name
 * @operands: its operands and required options, as usage messages show them:
 *	"A" is required, "[A]" is optional, and so are all of "[A...]". "-a A" is a
 *	required option with its argument. Of "{A | --option}" one is required,
 *	which @run checks. NAME stands for a map, FILE for a file, DIR for a directory,
 *	SUBCOMMAND for a subcommand.
 * @summary: what it does, in one line
 * @options: its own options, beside common_options, terminated by one without a
 *	letter; NULL for none
 * @details: the rest of its help, in whole lines; NULL for none
 * @run: executes it. There are as many operands as @operands permits, and NULL
 *	after the last one. Ends the program on errors.
 */
struct subcommand {
	const char *name;
	const char *operands;
	const char *summary;
	const struct subcommand_option *options;
	const char *details;
	void (*run)(char **operands);
};

/* All subcommands, and NULL after the last one. */
extern const struct subcommand *const subcommands[];

/* Ends the program, with a suggestion, if there is no such subcommand. */
const struct subcommand *find_subcommand(const char *name);

extern const struct subcommand create_subcommand;
extern const struct subcommand ls_subcommand;
extern const struct subcommand info_subcommand;
extern const struct subcommand limits_subcommand;
extern const struct subcommand rm_subcommand;
extern const struct subcommand chmod_subcommand;
extern const struct subcommand chown_subcommand;
extern const struct subcommand put_subcommand;
extern const struct subcommand insert_subcommand;
extern const struct subcommand replace_subcommand;
extern const struct subcommand swap_subcommand;
extern const struct subcommand get_subcommand;
extern const struct subcommand mget_subcommand;
extern const struct subcommand getdel_subcommand;
extern const struct subcommand exists_subcommand;
extern const struct subcommand del_subcommand;
extern const struct subcommand add_subcommand;
extern const struct subcommand max_subcommand;
extern const struct subcommand cas_subcommand;
extern const struct subcommand cad_subcommand;
extern const struct subcommand batch_subcommand;
extern const struct subcommand scan_subcommand;
extern const struct subcommand dump_subcommand;
extern const struct subcommand load_subcommand;
extern const struct subcommand save_subcommand;
extern const struct subcommand restore_subcommand;
extern const struct subcommand count_words_subcommand;
extern const struct subcommand top_subcommand;
extern const struct subcommand wait_subcommand;
extern const struct subcommand watch_subcommand;
extern const struct subcommand stats_subcommand;
extern const struct subcommand resize_subcommand;
extern const struct subcommand clear_subcommand;
extern const struct subcommand help_subcommand;

#endif /* _BUCKETMAP_CLI_SUBCOMMAND_H */
