// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes may map a map, and how; how long a mapping lasts; and that nothing takes
 * hold of its pages.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "mapped.h"

#define MAPPINGS_MAX	16384

static size_t page_size(void)
{
	return (size_t)getpagesize();
}

/* Maps the header page. Returns the mapping, or NULL with errno set. */
static void *map_page(const struct bucketmap *map, int protection, int flags)
{
	void *page = mmap(NULL, page_size(), protection, flags, bucketmap_fd(map), 0);

	return page == MAP_FAILED ? NULL : page;
}

static void *map_readable(const struct bucketmap *map)
{
	void *page = map_page(map, PROT_READ, MAP_SHARED);

	assert_non_null(page);
	return page;
}

static void assert_refused(const struct bucketmap *map, int protection, int flags, int error)
{
	assert_null(map_page(map, protection, flags));
	assert_int_equal(errno, error);
}

static __u64 mapping_count(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.mappings;
}

static void only_mappable_maps_are_mapped(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8), *mappable = mappable_map(8, 8, 0);
	struct bucketmap_info info = { .size = sizeof(info) };
	int device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);

	(void)state;
	assert_refused(map, PROT_READ, MAP_SHARED, ENODEV);
	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(info.flags, 0);
	assert_ok(bucketmap_info(mappable, &info));
	assert_int_equal(info.flags, BUCKETMAP_CREATE_MAPPABLE);
	assert_true(device >= 0);
	assert_ptr_equal(mmap(NULL, page_size(), PROT_READ, MAP_SHARED, device, 0), MAP_FAILED);
	assert_int_equal(errno, ENODEV);
	close(device);
	bucketmap_close(map);
	bucketmap_close(mappable);
}

/* Newer kernels do not get as far as the module. */
static void assert_not_executable(struct bucketmap *map)
{
	void *page = mmap(NULL, page_size(), PROT_READ | PROT_EXEC, MAP_SHARED,
			  bucketmap_fd(map), 0);

	assert_ptr_equal(page, MAP_FAILED);
	assert_true(errno == EACCES || errno == EPERM);
}

static void mappings_are_shared_and_read_only(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0), *reader;
	int i;

	(void)state;
	assert_ok(bucketmap_reopen(&reader, map, BUCKETMAP_OPEN_RDONLY));
	for (i = 0; i < 2; i++) {
		struct bucketmap *either = i ? map : reader;
		void *page;

		assert_refused(either, PROT_READ | PROT_WRITE, MAP_SHARED, EACCES);
		assert_not_executable(either);
		assert_refused(either, PROT_READ, MAP_PRIVATE, EINVAL);
		assert_refused(either, PROT_READ | PROT_WRITE, MAP_PRIVATE, EINVAL);
		page = map_readable(either);
		assert_int_equal(mprotect(page, page_size(), PROT_READ | PROT_WRITE), -1);
		assert_int_equal(errno, EACCES);
		assert_int_equal(mprotect(page, page_size(), PROT_READ | PROT_EXEC), -1);
		assert_int_equal(errno, EACCES);
		assert_ok(mprotect(page, page_size(), PROT_NONE));
		assert_ok(mprotect(page, page_size(), PROT_READ));
		assert_int_equal(*(__u64 *)page, BUCKETMAP_MAPPED_MAGIC);
		assert_ok(munmap(page, page_size()));
	}
	assert_int_equal(mapping_count(map), 0);
	bucketmap_close(reader);
	bucketmap_close(map);
}

static void write_to(void *page)
{
	/* cmocka has a handler. */
	signal(SIGSEGV, SIG_DFL);
	__atomic_store_n((__u64 *)page, 0, __ATOMIC_RELAXED);
}

static void write_kills(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0);
	void *page = map_readable(map);
	pid_t child = start_child(write_to, page);
	int status;

	(void)state;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	assert_int_equal(*(__u64 *)page, BUCKETMAP_MAPPED_MAGIC);
	assert_ok(munmap(page, page_size()));
	bucketmap_close(map);
}

static void assert_beyond_end(int fd, __u64 offset, __u64 pages)
{
	assert_ptr_equal(mmap(NULL, pages * page_size(), PROT_READ, MAP_SHARED, fd,
			      (off_t)offset), MAP_FAILED);
	assert_int_equal(errno, ENXIO);
}

static void nothing_is_mapped_beyond_end(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0);
	int fd = bucketmap_fd(map);
	struct mapped mapped;
	struct area *area;
	__u64 end;
	char *all;

	(void)state;
	assert_ok(mapped_open(&mapped, fd));
	assert_ok(mapped_area(&mapped, mapped.header->table, &area));
	end = (area->word & BUCKETMAP_MAPPED_OFFSET) + area->bytes;
	assert_beyond_end(fd, end, 1);
	assert_beyond_end(fd, end - page_size(), 2);
	assert_beyond_end(fd, 0, end / page_size() + 1);
	assert_beyond_end(fd, 1ULL << 62, 1);
	all = mmap(NULL, end, PROT_READ, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(all, MAP_FAILED);
	assert_int_equal(*(__u64 *)(all + (area->word & BUCKETMAP_MAPPED_OFFSET)), area->word);
	/* It cannot be extended, and what has no memory reads as all ones. */
	assert_ptr_equal(mremap(all, end, end + page_size(), MREMAP_MAYMOVE), MAP_FAILED);
	assert_int_equal(*(__u64 *)(all + end - 8), GONE);
	assert_ok(munmap(all, end));
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* Runs as a user without permission for the map. */
static void open_of_another(void *context)
{
	struct bucketmap *map;

	(void)context;
	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	child_check(bucketmap_open(&map, test_name("secret"), BUCKETMAP_OPEN_RDONLY) < 0);
}

static void map_that_may_not_be_read_is_not_mapped(void **state)
{
	const struct bucketmap_create create = {
		.size = sizeof(create), .flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8, .value_size = 8, .mode = 0600,
	};
	struct bucketmap_create named = create;
	struct bucketmap *map;

	(void)state;
	snprintf(named.name, sizeof(named.name), "%s", test_name("secret"));
	assert_ok(bucketmap_create(&map, &named));
	wait_for_success(start_child(open_of_another, NULL));
	bucketmap_close(map);
}

/* The map lives as long as its mapping. */
static void mapping_outlives_descriptor_and_name(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0), *reader;
	__u64 key = 7, value = 8, found;
	struct mapped mapped;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	assert_ok(bucketmap_reopen(&reader, map, BUCKETMAP_OPEN_RDONLY));
	assert_ok(mapped_open(&mapped, bucketmap_fd(reader)));
	assert_ok(mapped_lookup(&mapped, &key, &found));
	assert_int_equal(mapping_count(map), 2);
	bucketmap_close(reader);
	assert_int_equal(mapping_count(map), 2);
	bucketmap_close(map);
	assert_ok(mapped_lookup(&mapped, &key, &found));
	assert_int_equal(found, value);
	mapped_close(&mapped);
}

