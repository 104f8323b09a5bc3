// SPDX-License-Identifier: GPL-2.0
/*
 * 32-bit and 64-bit callers. This is built as a program of each kind, without
 * the library and cmocka. Each does everything on a map of its own and must get
 * the same results. The one that runs second finds the entries of the first in
 * a named map, and unlinks it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/calls.h"

#define SHARED_NAME	"left by the other kind"
#define FIELDS		"u64:first,u64:second"
#define ENTRIES		300

static int cases, failures;

static void check(int condition, const char *name)
{
	printf("%sok %d - %s\n", condition ? "" : "not ", ++cases, name);
	failures += !condition;
}

static __u64 pointer(const void *pointer)
{
	return (uintptr_t)pointer;
}

static int call(int fd, unsigned long number, void *argument)
{
	int ret = ioctl(fd, number, argument);

	return ret < 0 ? -errno : ret;
}

static int create(int device, const char *name, __u32 value_size)
{
	struct bucketmap_create create = {
		.size = sizeof(create), .key_size = 4, .value_size = value_size, .mode = 0600,
	};

	strcpy(create.name, name);
	strcpy(create.value_fields, FIELDS);
	return call(device, BUCKETMAP_IOC_CREATE, &create);
}

static int operate(int fd, unsigned long number, __u32 key, const void *value)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = pointer(&key), .value = pointer(value),
	};

	return call(fd, number, &entry);
}

/* Each operation, in every way in which a call of it can go. */
static void operations_on_one_entry(int device)
{
	int fd = create(device, "", MODEL_VALUE_SIZE);
	const __u32 key = 1;

	for (int i = 0; i < CALLS; i++) {
		struct call one;

		if (!call_number(&one, i, MODEL_VALUE_SIZE))
			continue;
		operate(fd, BUCKETMAP_IOC_DELETE, key, NULL);
		if (one.before.present)
			operate(fd, BUCKETMAP_IOC_STORE, key, one.before.value);
		check(call_make(&one, fd, &key), one.text);
	}
	close(fd);
}

static __u32 keys[ENTRIES];
static __u64 values[ENTRIES][2];
/* A guard page follows the results. */
static __s32 *results;

static void make_results(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE))
		exit(2);
	results = (__s32 *)(memory + page) - ENTRIES;
}

static void fill_columns(void)
{
	for (__u32 i = 0; i < ENTRIES; i++) {
		keys[i] = i * 2654435761U;
		values[i][0] = i;
		values[i][1] = ~(__u64)i << 20;
		results[i] = 1;
	}
}

/* Fails with -EPROTO unless exactly the entries that have results are done. */
static int batch(int fd, __u32 operation, __u64 value_column, __u64 previous_column, __u64 count)
{
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = operation,
		.keys = pointer(keys),
		.values = value_column,
		.previous = previous_column,
		.results = pointer(results),
		.count = count,
	};
	int ret = call(fd, BUCKETMAP_IOC_BATCH, &batch);

	return batch.done == ENTRIES ? ret : -EPROTO;
}

static int all_results_are(int result)
{
	for (int i = 0; i < ENTRIES; i++)
		if (results[i] != result)
			return 0;
	return 1;
}

static __u64 previous[ENTRIES][2];

static int finds_all(int fd)
{
	memset(previous, 0, sizeof(previous));
	return batch(fd, BUCKETMAP_LOOKUP, 0, pointer(previous), ENTRIES) == 0 &&
	       all_results_are(0) && !memcmp(previous, values, sizeof(values));
}

/* Whether a scan returns each entry once, with its value. */
static int scans_all(int fd)
{
	static unsigned char seen[ENTRIES];
	__u64 scanned_values[7][2];
	__u32 scanned_keys[7];
	struct bucketmap_scan scan = {
		.size = sizeof(scan),
		.keys = pointer(scanned_keys),
		.values = pointer(scanned_values),
		.capacity = 7,
	};
	int entries = 0;

	memset(seen, 0, sizeof(seen));
	while (!(scan.flags & BUCKETMAP_SCAN_END)) {
		if (call(fd, BUCKETMAP_IOC_SCAN, &scan))
			return 0;
		for (__u32 i = 0; i < scan.count; i++) {
			__u64 number = scanned_values[i][0];

			if (number >= ENTRIES || seen[number]++ ||
			    scanned_keys[i] != keys[number] ||
			    scanned_values[i][1] != values[number][1])
				return 0;
		}
		entries += scan.count;
	}
	return entries == ENTRIES;
}

