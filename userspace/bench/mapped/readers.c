// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that have a map mapped: see readers.h.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cpus.h"
#include "area.h"
#include "readers.h"

enum order { MAP, UNMAP };

static void tell(int pipe, const void *message, size_t size)
{
	if (write(pipe, message, size) != (ssize_t)size)
		err(1, "a reader is gone");
}

/* Runs in a child process until the pipe of its orders is closed. */
static void obey(int orders, int answers, int fd)
{
	struct area area = { 0 };
	char order;

	while (read(orders, &order, 1) == 1) {
		double began = now_ns();

		if (area.bytes)
			area_unmap(&area);
		area.bytes = 0;
		began = now_ns() - began;
		if (order == MAP)
			area_map(&area, fd);
		tell(answers, &began, sizeof(began));
	}
	_exit(0);
}

void readers_start(struct readers *readers, unsigned int count, struct bucketmap *map)
{
	if (pipe(readers->answers))
		err(1, "pipe");
	for (readers->count = 0; readers->count < count; readers->count++) {
		int ends[2];

		if (pipe(ends))
			err(1, "pipe");
		readers->orders[readers->count] = ends[1];
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			for (unsigned int i = 0; i <= readers->count; i++)
				close(readers->orders[i]);
			obey(ends[0], readers->answers[1], bucketmap_fd(map));
		}
		close(ends[0]);
	}
	close(readers->answers[1]);
}

/* Returns the answer: nanoseconds. */
static double order_one(struct readers *readers, unsigned int number, char order)
{
	double nanoseconds;

	tell(readers->orders[number], &order, 1);
	if (read(readers->answers[0], &nanoseconds, sizeof(nanoseconds)) != sizeof(nanoseconds))
		errx(1, "a reader is gone");
	return nanoseconds;
}

void readers_map(struct readers *readers)
{
	for (unsigned int i = 0; i < readers->count; i++)
		order_one(readers, i, MAP);
}

double readers_unmap(struct readers *readers)
{
	double sum = 0;

	for (unsigned int i = 0; i < readers->count; i++)
		sum += order_one(readers, i, UNMAP);
	return sum;
}

void readers_stop(struct readers *readers)
{
	int status;

	for (unsigned int i = 0; i < readers->count; i++)
		close(readers->orders[i]);
	for (unsigned int i = 0; i < readers->count; i++)
		if (wait(&status) < 0 || status)
			errx(1, "a reader failed");
	close(readers->answers[0]);
}
