// SPDX-License-Identifier: GPL-2.0
/*
 * Simulates the thread of a table that grows while other threads fill it: this
 * thread allocates the memory of each next table, which is twice as large, clears
 * it, and frees that of the table before. It does so at the same times as such a
 * table, woken by the threads that would fill it, and uses as much CPU time. So it
 * puts the same load on the scheduler and on memory as the table's thread.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpus.h"
#include "doubling.h"

/* Per entry, when a table has just doubled: as bucketmap; others need about the same. */
#define BYTES		45

#define DOUBLINGS	12

/**
 * struct doubling - the simulated thread of a table
 * @thread: the thread
 * @due: posted for each doubling
 * @entries: number of entries that the table would grow to
 * @began: time at which the table would be empty
 * @nanoseconds: time of the growth
 * @busy: nanoseconds of CPU time that the thread must use
 * @left: number of doublings that are not yet due
 */
struct doubling {
	pthread_t thread;
	sem_t due;
	uint64_t entries;
	uint64_t began;
	uint64_t nanoseconds;
	uint64_t busy;
	int left;
};

static void *allocate(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "memory");
	madvise(memory, size, MADV_HUGEPAGE);
	memset(memory, 0, size);
	return memory;
}

#define SLICE		0x40000

/* Writes to the memory until the thread has used that much CPU time. */
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
	void *before = allocate(size);

	for (int i = 0; i < DOUBLINGS; i++) {
		void *memory;

		sem_wait(&doubling->due);
		memory = allocate(2 * size);
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

	if (!doubling || sem_init(&doubling->due, 0, 0))
		err(1, "doubling");
	doubling->entries = entries;
	doubling->nanoseconds = nanoseconds;
	doubling->busy = busy;
	doubling->began = now_ns();
	doubling->left = DOUBLINGS;
	if (pthread_create(&doubling->thread, NULL, double_memory, doubling))
		errx(1, "cannot create a thread");
	return doubling;
}

/*
 * To be called frequently by one thread. Inserts are spread evenly: the last
 * doubling is due after half of the time.
 */
void doubling_poll(struct doubling *doubling, uint64_t now)
{
	if (!doubling->left || now < doubling->began + (doubling->nanoseconds >> doubling->left))
		return;
	doubling->left--;
	sem_post(&doubling->due);
}

void doubling_end(struct doubling *doubling)
{
	while (doubling->left) {
		doubling->left--;
		sem_post(&doubling->due);
	}
	pthread_join(doubling->thread, NULL);
	sem_destroy(&doubling->due);
	free(doubling);
}
