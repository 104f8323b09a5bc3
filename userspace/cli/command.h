/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command's commands. Each is described by one structure in the file that
 * implements it; main.c has the table of them.
 */
#ifndef _BUCKETMAP_CLI_COMMAND_H
#define _BUCKETMAP_CLI_COMMAND_H

/**
 * struct command - a command of the program
 * @name: what it is called by
 * @operands: its options and operands, as usage messages show them
 * @summary: what it does, in a line
 * @details: the rest of its help, whole lines; NULL for none
 * @run: does it. @argv[0] is the command's name. Ends the program on errors.
 */
struct command {
	const char *name;
	const char *operands;
	const char *summary;
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
extern const struct command scan_command;
extern const struct command count_command;
extern const struct command top_command;
extern const struct command stats_command;
extern const struct command help_command;

#endif /* _BUCKETMAP_CLI_COMMAND_H */
