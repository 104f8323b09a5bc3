// SPDX-License-Identifier: GPL-2.0
/*
 * A view of something that changes: lines of totals above a table.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"
#include "view.h"

#define CLEAR_LINE	"\033[K"
#define CLEAR_REST	"\033[J"
#define BOLD		"\033[1m"
#define REVERSE		"\033[7m"
#define PLAIN		"\033[0m"

/* A drawing in progress: as many lines as fit. */
struct drawing {
	FILE *out;
	bool coloured;
	size_t rows;
	size_t drawn;
};

void fill_view(struct view *view)
{
	size_t size;
	FILE *totals;

	free(view->totals);
	totals = open_memstream(&view->totals, &size);
	if (!totals)
		system_error("out of memory");
	clear_table(&view->table);
	view->fill(&view->table, totals, view->context);
	if (fclose(totals))
		system_error("out of memory");
	sort_table(&view->table);
}

static bool wants_colours(void)
{
	const char *no_color = getenv("NO_COLOR");

	return !no_color || !*no_color;
}

/* Begins the next line. Returns whether there is one. */
static bool begin_line(struct drawing *drawing)
{
	if (drawing->drawn == drawing->rows)
		return false;
	fputs(drawing->drawn++ ? "\n" CLEAR_LINE : CLEAR_LINE, drawing->out);
	return true;
}

static void set_colour(const struct drawing *drawing, const char *colour)
{
	if (drawing->coloured)
		fputs(colour, drawing->out);
}

/* The rest of a character in UTF-8. */
static bool is_continuation(char c)
{
	return (c & 0xc0) == 0x80;
}

/* How many bytes of a text have at most @columns characters. */
static int bytes_of(const char *text, size_t columns)
{
	const char *end = text;

	while (*end && (is_continuation(*end) || columns)) {
		columns -= !is_continuation(*end);
		end++;
	}
	return (int)(end - text);
}

static size_t characters_of(const char *text, int bytes)
{
	size_t characters = 0;

	for (int i = 0; i < bytes; i++)
		characters += !is_continuation(text[i]);
	return characters;
}

static void draw_title(struct drawing *drawing, const struct view *view, size_t columns)
{
	const struct table *table = &view->table;
	char clock[16], keys[64];
	time_t now = time(NULL);
	struct tm local;
	size_t place;
	int shown;

	if (!begin_line(drawing))
		return;
	localtime_r(&now, &local);
	strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	snprintf(keys, sizeof(keys), "  q quit  s sort: %s  %s",
		 table->columns[table->sort].head, clock);
	/* If not all fits, the title is cut, and then what is behind the keys. */
	place = columns > strlen(keys) ? columns - strlen(keys) : 0;
	shown = bytes_of(view->title, place);
	set_colour(drawing, BOLD);
	fprintf(drawing->out, "%.*s%*s%s", shown, view->title,
		(int)(place - characters_of(view->title, shown)), "", keys);
	set_colour(drawing, PLAIN);
}

static void draw_totals(struct drawing *drawing, const char *line)
{
	for (; *line && begin_line(drawing); line += *line == '\n') {
		int length = (int)strcspn(line, "\n");

		fprintf(drawing->out, "%.*s", length, line);
		line += length;
	}
}

static void draw_table(struct drawing *drawing, const struct table *table)
{
	size_t place = 0;

	if (!begin_line(drawing))
		return;
	set_colour(drawing, REVERSE);
	print_heads(drawing->out, table);
	set_colour(drawing, PLAIN);
	while (place < rows_of(table) && begin_line(drawing)) {
		/* The last line says how many rows have no place. */
		if (drawing->drawn == drawing->rows && place + 1 < rows_of(table)) {
			fprintf(drawing->out, "... %zu more", rows_of(table) - place);
			break;
		}
		print_row(drawing->out, table, place++);
	}
}

void draw_view(FILE *out, const struct view *view, size_t rows, size_t columns)
{
	struct drawing drawing = { .out = out, .coloured = wants_colours(), .rows = rows };

	draw_title(&drawing, view, columns);
	draw_totals(&drawing, view->totals);
	draw_table(&drawing, &view->table);
	fputs(CLEAR_REST, out);
}
