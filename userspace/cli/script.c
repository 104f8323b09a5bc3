// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of words.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "script.h"

static char *find_newline(const struct script *script)
{
	return memchr(script->bytes + script->begin, '\n', script->end - script->begin);
}

bool must_wait(const struct script *script)
{
	struct pollfd input = { .fd = script->fd, .events = POLLIN };

	return !script->ended && !find_newline(script) && !poll(&input, 1, 0);
}

/* Reads more bytes behind those that are there, of which there are fewer than fit. */
static const char *read_more(struct script *script)
{
	ssize_t size;

	memmove(script->bytes, script->bytes + script->begin, script->end - script->begin);
	script->end -= script->begin;
	script->begin = 0;
	/* The last line may lack its newline. */
	if (script->end == sizeof(script->bytes) - 1)
		return "longer than 65535 bytes";
	do {
		size = read(script->fd, script->bytes + script->end,
			    sizeof(script->bytes) - 1 - script->end);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return strerror(errno);
	script->ended = !size;
	script->end += size;
	return NULL;
}

const char *read_script_line(struct script *script, char **line)
{
	const char *error;
	char *newline;

	script->line_number++;
	while (!(newline = find_newline(script)) && !script->ended) {
		error = read_more(script);
		if (error)
			return error;
	}
	*line = NULL;
	if (script->begin == script->end)
		return NULL;
	if (!newline)
		newline = script->bytes + script->end++;
	*newline = '\0';
	*line = script->bytes + script->begin;
	script->begin = newline + 1 - script->bytes;
	return strlen(*line) == (size_t)(newline - *line) ? NULL : "a zero byte";
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Removes the quotes from a word, moving it to @to. Returns its end; NULL if a quote is open. */
static char *take_word(char *from, char **to)
{
	char quote = '\0', *out = *to;

	for (; *from && (quote || !is_blank(*from)); from++) {
		if (*from == '\\' && quote != '\'') {
			if (!*++from)
				return NULL;
			*out++ = *from;
		} else if (quote ? *from == quote : *from == '\'' || *from == '"') {
			quote = quote ? '\0' : *from;
		} else {
			*out++ = *from;
		}
	}
	*to = out;
	return quote ? NULL : from;
}

const char *split_line(char *line, char **words)
{
	if (*line == '#')
		*line = '\0';
	for (;;) {
		char *end;
		bool last;

		while (is_blank(*line))
			line++;
		if (!*line)
			break;
		*words++ = end = line;
		line = take_word(line, &end);
		if (!line)
			return "a quote or backslash without an end";
		last = !*line;
		*end = '\0';
		if (last)
			break;
		line++;
	}
	*words = NULL;
	return NULL;
}
