// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of maps passed to another process over a UNIX socket keep their
 * access mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "support.h"

static void send_descriptor(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 }, byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	assert_int_equal(sendmsg(socket, &message, 0), 1);
}

static struct bucketmap *receive_map(int socket)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct bucketmap *map;
	int fd;

	child_check(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1);
	child_check(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	child_check(!bucketmap_from_fd(&map, fd));
	return map;
}

struct receiver {
	int socket;
	int may_write;
};

/* Runs as a user without permission for the map or the device. */
static void use_received_map(void *context)
{
	struct receiver *receiver = context;
	struct bucketmap *map, *again;
	char value[4];

	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	map = receive_map(receiver->socket);
	child_check(!bucketmap_lookup(map, "key1", value, 0, 0));
	child_check(!memcmp(value, "val1", 4));
	child_check(bucketmap_store(map, "key2", "val2", 0, 0) ==
		    (receiver->may_write ? 0 : -EBADF));
	child_check(bucketmap_reopen(&again, map, 0) == (receiver->may_write ? 0 : -EBADF));
	bucketmap_close(map);
}

/* Passes @map to a child. The sender closes its descriptor before the child receives it. */
static void pass_to_child(struct bucketmap *map, int may_write)
{
	struct receiver receiver = { .may_write = may_write };
	int sockets[2];
	pid_t child;

	assert_ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	send_descriptor(sockets[0], bucketmap_fd(map));
	bucketmap_close(map);
	receiver.socket = sockets[1];
	child = start_child(use_received_map, &receiver);
	wait_for_success(child);
	close(sockets[0]);
	close(sockets[1]);
}

static void passed_descriptor_reads_and_writes(void **state)
{
	struct bucketmap *map = named_map("passed", 4, 4), *own;
	char value[4];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_ok(bucketmap_open(&own, test_name("passed"), 0));
	pass_to_child(map, 1);
	assert_ok(bucketmap_lookup(own, "key2", value, 0, 0));
	assert_memory_equal(value, "val2", 4);
	bucketmap_close(own);
}

static void passed_read_only_descriptor_stays_read_only(void **state)
{
	struct bucketmap *map = named_map("passed", 4, 4), *reader;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_ok(bucketmap_open(&reader, test_name("passed"), BUCKETMAP_OPEN_RDONLY));
	pass_to_child(reader, 0);
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

/* Sender and receiver of an unnamed map share nothing but the map. */
static void unnamed_map_can_be_passed_read_only(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4), *reader;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_ok(bucketmap_reopen(&reader, map, BUCKETMAP_OPEN_RDONLY));
	pass_to_child(reader, 0);
	assert_ok(bucketmap_store(map, "key2", "val2", 0, 0));
	assert_int_equal(entry_count(map), 2);
	bucketmap_close(map);
}

/* Returns -1 if poll(2) and CHANGES disagree. */
static int has_changed(struct bucketmap *map)
{
	struct pollfd poller = { .fd = bucketmap_fd(map), .events = POLLIN };
	int polled = poll(&poller, 1, 0), changed = bucketmap_changes(map);

	return polled == changed ? changed : -1;
}

/* Uses one open file description that it shares with its parent, and one of its own. */
static void poll_two_descriptions(void *context)
{
	struct bucketmap *inherited = context, *own;

	child_check(!bucketmap_reopen(&own, inherited, BUCKETMAP_OPEN_RDONLY));
	child_check(has_changed(own) == 1);
	child_check(!bucketmap_store(inherited, "key2", "val2", 0, 0));
	child_check(has_changed(inherited) == 1);
	child_check(has_changed(own) == 1);
	child_check(has_changed(own) == 0);
	bucketmap_close(own);
}

static void reopened_descriptor_tracks_changes_separately(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4), *own;

	(void)state;
	assert_ok(bucketmap_reopen(&own, map, 0));
	assert_int_equal(has_changed(own), 1);
	assert_int_equal(has_changed(map), 1);
	wait_for_success(start_child(poll_two_descriptions, map));
	/* The child has consumed the change on the shared description. */
	assert_int_equal(has_changed(map), 0);
	assert_int_equal(has_changed(own), 1);
	bucketmap_close(map);
	assert_ok(bucketmap_store(own, "key3", "val3", 0, 0));
	bucketmap_close(own);
}

static int count_test_maps(const char *name, void *count)
{
	*(int *)count += is_test_map(name);
	return 0;
}

/* Runs as a user that cannot open the device but has received descriptors from root. */
static void use_received_device(void *context)
{
	const int *devices = context, reader = devices[0], writer = devices[1];
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 4, .value_size = 4, .mode = 0600,
	};
	struct bucketmap *map, *again;
	int maps = 0;

	child_check(!setgroups(0, NULL));
	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	strcpy(config.name, test_name("sandbox"));
	child_check(bucketmap_create(&map, &config) == -EACCES);
	child_check(bucketmap_create_at(BUCKETMAP_DEVICE_OPEN, &map, &config) == -EACCES);
	child_check(bucketmap_create_at(-2, &map, &config) == -EBADF);
	child_check(bucketmap_list_at(-2, count_test_maps, &maps) == -EBADF);
	child_check(bucketmap_create_at(reader, &map, &config) == -EBADF);
	child_check(!bucketmap_create_at(writer, &map, &config));
	child_check(!bucketmap_open_at(reader, &again, config.name, 0));
	child_check(!bucketmap_store(again, "key1", "val1", 0, 0));
	child_check(!bucketmap_list_at(reader, count_test_maps, &maps) && maps == 1);
	child_check(!bucketmap_limits_at(reader, &limits) && limits.user_maps == 1);
	child_check(bucketmap_unlink_at(reader, config.name) == -EBADF);
	child_check(!bucketmap_unlink_at(writer, config.name));
	child_check(bucketmap_open_at(writer, &map, config.name, 0) == -ENOENT);
}

static void passed_device_descriptor_opens_and_creates_maps(void **state)
{
	int devices[2];
	struct stat status;

	(void)state;
	assert_ok(stat(BUCKETMAP_DEVICE, &status));
	if (status.st_mode & 0007)
		skip();
	devices[0] = open(BUCKETMAP_DEVICE, O_RDONLY | O_CLOEXEC);
	devices[1] = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	assert_true(devices[0] >= 0 && devices[1] >= 0);
	test_name("");
	wait_for_success(start_child(use_received_device, devices));
	close(devices[0]);
	close(devices[1]);
}

static void unnamed_map_survives_in_a_socket(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	pass_to_child(map, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(passed_descriptor_reads_and_writes),
		device_test(passed_read_only_descriptor_stays_read_only),
		device_test(passed_device_descriptor_opens_and_creates_maps),
		device_test(unnamed_map_can_be_passed_read_only),
		device_test(reopened_descriptor_tracks_changes_separately),
		device_test(unnamed_map_survives_in_a_socket),
	};

	return run_device_tests(tests);
}