static void many_entries(int fd)
{
	struct bucketmap_resize resize = { .size = sizeof(resize), .capacity = 5000 };
	struct bucketmap_clear clear = { .size = sizeof(clear) };
	struct bucketmap_info info = { .size = sizeof(info) };

	check(batch(fd, BUCKETMAP_INSERT, pointer(values), 0, ENTRIES) == 0 &&
	      all_results_are(0), "BATCH of INSERT");
	check(batch(fd, BUCKETMAP_INSERT, pointer(values), 0, ENTRIES) == 0 &&
	      all_results_are(-EEXIST), "BATCH of INSERT of existing keys");
	check(finds_all(fd), "BATCH of LOOKUP");
	check(batch(fd, BUCKETMAP_LOOKUP, 0, 0, 1ULL << 40) == -EFAULT,
	      "BATCH beyond the end of its columns");
	check(scans_all(fd), "SCAN");
	check(call(fd, BUCKETMAP_IOC_INFO, &info) == 0 && info.count == ENTRIES &&
	      info.key_size == 4 && info.value_size == 16 &&
	      !strcmp(info.value_fields, FIELDS), "INFO");
	check(call(fd, BUCKETMAP_IOC_RESIZE, &resize) == 0, "RESIZE");
	check(scans_all(fd), "SCAN after RESIZE");
	check(call(fd, BUCKETMAP_IOC_CLEAR, &clear) == 0 && clear.flags == BUCKETMAP_SCAN_END,
	      "CLEAR");
}

static void waits(int fd)
{
	const __u32 key = 9;
	struct bucketmap_wait absent = {
		.size = sizeof(absent), .flags = BUCKETMAP_WAIT_ABSENT, .key = pointer(&key),
		.deadline = 1,
	};
	struct bucketmap_wait wait = {
		.size = sizeof(wait), .key = pointer(&key), .seen = pointer("what was seen..."),
		.deadline = 1,
	};
	struct bucketmap_changes changes = { .size = sizeof(changes) };
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	check(call(fd, BUCKETMAP_IOC_WAIT, &absent) == -ETIME, "WAIT for an absent key");
	check(call(fd, BUCKETMAP_IOC_CHANGES, &changes) == 0 && changes.changed == 1, "CHANGES");
	check(poll(&pollfd, 1, 0) == 0, "poll without a change");
	check(operate(fd, BUCKETMAP_IOC_STORE, key, "what was seen...") == 0 &&
	      poll(&pollfd, 1, 0) == 1 && pollfd.revents == POLLIN, "poll with a change");
	check(call(fd, BUCKETMAP_IOC_WAIT, &absent) == 0, "WAIT for a key that is there");
	check(call(fd, BUCKETMAP_IOC_WAIT, &wait) == -ETIME, "WAIT for another value");
}

static int list_has(int device, const char *name)
{
	static char names[50][BUCKETMAP_NAME_SIZE];
	struct bucketmap_list list = {
		.size = sizeof(list), .names = pointer(names), .capacity = 50,
	};

	if (call(device, BUCKETMAP_IOC_LIST, &list))
		return 0;
	for (__u32 i = 0; i < list.count; i++)
		if (!strcmp(names[i], name))
			return 1;
	return 0;
}

static int mode_of(int fd)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	return call(fd, BUCKETMAP_IOC_INFO, &info) ? -1 : (int)info.mode;
}

static void shared_map(int device)
{
	struct bucketmap_name name = { .size = sizeof(name), .name = SHARED_NAME };
	struct bucketmap_rights rights = {
		.size = sizeof(rights), .flags = BUCKETMAP_RIGHTS_MODE, .mode = 0640,
		.name = SHARED_NAME,
	};
	int fd = call(device, BUCKETMAP_IOC_OPEN, &name);

	fill_columns();
	if (fd == -ENOENT) {
		fd = create(device, SHARED_NAME, 16);
		check(fd >= 0 && list_has(device, SHARED_NAME), "CREATE and LIST");
		check(call(device, BUCKETMAP_IOC_RIGHTS, &rights) == 0 && mode_of(fd) == 0640,
		      "RIGHTS");
		check(batch(fd, BUCKETMAP_INSERT, pointer(values), 0, ENTRIES) == 0 &&
		      all_results_are(0), "entries for the other kind of caller");
	} else {
		check(fd >= 0, "OPEN");
		check(finds_all(fd) && scans_all(fd), "entries from the other kind of caller");
		check(call(device, BUCKETMAP_IOC_UNLINK, &name) == 0 &&
		      !list_has(device, SHARED_NAME), "UNLINK and LIST");
	}
	close(fd);
}

int main(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	int device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	int fd;

	check(call(device, BUCKETMAP_IOC_LIMITS, &limits) == 0 &&
	      limits.version == BUCKETMAP_ABI_VERSION, "LIMITS");
	make_results();
	operations_on_one_entry(device);
	fd = create(device, "", 16);
	check(fd >= 0, "CREATE");
	fill_columns();
	many_entries(fd);
	waits(fd);
	close(fd);
	shared_map(device);
	close(device);
	printf("# pointers of %zu bits\n1..%d\n", 8 * sizeof(void *), cases);
	return failures != 0;
}
