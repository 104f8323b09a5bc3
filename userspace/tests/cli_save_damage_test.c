// SPDX-License-Identifier: GPL-2.0
/*
 * Damaged dumps: restore refuses each of them, and restores the other maps.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "saved.h"

static char dump[4096];
static ssize_t dump_size;

static void read_dump_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	dump_size = read(fd, dump, sizeof(dump));
	assert_in_range(dump_size, 1, sizeof(dump) - 1);
	close(fd);
}

static void write_dump_file(const char *path, const char *bytes, ssize_t size)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* The damaged map is refused and not there; the other one is restored. */
static void assert_one_refused(const char *what, ssize_t at)
{
	run("restore", directory);
	if (result.status != 3 || count_test_maps() != 1)
		print_error("# %s at %zd: %s%s", what, at, result.out, result.err);
	assert_int_equal(result.status, 3);
	assert_string_equal(result.out, "restored 1 maps\n");
	assert_ptr_equal(strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
	assert_int_equal(count_test_maps(), 1);
	assert_ok(bucketmap_unlink(test_name("two")));
}

static void begin_damage(void)
{
	bucketmap_close(small_map("one"));
	bucketmap_close(small_map("two"));
	save_test_maps();
	assert_ok(unlink_test_maps(NULL));
	read_dump_file(dump_of("one"));
}

static void a_truncated_dump_is_refused(void **state)
{
	(void)state;
	begin_damage();
	/* Without its last newline a dump is complete. */
	for (ssize_t size = 0; size < dump_size - 1; size += size < dump_size - 30 ? 7 : 1) {
		write_dump_file(dump_of("one"), dump, size);
		assert_one_refused("truncated", size);
	}
}

static void a_changed_dump_is_refused(void **state)
{
	(void)state;
	begin_damage();
	for (ssize_t at = 0; at < dump_size - 1; at += 3) {
		dump[at] ^= 1;
		write_dump_file(dump_of("one"), dump, dump_size);
		assert_one_refused("changed", at);
		dump[at] ^= 1;
	}
	/* A line that is missing, one that is there twice, and one too many. */
	write_dump_file(dump_of("one"), strchr(dump, '\n') + 1,
			dump + dump_size - strchr(dump, '\n') - 1);
	assert_one_refused("without header", 0);
	dump[dump_size] = '\n';
	write_dump_file(dump_of("one"), dump, dump_size + 1);
	assert_one_refused("longer", dump_size);
}

static void other_files_are_refused(void **state)
{
	char message[640], path[512];

	(void)state;
	begin_damage();
	snprintf(path, sizeof(path), "%s", dump_of("one"));
	/* A plain dump has no sum, which would show damage. */
	bucketmap_close(small_map("one"));
	assert_prints("", "dump", test_name("one"), path);
	assert_prints("", "rm", test_name("one"));
	assert_one_refused("plain dump", 0);
	assert_ok(unlink(path));
	/* The name of a file must be that of a map. */
	snprintf(path, sizeof(path), "%s", path_of("current/a%2Fb.dump"));
	assert_ok(link(dump_of("two"), path));
	snprintf(message, sizeof(message), "bucketmap: restore: %s: not the file of a saved map; "
		 "not restored\n", path);
	assert_one_refused("name", 0);
	assert_string_equal(result.err, message);
	assert_ok(unlink(path));
	snprintf(path, sizeof(path), "%s", path_of("current/a%2fb.dump"));
	assert_ok(link(dump_of("two"), path));
	assert_one_refused("slash", 0);
	assert_ok(unlink(path));
	assert_ok(unlink(path_of("current")));
	assert_ok(symlink("/etc", path_of("current")));
	snprintf(message, sizeof(message), "restore: %s/current: not a link to a saved state",
		 directory);
	assert_refuses(3, message, "restore", directory);
}

static void load_reads_a_saved_map(void **state)
{
	struct bucketmap *map;
	char path[512];

	(void)state;
	begin_damage();
	snprintf(path, sizeof(path), "%s", dump_of("one"));
	assert_prints("loaded 3 entries\n", "load", test_name("copy"), path);
	assert_ok(bucketmap_open(&map, test_name("copy"), 0));
	assert_int_equal(entry_count(map), 3);
	bucketmap_close(map);
}

/* Only the directory is known to be safe, not where a link in it leads. */
static void a_link_to_a_dump_is_refused(void **state)
{
	char message[640], elsewhere[64];

	(void)state;
	begin_damage();
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", directory);
	assert_ok(rename(dump_of("one"), elsewhere));
	assert_ok(symlink(elsewhere, dump_of("one")));
	snprintf(message, sizeof(message), "bucketmap: restore: %s: %s\n", dump_of("one"),
		 strerror(ELOOP));
	assert_int_equal(run("restore", directory), 2);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		save_test(a_truncated_dump_is_refused),
		save_test(a_changed_dump_is_refused),
		save_test(other_files_are_refused),
		save_test(load_reads_a_saved_map),
		save_test(a_link_to_a_dump_is_refused),
	};

	return run_save_tests(tests);
}
