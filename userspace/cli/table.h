/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of text and numbers that are sorted by one of their columns.
 */
#ifndef _BUCKETMAP_CLI_TABLE_H
#define _BUCKETMAP_CLI_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

/**
 * struct column - a column of a table
 * @head: its name, in capital letters; "/s" at its end marks a rate
 * @width: its width in characters at least
 * @is_text: whether it is aligned to the left and sorted by text. Others are
 *	aligned to the right, and sorted by number, the largest first.
 */
struct column {
	const char *head;
	int width;
	bool is_text;
};

struct cell {
	char *text;
	__u64 number;
};

/**
 * struct table - rows of cells
 * @columns: its columns
 * @width: number of columns
 * @sort: index of the column that the rows are sorted by
 * @cells: all cells, row by row
 * @count: number of cells
 * @capacity: number of cells that there is memory for
 * @order: indices of the rows in the order of that column, after sort_table()
 */
struct table {
	const struct column *columns;
	size_t width;
	size_t sort;
	struct cell *cells;
	size_t count;
	size_t capacity;
	size_t *order;
};

/* An initializer: an empty table with a list of columns, sorted by the first. */
#define TABLE_OF(list)	{ .columns = (list), .width = sizeof(list) / sizeof((list)[0]) }

/* Removes all rows. */
void clear_table(struct table *table);

/* Adds a cell: the next one of the last row, or the first of a new row. */
__attribute__((format(printf, 3, 4)))
void add_cell(struct table *table, __u64 number, const char *format, ...);

size_t rows_of(const struct table *table);
const struct cell *cell_at(const struct table *table, size_t row, size_t column);

/* Rows that are equal in the column stay in the order in which they were added. */
void sort_table(struct table *table);

/* Sorts by the column of this name from now on. Ends the program if there is none. */
void sort_by(struct table *table, const char *name);

/* Print the heads, and the row at this place of the order, without a newline. */
void print_heads(FILE *out, const struct table *table);
void print_row(FILE *out, const struct table *table, size_t place);

/* Print the heads and all rows. */
void print_table(FILE *out, const struct table *table);

#endif /* _BUCKETMAP_CLI_TABLE_H */
