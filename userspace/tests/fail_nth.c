// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's fault injection through /proc/thread-self/fail-nth and debugfs.
 */
#include <fcntl.h>
#include <string.h>

#include "fail_nth.h"
#include "support.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGE_ALLOC	"/sys/kernel/debug/fail_page_alloc/"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/* By default, allocations that may sleep do not fail. */
int fail_nth_available(void)
{
	if (access("/proc/thread-self/fail-nth", W_OK) || access(FAILSLAB, X_OK))
		return 0;
	assert_ok(write_file(FAILSLAB "ignore-gfp-wait", "N"));
	assert_ok(write_file(FAILSLAB "verbose", "0"));
	assert_ok(write_file(FAIL_PAGE_ALLOC "ignore-gfp-wait", "N"));
	assert_ok(write_file(FAIL_PAGE_ALLOC "ignore-gfp-highmem", "N"));
	assert_ok(write_file(FAIL_PAGE_ALLOC "min-order", "0"));
	assert_ok(write_file(FAIL_PAGE_ALLOC "verbose", "0"));
	return 1;
}

static int nth_file = -1;

void fail_nth_arm(unsigned int number)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", number);

	if (nth_file < 0)
		nth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	assert_true(nth_file >= 0);
	assert_int_equal(pwrite(nth_file, text, length, 0), length);
}

int fail_nth_disarm(void)
{
	char text[16] = { 0 };

	/* The read itself may allocate, which counts down the number that is left. */
	assert_true(pread(nth_file, text, sizeof(text) - 1, 0) > 0);
	assert_int_equal(pwrite(nth_file, "0", 1, 0), 1);
	return atoi(text) == 0;
}