static void named_map_is_read_after_unlink(void **state)
{
	const struct bucketmap_create create = {
		.size = sizeof(create), .flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8, .value_size = 8,
	};
	struct bucketmap_create named = create;
	__u64 key = 7, value = 8, found;
	struct bucketmap *map;
	struct mapped mapped;

	(void)state;
	snprintf(named.name, sizeof(named.name), "%s", test_name("unlinked"));
	assert_ok(bucketmap_create(&map, &named));
	assert_ok(mapped_open(&mapped, bucketmap_fd(map)));
	assert_ok(bucketmap_unlink(named.name));
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	assert_ok(mapped_lookup(&mapped, &key, &found));
	assert_int_equal(found, value);
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* Processes */

static void read_inherited(void *page)
{
	child_check(load(page) == BUCKETMAP_MAPPED_MAGIC);
}

static void hang(void *context)
{
	(void)context;
	for (;;)
		pause();
}

static void exec_true(void *context)
{
	(void)context;
	execl("/proc/self/exe", "mapped_rights_test", "exec", (char *)NULL);
	_exit(1);
}

static void children_inherit_mappings_until_they_end(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0);
	void *page = map_readable(map);
	pid_t child;

	(void)state;
	wait_for_success(start_child(read_inherited, page));
	assert_int_equal(mapping_count(map), 1);
	child = start_child(hang, NULL);
	assert_int_equal(mapping_count(map), 2);
	stop_child(child);
	assert_int_equal(mapping_count(map), 1);
	wait_for_success(start_child(exec_true, NULL));
	assert_int_equal(mapping_count(map), 1);
	assert_ok(munmap(page, page_size()));
	assert_int_equal(mapping_count(map), 0);
	bucketmap_close(map);
}

/* No system call takes a reference to a page. */
static void pages_cannot_be_pinned(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0);
	void *page = map_readable(map);
	struct iovec memory = { page, page_size() }, copy;
	char buffer[64];
	int ends[2];

	(void)state;
	copy = (struct iovec){ buffer, sizeof(buffer) };
	assert_int_equal(*(__u64 *)page, BUCKETMAP_MAPPED_MAGIC);
	assert_ok(pipe(ends));
	assert_int_equal(vmsplice(ends[1], &memory, 1, 0), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(process_vm_readv(getpid(), &copy, 1, &memory, 1, 0), -1);
	/* Copying is reading. */
	assert_int_equal(write(ends[1], page, sizeof(buffer)), sizeof(buffer));
	close(ends[0]);
	close(ends[1]);
	assert_ok(munmap(page, page_size()));
	bucketmap_close(map);
}

static void mappings_are_limited(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 0);
	void **pages = calloc(MAPPINGS_MAX, sizeof(*pages));
	size_t i;
	char *two;
	struct mapped mapped;

	(void)state;
	assert_non_null(pages);
	assert_ok(mapped_open(&mapped, bucketmap_fd(map)));
	two = mmap(NULL, 2 * page_size(), PROT_READ, MAP_SHARED, bucketmap_fd(map), 0);
	assert_ptr_not_equal(two, MAP_FAILED);
	for (i = 0; i < MAPPINGS_MAX - 2; i++)
		pages[i] = map_readable(map);
	assert_int_equal(mapping_count(map), MAPPINGS_MAX);
	assert_refused(map, PROT_READ, MAP_SHARED, EUSERS);
	assert_int_equal(munmap(two, page_size()), -1);
	assert_int_equal(errno, EUSERS);
	for (i = 0; i < MAPPINGS_MAX - 2; i++)
		assert_ok(munmap(pages[i], page_size()));
	assert_ok(munmap(two, page_size()));
	assert_ok(munmap(two + page_size(), page_size()));
	mapped_close(&mapped);
	assert_int_equal(mapping_count(map), 0);
	free(pages);
	bucketmap_close(map);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		device_test(only_mappable_maps_are_mapped),
		device_test(mappings_are_shared_and_read_only),
		device_test(write_kills),
		device_test(nothing_is_mapped_beyond_end),
		device_test(map_that_may_not_be_read_is_not_mapped),
		device_test(mapping_outlives_descriptor_and_name),
		device_test(named_map_is_read_after_unlink),
		device_test(children_inherit_mappings_until_they_end),
		device_test(pages_cannot_be_pinned),
		device_test(mappings_are_limited),
	};

	(void)argv;
	/* exec_true() */
	if (argc > 1)
		return 0;
	return run_device_tests(tests);
}
