// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for the threads of a table that grows from empty beside those who
 * fill it: a thread gets the memory of each next table, twice as large, clears
 * it, and gives back that of the table before. It does so when such a table
 * would, woken by those who fill it, and is busy for as long: so it asks as much
 * of the scheduler and of the memory as the table's own thread did.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpus.h"
#include "doubling.h"

/* For each entry, when a table has just doubled: bucketmap's, and about what others take. */
#define BYTES		45

#define DOUBLINGS	12

/**
 * struct doubling - a table's thread at work
 * @thread: the thread
 * @asked: posted for each doubling
 * @entries: what the table would grow to
 * @began: when it would have been empty
 * @nanoseconds: how long the growth would take
 * @busy: nanoseconds that the thread shall work in all
 * @left: doublings that nobody has asked for yet
 */
struct doubling {
	pthread_t thread;
	sem_t asked;
	uint64_t entries;
	uint64_t began;
	uint64_t nanoseconds;
	uint64_t busy;
	int left;
};

static void *take(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "memory");
	madvise(memory, size, MADV_HUGEPAGE);
	memset(memory, 0, size);
	return memory;
}

#define SLICE		0x40000

/* Writes to the memory until the thread has worked for so long. */
static void work(char *memory, size_t size, uint64_t busy)
{
	size_t slice = size < SLICE ? size : SLICE;

	for (size_t at = 0; thread_ns() < busy; at = (at + slice) % (size - slice + 1))
		memset(memory + at, 0, slice);
}

static void *double_memory(void *argument)
{
	struct doubling *doubling = argument;
	size_t size = doubling->entries * BYTES >> DOUBLINGS;
	void *before = take(size);

	for (int i = 0; i < DOUBLINGS; i++) {
		void *memory;

		sem_wait(&doubling->asked);
		memory = take(2 * size);
		munmap(before, size);
		before = memory;
		size *= 2;
		work(memory, size, doubling->busy >> (DOUBLINGS - 1 - i));
	}
	munmap(before, size);
	return NULL;
}

struct doubling *doubling_begin(uint64_t entries, uint64_t nanoseconds, uint64_t busy)
{
	struct doubling *doubling = malloc(sizeof(*doubling));

	if (!doubling || sem_init(&doubling->asked, 0, 0))
		err(1, "doubling");
	doubling->entries = entries;
	doubling->nanoseconds = nanoseconds;
	doubling->busy = busy;
	doubling->began = now_ns();
	doubling->left = DOUBLINGS;
	if (pthread_create(&doubling->thread, NULL, double_memory, doubling))
		errx(1, "no thread");
	return doubling;
}

/*
 * By one thread, all the time. Inserts come at an even pace: the last doubling
 * is due when half of the time is over.
 */
void doubling_ask(struct doubling *doubling, uint64_t now)
{
	if (!doubling->left || now < doubling->began + (doubling->nanoseconds >> doubling->left))
		return;
	doubling->left--;
	sem_post(&doubling->asked);
}

void doubling_end(struct doubling *doubling)
{
	while (doubling->left) {
		doubling->left--;
		sem_post(&doubling->asked);
	}
	pthread_join(doubling->thread, NULL);
	sem_destroy(&doubling->asked);
	free(doubling);
}
