// SPDX-License-Identifier: GPL-2.0
/*
 * For comparison with kill_storm_test: a table in shared memory under a
 * process-shared mutex. Sooner or later a process is killed in the critical section,
 * and the mutex stays locked forever. Needs no bucketmap.
 *
 *	mutex_deadlock [KILLS]	gives up after KILLS killed processes (1000)
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES	64
#define WORDS	8

/* A minimal table. The words of an entry that is not half-written are equal. */
struct table {
	pthread_mutex_t mutex;
	unsigned long updates;
	unsigned long entries[ENTRIES][WORDS];
};

static struct table *new_table(void)
{
	struct table *table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t shared;

	if (table == MAP_FAILED)
		exit(2);
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&table->mutex, &shared);
	return table;
}

static void update_forever(struct table *table)
{
	for (unsigned long update = 1;; update++) {
		pthread_mutex_lock(&table->mutex);
		for (int word = 0; word < WORDS; word++)
			__atomic_store_n(&table->entries[update % ENTRIES][word], update,
					 __ATOMIC_RELAXED);
		table->updates++;
		pthread_mutex_unlock(&table->mutex);
	}
}

static pid_t start(struct table *table)
{
	pid_t process = fork();

	if (process < 0)
		exit(2);
	if (!process) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		update_forever(table);
	}
	return process;
}

static void kill_soon(pid_t process)
{
	struct timespec soon = { .tv_nsec = 1000 * (random() % 1500) };

	nanosleep(&soon, NULL);
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

/* No other process runs any more: if the mutex is locked, its owner is dead. */
static int is_locked_forever(struct table *table)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec++;
	if (pthread_mutex_timedlock(&table->mutex, &deadline) == ETIMEDOUT)
		return 1;
	pthread_mutex_unlock(&table->mutex);
	return 0;
}

static int half_written_entries(const struct table *table)
{
	int count = 0;

	for (int entry = 0; entry < ENTRIES; entry++)
		count += table->entries[entry][0] != table->entries[entry][WORDS - 1];
	return count;
}

int main(int argc, char **argv)
{
	int limit = argc > 1 ? atoi(argv[1]) : 1000, kills = 0, locked = 0;
	struct table *table = new_table();

	srandom(time(NULL));
	while (!locked && kills < limit) {
		kill_soon(start(table));
		kills++;
		locked = is_locked_forever(table);
	}
	printf("# processes killed: %d, updates of the table: %lu\n", kills, table->updates);
	printf("# locked by a dead process: %s, entries half-written: %d\n",
	       locked ? "yes" : "no", half_written_entries(table));
	printf("%s 1 - a killed process leaves a mutex in shared memory locked\n1..1\n",
	       locked ? "ok" : "not ok");
	return !locked;
}
