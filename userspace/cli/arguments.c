// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of the tool: options, a subcommand and its operands.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "nearest.h"
#include "report.h"

#define MAX_OPTIONS	16

/* What getopt_long() returns for an operand, if its list of letters begins with '-'. */
#define OPERAND		1

struct given_option {
	char letter;
	const char *argument;
};

const struct subcommand_option common_options[] = {
	{ 'j', "json", NULL, "print data as JSON" },
	{ 'h', "help", NULL, "print help" },
	{ 0 },
};

static const struct subcommand_option version_option[] = {
	{ 'V', "version", NULL, "print the version" },
	{ 0 },
};

static struct given_option *given;
static size_t given_count;
static size_t next_given;

/* The options that may stand at this place: before the subcommand --version is one of them. */
static void list_options(struct option names[MAX_OPTIONS + 1], char letters[2 * MAX_OPTIONS + 3])
{
	const struct subcommand_option *lists[] = {
		common_options, current_subcommand ? current_subcommand->options : version_option,
	};
	char *letter = stpcpy(letters, "-:");

	memset(names, 0, (MAX_OPTIONS + 1) * sizeof(names[0]));
	for (int i = 0; i < 2; i++) {
		for (const struct subcommand_option *option = lists[i]; option && option->letter;
		     option++, names++) {
			names->name = option->name;
			names->has_arg = option->argument ? required_argument : no_argument;
			names->val = (unsigned char)option->letter;
			*letter++ = option->letter;
			if (option->argument)
				*letter++ = ':';
		}
	}
	*letter = '\0';
}

static __attribute__((noreturn)) void unknown_long_option(char *option,
							  const struct option *names)
{
	struct nearest nearest = { 0 };

	option[strcspn(option, "=")] = '\0';
	for (; names->name; names++)
		consider_name(&nearest, option + 2, names->name);
	if (nearest.name)
		usage_error("%s: no such option, did you mean '--%s'?", option, nearest.name);
	usage_error("%s: no such option; operands that begin with '-' go behind '--'", option);
}

static const char *argument_of(int letter)
{
	const struct subcommand_option *option = current_subcommand->options;

	while (option->letter != letter)
		option++;
	return option->argument;
}

static __attribute__((noreturn)) void bad_option(int result, char *argument,
						 const struct option *names)
{
	if (result == ':')
		usage_error("-%c: missing %s", optopt, argument_of(optopt));
	if (strncmp(argument, "--", 2) != 0)
		usage_error("-%c: no such option; operands that begin with '-' go behind '--'",
			    optopt);
	if (optopt)
		usage_error("%s: the option has no argument", argument);
	unknown_long_option(argument, names);
}

static void add_operand(struct arguments *arguments, char *operand)
{
	if (arguments->subcommand) {
		arguments->operands[arguments->count++] = operand;
		return;
	}
	arguments->subcommand = find_subcommand(operand);
	current_subcommand = arguments->subcommand;
}

static void add_option(struct arguments *arguments, char letter)
{
	if (letter == 'j') {
		json_output = true;
	} else if (letter == 'h') {
		arguments->help = true;
	} else if (!current_subcommand) {
		arguments->version = true;
	} else {
		given = reallocarray(given, given_count + 1, sizeof(given[0]));
		if (!given)
			system_error("out of memory");
		given[given_count++] = (struct given_option) { letter, optarg };
	}
}

/* A negative number: no option is a digit. */
static bool is_number(const char *argument)
{
	return argument && argument[0] == '-' && isdigit((unsigned char)argument[1]);
}

void parse_arguments(struct arguments *arguments, int argc, char **argv)
{
	struct option names[MAX_OPTIONS + 1];
	char letters[2 * MAX_OPTIONS + 3];
	int result;

	*arguments = (struct arguments) {
		.operands = allocate(argc + 1, sizeof(arguments->operands[0])),
	};
	opterr = 0;
	for (;;) {
		if (is_number(argv[optind])) {
			add_operand(arguments, argv[optind++]);
			continue;
		}
		list_options(names, letters);
		result = getopt_long(argc, argv, letters, names, NULL);
		if (result < 0)
			break;
		if (result == ':' || result == '?')
			bad_option(result, argv[optind - 1], names);
		if (result == OPERAND)
			add_operand(arguments, optarg);
		else
			add_option(arguments, (char)result);
	}
	while (optind < argc)
		add_operand(arguments, argv[optind++]);
}

char next_option(const char **argument)
{
	if (next_given == given_count)
		return 0;
	*argument = given[next_given].argument;
	return given[next_given++].letter;
}

void missing_error(const char *what)
{
	char usage[USAGE_SIZE];

	usage_error("missing %s, usage: %s", what, make_usage(usage, current_subcommand));
}

const char *file_operand(const char *operand)
{
	return operand && strcmp(operand, "-") != 0 ? operand : NULL;
}

static __attribute__((noreturn)) void too_many(const char *operand)
{
	char usage[USAGE_SIZE];

	usage_error("%s: one operand too many, usage: %s", operand,
		    make_usage(usage, current_subcommand));
}

static bool is_given(char letter)
{
	for (size_t i = 0; i < given_count; i++) {
		if (given[i].letter == letter)
			return true;
	}
	return false;
}

/* Appends to a list of what is missing. */
static void add_missing(char list[USAGE_SIZE], const char *what)
{
	size_t length = strlen(list);

	snprintf(list + length, USAGE_SIZE - length, "%s%s", length ? ", " : "", what);
}

/* Each word of the operands stands for one of them, or for a required option and its argument. */
void check_arguments(const struct arguments *arguments)
{
	char words[USAGE_SIZE], lacking[USAGE_SIZE] = "", *rest = words, *word;
	int count = arguments->count;

	snprintf(words, sizeof(words), "%s", current_subcommand->operands);
	while ((word = strsep(&rest, " "))) {
		if (*word == '-') {
			char *argument = strsep(&rest, " ");

			if (!is_given(word[1])) {
				argument[-1] = ' ';
				add_missing(lacking, word);
			}
		} else if (*word == '{') {
			strsep(&rest, "}");
			count--;
		} else if (*word == '[') {
			count -= strstr(word, "...") ? count : 1;
		} else if (*word && count-- <= 0) {
			add_missing(lacking, word);
		}
	}
	if (*lacking)
		missing_error(lacking);
	if (count > 0)
		too_many(arguments->operands[arguments->count - count]);
}
