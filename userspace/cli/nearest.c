// SPDX-License-Identifier: GPL-2.0
/*
 * The name that a misspelt name was meant to be.
 */
#include <stdbool.h>
#include <string.h>

#include "nearest.h"

#define MAX_LENGTH	32

/* The largest distance of names that are similar; in a short word, half of it. */
#define MAX_DISTANCE	2

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many characters must be inserted, deleted, replaced or swapped with the next one. */
static size_t edit_distance(const char *word, const char *name)
{
	size_t rows = strlen(word), columns = strlen(name);
	size_t cost[MAX_LENGTH + 1][MAX_LENGTH + 1];

	for (size_t i = 0; i <= rows; i++) {
		for (size_t j = 0; j <= columns; j++) {
			if (!i || !j) {
				cost[i][j] = i + j;
				continue;
			}
			cost[i][j] = cost[i - 1][j - 1] + (word[i - 1] != name[j - 1]);
			cost[i][j] = min(cost[i][j], 1 + min(cost[i - 1][j], cost[i][j - 1]));
			if (i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
			    word[i - 2] == name[j - 1])
				cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[rows][columns];
}

static bool is_start(const char *start, const char *text)
{
	return !strncmp(start, text, strlen(start));
}

void consider_name(struct nearest *nearest, const char *word, const char *name)
{
	size_t length = strlen(word), distance;

	if (!length || length > MAX_LENGTH || strlen(name) > MAX_LENGTH)
		return;
	/* One is an abbreviation of the other, as del of delete. */
	if (length > 1 && (is_start(word, name) || is_start(name, word)))
		distance = 1;
	else
		distance = edit_distance(word, name);
	if (distance > min(MAX_DISTANCE, length / 2))
		return;
	if (nearest->name && nearest->distance <= distance)
		return;
	*nearest = (struct nearest) { .name = name, .distance = distance };
}
