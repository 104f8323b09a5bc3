// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of text and numbers that are sorted by one of their columns.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "report.h"
#include "table.h"

void clear_table(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i].text);
	table->count = 0;
}

void add_cell(struct table *table, __u64 number, const char *format, ...)
{
	struct cell *cell;
	va_list arguments;

	if (table->count == table->capacity) {
		table->capacity = table->capacity ? 2 * table->capacity : 64;
		table->cells = reallocarray(table->cells, table->capacity, sizeof(*cell));
		if (!table->cells)
			system_error("out of memory");
	}
	cell = &table->cells[table->count++];
	cell->number = number;
	va_start(arguments, format);
	if (vasprintf(&cell->text, format, arguments) < 0)
		system_error("out of memory");
	va_end(arguments);
}

size_t rows_of(const struct table *table)
{
	return table->count / table->width;
}

const struct cell *cell_at(const struct table *table, size_t row, size_t column)
{
	return &table->cells[row * table->width + column];
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const size_t left = *(const size_t *)a, right = *(const size_t *)b;
	const struct table *table = context;
	const struct cell *first = cell_at(table, left, table->sort);
	const struct cell *second = cell_at(table, right, table->sort);
	int order;

	if (table->columns[table->sort].is_text)
		order = strcmp(first->text, second->text);
	else
		order = (first->number < second->number) - (first->number > second->number);
	return order ? order : (left > right) - (left < right);
}

void sort_table(struct table *table)
{
	free(table->order);
	table->order = allocate(rows_of(table), sizeof(table->order[0]));
	for (size_t row = 0; row < rows_of(table); row++)
		table->order[row] = row;
	qsort_r(table->order, rows_of(table), sizeof(table->order[0]), compare_rows, table);
}

static size_t name_length(const struct column *column)
{
	return strcspn(column->head, "/");
}

static __attribute__((noreturn)) void no_column(const struct table *table, const char *name)
{
	char names[128] = "", *end = names;

	for (size_t i = 0; i < table->width; i++)
		end += sprintf(end, "%s%.*s", i ? ", " : "", (int)name_length(&table->columns[i]),
			       table->columns[i].head);
	for (char *c = names; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	usage_error("%s: no such column; there are %s", name, names);
}

void sort_by(struct table *table, const char *name)
{
	for (size_t i = 0; i < table->width; i++) {
		size_t length = name_length(&table->columns[i]);

		if (strlen(name) == length && !strncasecmp(table->columns[i].head, name, length)) {
			table->sort = i;
			return;
		}
	}
	no_column(table, name);
}

static void print_cell(FILE *out, const struct table *table, size_t column, const char *text)
{
	int width = table->columns[column].width;

	if (column)
		fputc(' ', out);
	fprintf(out, "%*s", table->columns[column].is_text ? -width : width, text);
}

void print_heads(FILE *out, const struct table *table)
{
	for (size_t i = 0; i < table->width; i++)
		print_cell(out, table, i, table->columns[i].head);
}

void print_row(FILE *out, const struct table *table, size_t place)
{
	for (size_t i = 0; i < table->width; i++)
		print_cell(out, table, i, cell_at(table, table->order[place], i)->text);
}

void print_table(FILE *out, const struct table *table)
{
	print_heads(out, table);
	fputc('\n', out);
	for (size_t row = 0; row < rows_of(table); row++) {
		print_row(out, table, row);
		fputc('\n', out);
	}
}
