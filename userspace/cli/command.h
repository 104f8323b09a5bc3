/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command's commands. Each is described by one structure in the file that
 * implements it; main.c has the table of them. The help is made from these
 * structures, and the completion of shells from the help.
 */
#ifndef _BUCKETMAP_CLI_COMMAND_H
#define _BUCKETMAP_CLI_COMMAND_H

/**
 * struct command_option - an option of a command
 * @letter: its short form, and what next_option() returns for it
 * @name: its long form
 * @argument: what its argument stands for; NULL if it takes none
 * @text: its help
 */
struct command_option {
	char letter;
	const char *name;
	const char *argument;
	const char *text;
};

/**
 * struct command - a command of the program
 * @name: what it is called by
 * @operands: its operands and the options that it needs, as usage messages
 *	show them. NAME stands for a map, FILE for a file, COMMAND for a command.
 * @summary: what it does, in a line
 * @options: its options, ended by one without a letter; NULL for none
 * @details: the rest of its help, whole lines; NULL for none
 * @run: does it. @argv[0] is the command's name. Ends the program on errors.
 */
struct command {
	const char *name;
	const char *operands;
	const char *summary;
	const struct command_option *options;
	const char *details;
	void (*run)(int argc, char **argv);
};

extern const struct command create_command;
extern const struct command ls_command;
extern const struct command info_command;
extern const struct command rm_command;
extern const struct command put_command;
extern const struct command get_command;
extern const struct command del_command;
extern const struct command add_command;
extern const struct command cas_command;
extern const struct command scan_command;
extern const struct command dump_command;
extern const struct command load_command;
extern const struct command count_command;
extern const struct command top_command;
extern const struct command wait_command;
extern const struct command watch_command;
extern const struct command stats_command;
extern const struct command resize_command;
extern const struct command clear_command;
extern const struct command help_command;

#endif /* _BUCKETMAP_CLI_COMMAND_H */
