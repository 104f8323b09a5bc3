// SPDX-License-Identifier: GPL-2.0
/*
 * count-words: a map from words to the number of their occurrences.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "json.h"
#include "lib/bucketmap.h"
#include "report.h"
#include "target.h"
#include "words.h"

#define BUFFER_SIZE	(256 * 1024)

struct word_count {
	struct target target;
	struct field field;
	__u64 counted;
	__u64 skipped;
};

static void count_word(const char *word, size_t length, void *context)
{
	struct word_count *count = context;
	int error;

	if (length > count->target.key.size) {
		count->skipped++;
		return;
	}
	error = bucketmap_add(count->target.map, word, count->field.offset, 1, NULL);
	if (error)
		fail(problem_code(error), "%s: %s: %s; counted %llu words", count->target.name,
		     word, entry_problem(error, count->target.max_entries), count->counted);
	count->counted++;
}

static __attribute__((noreturn)) void file_error(const struct word_splitter *splitter,
						 const char *name)
{
	const struct word_count *count = splitter->context;

	system_error("%s: %s; counted %llu words", name, strerror(errno), count->counted);
}

static void count_stream(struct word_splitter *splitter, const char *name, int fd)
{
	char *buffer = allocate(1, BUFFER_SIZE);
	ssize_t size;

	do {
		size = read(fd, buffer, BUFFER_SIZE);
		if (size > 0)
			split_words(splitter, buffer, size);
		else if (size < 0 && errno != EINTR)
			file_error(splitter, name);
	} while (size);
	end_words(splitter);
	free(buffer);
}

static void count_file(struct word_splitter *splitter, const char *name)
{
	int fd;

	if (!name) {
		count_stream(splitter, "standard input", STDIN_FILENO);
		return;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		file_error(splitter, name);
	count_stream(splitter, name, fd);
	close(fd);
}

static void print_counted(const struct word_count *count)
{
	if (json_output)
		print_json(json_pack("{s:o, s:o}", "counted", json_number(count->counted),
				     "skipped", json_number(count->skipped)));
	else
		printf("counted %llu words, skipped %llu longer than %u bytes\n",
		       count->counted, count->skipped, count->target.key.size);
}

static void run_count_words(char **operands)
{
	struct word_count count = { 0 };
	struct word_splitter splitter = { .each = count_word, .context = &count };
	char **files = operands + 1;

	open_target(&count.target, operands[0], 0);
	count.field = counter_field(&count.target, NULL);
	do {
		count_file(&splitter, file_operand(*files));
	} while (*files && *++files);
	print_counted(&count);
	close_target(&count.target);
}

const struct subcommand count_words_subcommand = {
	.name = "count-words",
	.operands = "NAME [FILE...]",
	.summary = "count the words of a text: add 1 to the number of each word",
	.details =
		"A word is a longest run of ASCII letters. Words longer than the map's keys are\n"
		"skipped. Without FILE, standard input is read.\n",
	.run = run_count_words,
};
