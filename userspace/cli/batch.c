// SPDX-License-Identifier: GPL-2.0
/*
 * batch: many operations on entries, read from a pipe.
 *
 * Neighboring lines with the same operation on the same map become one batch of
 * the library. What has been read is done before more input is waited for, so that
 * a program can write a line and read its answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "lib/bucketmap.h"
#include "operation.h"
#include "report.h"
#include "script.h"

/* Calls in one batch of the library. */
#define BATCH_CALLS	256

/**
 * struct batch - the state of batch
 * @target: the map of @calls; its @map is NULL before the first line
 * @name: memory for its name
 * @writable: it is open for writing
 * @field: field of @calls; empty for none
 * @calls: calls that have not been done; its @operation is NULL before the first line
 * @lines: their line numbers
 * @code: exit code for the first call that failed
 */
struct batch {
	struct target target;
	char name[BUCKETMAP_NAME_SIZE];
	bool writable;
	char field[FIELD_NAME_SIZE];
	struct calls calls;
	__u64 lines[BATCH_CALLS];
	enum exit_code code;
};

static struct batch batch;

static void report_call(__u32 index)
{
	int error = batch.calls.results[index];

	if (batch.code == EXIT_DONE)
		batch.code = problem_code(error);
	message_line = batch.lines[index];
	warn("%s: %s: %s", batch.target.name, call_key(&batch.calls, index),
	     entry_problem(error, batch.target.max_entries));
}

/* Does what has been read, and prints the results. The current line is a later one. */
static void run_pending(void)
{
	const struct subcommand *subcommand = current_subcommand;
	__u64 line = message_line;
	struct calls *calls = &batch.calls;

	if (!calls->count)
		return;
	current_subcommand = &batch_subcommand;
	message_line = batch.lines[0];
	run_calls(calls);
	for (__u32 i = 0; i < calls->count; i++) {
		if (calls->results[i] < 0)
			report_call(i);
		else
			print_call(calls, i);
	}
	calls->count = 0;
	message_line = line;
	current_subcommand = subcommand;
}

/* Before a message that ends the program. The message may itself be about what was read. */
static void run_pending_at_last(void)
{
	before_message = NULL;
	run_pending();
	fflush(stdout);
}

static void end_pending(void)
{
	run_pending();
	if (batch.calls.operation)
		end_calls(&batch.calls);
	batch.calls.operation = NULL;
}

static void use_map(const char *name, bool writes)
{
	if (batch.target.map && !strcmp(batch.name, name) && batch.writable >= writes)
		return;
	end_pending();
	if (batch.target.map)
		close_target(&batch.target);
	batch.target.map = NULL;
	if (strlen(name) < sizeof(batch.name))
		strcpy(batch.name, name);
	batch.writable = writes;
	open_target(&batch.target, strlen(name) < sizeof(batch.name) ? batch.name : name,
		    writes ? 0 : BUCKETMAP_OPEN_RDONLY);
}

static void use_operation(const struct operation *operation, const char *field)
{
	if (batch.calls.operation == operation && !strcmp(batch.field, field ? field : ""))
		return;
	end_pending();
	begin_calls(&batch.calls, &batch.target, operation, field, BATCH_CALLS);
	strcpy(batch.field, field ? field : "");
}

static void add_line(const struct script *script, const struct operation *operation,
		     char **operands)
{
	int count = 1 + operation->expected + operation->value;
	char **keys = operands + 1;

	use_map(operands[0], operation->number != BUCKETMAP_LOOKUP);
	use_operation(operation, operation->several ? NULL : keys[count]);
	do {
		batch.lines[batch.calls.count] = script->line_number;
		add_call(&batch.calls, keys);
		if (batch.calls.count == BATCH_CALLS)
			run_pending();
		keys++;
	} while (operation->several && *keys);
}

/* While a line is read, messages are about its subcommand. */
static void take_line(const struct script *script, char *line)
{
	static char *words[SCRIPT_LINE_SIZE / 2 + 1];
	const char *error = split_line(line, words);
	struct arguments arguments = { .operands = words + 1 };
	const struct operation *operation;

	if (error)
		usage_error("%s", error);
	if (!*words)
		return;
	operation = find_operation(*words);
	if (!operation)
		usage_error("%s: not an operation on entries", *words);
	arguments.subcommand = find_subcommand(*words);
	current_subcommand = arguments.subcommand;
	while (arguments.operands[arguments.count])
		arguments.count++;
	check_arguments(&arguments);
	add_line(script, operation, arguments.operands);
	current_subcommand = &batch_subcommand;
}

static int open_script(const char *file)
{
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;

	if (fd < 0)
		system_error("%s: %s", file, strerror(errno));
	return fd;
}

static void run_batch(char **operands)
{
	/* Static, because its buffer is large. */
	static struct script script;
	const char *error;
	char *line;

	script.fd = open_script(file_operand(operands[0]));
	before_message = run_pending_at_last;
	for (;;) {
		message_line = 0;
		if (must_wait(&script)) {
			run_pending();
			flush_output();
		}
		error = read_script_line(&script, &line);
		message_line = script.line_number;
		if (error)
			system_error("%s", error);
		if (!line)
			break;
		take_line(&script, line);
	}
	message_line = 0;
	end_pending();
	if (batch.target.map)
		close_target(&batch.target);
	flush_output();
	exit(batch.code);
}

const struct subcommand batch_subcommand = {
	.name = "batch",
	.operands = "[FILE]",
	.summary = "do many operations on entries, one per line of a pipe",
	.details =
		"Each line is a subcommand from put to cad and its operands, separated by blanks.\n"
		"Words with blanks stand between '...' or \"...\"; a backslash takes the next character\n"
		"as it is. Empty lines, and lines that begin with '#', are skipped. Without FILE,\n"
		"reads standard input. Results are printed in the order of the lines. A line that\n"
		"fails is reported, and the next ones are done; a line that is malformed, or whose\n"
		"map cannot be opened, ends the batch. The exit code is that of the first failure.\n",
	.run = run_batch,
};
