/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments of the tool, which are the same in kind for every subcommand:
 *
 *	bucketmap [OPTION...] SUBCOMMAND [OPTION or OPERAND...] [--] [OPERAND...]
 *
 * Options may stand anywhere before "--", and all after it are operands. A "-"
 * alone, and a "-" before a digit, begin an operand too. Options have a short and
 * a long form, as getopt_long(3) reads them.
 */
#ifndef _BUCKETMAP_CLI_ARGUMENTS_H
#define _BUCKETMAP_CLI_ARGUMENTS_H

#include <stdbool.h>

#include "subcommand.h"

/**
 * struct arguments - what the user requests
 * @subcommand: what to run; NULL if none is named
 * @operands: its operands, and NULL after the last one
 * @count: number of operands
 * @help: whether help is requested instead
 * @version: whether the version is requested instead
 */
struct arguments {
	const struct subcommand *subcommand;
	char **operands;
	int count;
	bool help;
	bool version;
};

/* Sorts the arguments, and sets current_subcommand and json_output. Ends the program on errors. */
void parse_arguments(struct arguments *arguments, int argc, char **argv);

/*
 * Ends the program, and says what is missing or too much, unless there are the
 * operands and options that the subcommand requires.
 */
void check_arguments(const struct arguments *arguments);

/* Ends the program: the current subcommand cannot do without @what. */
__attribute__((noreturn)) void missing_error(const char *what);

/*
 * Returns the letter of the next option of the current subcommand, and sets
 * @argument if it has one; 0 after the last one.
 */
char next_option(const char **argument);

/*
 * Returns the name of a file that is an operand; NULL if that is "-" or missing,
 * which stands for standard input or output.
 */
const char *file_operand(const char *operand);

/* Options of every subcommand, terminated by one without a letter. */
extern const struct subcommand_option common_options[];

#endif /* _BUCKETMAP_CLI_ARGUMENTS_H */
