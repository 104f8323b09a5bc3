// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's messages when it is refused: they distinguish the device, the map
 * and the limits. A seccomp filter produces errors that the kernel returns only
 * in rare cases.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "abi_errors.h"
#include "tool.h"

#define MEMORY	"memory limit reached (memory cgroup, or max_bytes="

static const char *map_name;
static struct stat device;

static int remember_device(void **state)
{
	return require_device(state) || stat(BUCKETMAP_DEVICE, &device);
}

static int restore_device(void **state)
{
	return chmod(BUCKETMAP_DEVICE, device.st_mode & 0777) || unlink_test_maps(state);
}

static void create(const char *mode)
{
	map_name = test_name("refused");
	assert_prints("", "create", map_name, "-k", "4", "-v", "8", "-m", mode);
	assert_prints("", "put", map_name, "key", "1");
}

static const char *about_map(const char *subcommand, const char *problem)
{
	static char message[256];

	snprintf(message, sizeof(message), "%s: %s: %s", subcommand, map_name, problem);
	return message;
}

static const char *about_device(const char *subcommand, const char *problem)
{
	static char message[256];

	snprintf(message, sizeof(message), "%s: " BUCKETMAP_DEVICE ": %s", subcommand, problem);
	return message;
}

/* Becomes a user that owns nothing here. */
static void become_other_user(void)
{
	if (setresgid(3000, 3000, 3000) || setresuid(3000, 3000, 3000))
		_exit(126);
}

#define assert_refuses_other_user(message, ...)			\
	do {							\
		set_before_exec(become_other_user);		\
		assert_refuses(2, message, __VA_ARGS__);	\
	} while (0)

/* The device node can be read; only the map's mode forbids the access. */
static void messages_distinguish_modes_of_map_and_device(void **state)
{
	static const char problem[] = "permission denied by the map's mode";
	static const char may_not[] = "only the map's owner may do that, or only root";
	static const char no_device[] =
		"permission denied by the mode of the device; "
		"its users are in the group bucketmap (usermod -aG)";

	(void)state;
	create("600");
	assert_ok(chmod(BUCKETMAP_DEVICE, 0644));
	assert_refuses_other_user(about_map("get", problem), "get", map_name, "key");
	assert_refuses_other_user(about_map("info", problem), "info", map_name);
	assert_refuses_other_user(about_map("scan", problem), "scan", map_name);
	assert_refuses_other_user(about_map("put", problem), "put", map_name, "key", "2");
	assert_refuses_other_user(about_map("watch", problem), "watch", map_name);
	assert_refuses_other_user(about_device("rm", no_device), "rm", map_name);
	assert_refuses_other_user(about_device("create", no_device),
				  "create", "new", "-k", "4", "-v", "8");
	assert_ok(chmod(BUCKETMAP_DEVICE, 0600));
	assert_refuses_other_user(about_device("get", no_device), "get", map_name, "key");
	assert_refuses_other_user(about_device("ls", no_device), "ls");
	assert_refuses_other_user(about_device("ls", no_device), "-j", "ls");
	assert_refuses_other_user(about_device("scan", no_device), "scan", map_name, "-j");
	assert_ok(chmod(BUCKETMAP_DEVICE, 0666));
	assert_refuses_other_user(about_map("rm", "only the map's owner may remove it"),
				  "rm", map_name);
	assert_refuses_other_user(about_map("chmod", may_not), "chmod", map_name, "666");
	assert_refuses_other_user(about_map("chown", may_not), "chown", map_name, "3000");
}

static char group[64];

static int write_text(const char *name, const char *text)
{
	char path[128];
	FILE *file;
	int failed;

	snprintf(path, sizeof(path), "%s/%s", group, name);
	file = fopen(path, "we");
	if (!file)
		return -1;
	failed = fputs(text, file) < 0;
	return fclose(file) || failed ? -1 : 0;
}

static void enter_group(void)
{
	if (write_text("cgroup.procs", "0"))
		_exit(126);
}

#define assert_refuses_group(message, ...)			\
	do {							\
		set_before_exec(enter_group);			\
		assert_refuses(2, message, __VA_ARGS__);	\
	} while (0)

static void deny_device(const char *access)
{
	char rule[64];

	snprintf(rule, sizeof(rule), "c %u:%u %s", major(device.st_rdev), minor(device.st_rdev),
		 access);
	assert_ok(write_text("devices.deny", rule));
}

static void messages_distinguish_device_cgroup_from_modes(void **state)
{
	static const char problem[] =
		"not permitted by the device cgroup, which is set from outside";
	char mount_point[] = "/tmp/devices.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(mount_point));
	if (mount("cgroup", mount_point, "cgroup", 0, "devices")) {
		rmdir(mount_point);
		skip();
	}
	snprintf(group, sizeof(group), "%s/jail", mount_point);
	assert_ok(mkdir(group, 0700));
	create("666");
	deny_device("w");
	assert_refuses_group(about_device("rm", problem), "rm", map_name);
	assert_refuses_group(about_device("create", problem),
			     "create", "new", "-k", "4", "-v", "8");
	deny_device("r");
	assert_refuses_group(about_device("get", problem), "get", map_name, "key");
	assert_refuses_group(about_device("ls", problem), "ls");
	assert_ok(rmdir(group));
	assert_ok(umount(mount_point));
	assert_ok(rmdir(mount_point));
}

static void limit_out_of_range_is_not_reported_as_bad_name(void **state)
{
	static const char dump[] =
		"bucketmap dump 1 key_size=4 value_size=8 max_entries=9223372036854775808\nend 0\n";

	(void)state;
	map_name = test_name("ranges");
	assert_refuses(1, "create: -n: 9223372036854775808: not within 0 to 9223372036854775807",
		       "create", map_name, "-k", "4", "-v", "8", "-n", "9223372036854775808");
	set_input(dump, strlen(dump));
	assert_int_equal(run("load", map_name), 3);
	assert_non_null(strstr(result.err, "line 1: unknown or invalid field 'max_entries'"));
}

static unsigned int refused_ioctl;
static int refusal;

/* Makes an ioctl of this process fail from now on. */
static void refuse_ioctl(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused_ioctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | refusal),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
							    &program))
		_exit(126);
}

/* With seccomp filters, the kernel tries to read the filter at NULL, which is EFAULT. */
static int can_filter(void)
{
	return !prctl(PR_GET_SECCOMP) && (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL),
					  errno == EFAULT);
}

/* Sets a parameter of the module. */
static void set_limit(const char *name, unsigned long long value)
{
	char path[128], text[32];
	int fd, length = snprintf(text, sizeof(text), "%llu", value);

	snprintf(path, sizeof(path), "/sys/module/bucketmap/parameters/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	close(fd);
}

/* The limits are reached in earnest, and the message has their values. */
static void limits_are_named_with_their_values(void **state)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	const char *message = NULL;
	char maps[128], bytes[64];

	(void)state;
	create("600");
	assert_ok(bucketmap_limits(&limits));
	snprintf(maps, sizeof(maps), "bucketmap: create: new: too many maps (max_maps=%llu); "
		 "remove some, or raise the limit\n", limits.maps);
	snprintf(bytes, sizeof(bytes), "max_bytes=%llu, of which %llu are used", limits.bytes,
		 limits.bytes);
	set_limit("max_maps", limits.maps);
	run("create", "new", "-k", "4", "-v", "8");
	set_limit("max_maps", limits.max_maps);
	assert_string_equal(result.err, maps);
	assert_int_equal(result.status, 2);
	set_limit("max_bytes", limits.bytes);
	run("create", "new", "-k", "4", "-v", "8");
	message = strstr(result.err, bytes);
	set_limit("max_bytes", limits.max_bytes);
	assert_non_null(message);
	assert_int_equal(result.status, 2);
	assert_refuses(3, about_map("create", "a map of this name exists"),
		       "create", map_name, "-k", "4", "-v", "8");
}

static const char dump[] = "bucketmap dump 1 key_size=4 value_size=8\nnew\t1\nend 1\n";

/* A command line of the tool that uses an ioctl on an existing map. */
struct use {
	const char *ioctl;
	unsigned int number;
	const char *argv[8];
};

/* Stands for the map's name. */
static const char the_map[] = "";

static const struct use uses[] = {
	{ "CREATE", BUCKETMAP_IOC_CREATE, { "create", "new", "-k", "4", "-v", "8" } },
	{ "OPEN", BUCKETMAP_IOC_OPEN, { "info", the_map } },
	{ "UNLINK", BUCKETMAP_IOC_UNLINK, { "rm", the_map } },
	{ "RIGHTS", BUCKETMAP_IOC_RIGHTS, { "chmod", the_map, "600" } },
	{ "LIST", BUCKETMAP_IOC_LIST, { "ls" } },
	{ "LIMITS", BUCKETMAP_IOC_LIMITS, { "limits" } },
	{ "LOOKUP", BUCKETMAP_IOC_LOOKUP, { "get", the_map, "key" } },
	{ "STORE", BUCKETMAP_IOC_STORE, { "put", the_map, "key", "1" } },
	{ "INSERT", BUCKETMAP_IOC_INSERT, { "insert", the_map, "key", "1" } },
	{ "REPLACE", BUCKETMAP_IOC_REPLACE, { "replace", the_map, "key", "1" } },
	{ "SWAP", BUCKETMAP_IOC_SWAP, { "swap", the_map, "key", "1" } },
	{ "LOOKUP_AND_DELETE", BUCKETMAP_IOC_LOOKUP_AND_DELETE, { "getdel", the_map, "key" } },
	{ "COMPARE_AND_DELETE", BUCKETMAP_IOC_COMPARE_AND_DELETE, { "cad", the_map, "key", "1" } },
	{ "DELETE", BUCKETMAP_IOC_DELETE, { "del", the_map, "key" } },
	{ "ADD", BUCKETMAP_IOC_ADD, { "add", the_map, "key", "1" } },
	{ "MAX", BUCKETMAP_IOC_MAX, { "max", the_map, "key", "1" } },
	{ "COMPARE_AND_SWAP", BUCKETMAP_IOC_COMPARE_AND_SWAP, { "cas", the_map, "key", "1", "2" } },
	{ "BATCH", BUCKETMAP_IOC_BATCH, { "load", the_map } },
	{ "SCAN", BUCKETMAP_IOC_SCAN, { "scan", the_map } },
	{ "CLEAR", BUCKETMAP_IOC_CLEAR, { "clear", the_map } },
	{ "RESIZE", BUCKETMAP_IOC_RESIZE, { "resize", the_map, "--fit" } },
	{ "WAIT", BUCKETMAP_IOC_WAIT, { "wait", the_map, "key", "-t", "60" } },
	{ "CHANGES", BUCKETMAP_IOC_CHANGES, { "watch", the_map } },
	{ "INFO", BUCKETMAP_IOC_INFO, { "info", the_map } },
};

static const struct use *use_of(const char *ioctl)
{
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		if (!strcmp(uses[i].ioctl, ioctl))
			return &uses[i];
	}
	return NULL;
}

static void run_refused(const struct use *use, int error)
{
	const char *argv[16] = { "bucketmap", use->argv[0] };

	for (size_t i = 1; i < ARRAY_SIZE(use->argv); i++)
		argv[i + 1] = use->argv[i] == the_map ? map_name : use->argv[i];
	refused_ioctl = use->number;
	refusal = error;
	set_before_exec(refuse_ioctl);
	set_input(dump, sizeof(dump) - 1);
	run_tool(argv);
}

/* The start of what is printed would be wrong, as JSON and as a list or a dump. */
static void nothing_is_printed_before_a_failure(void **state)
{
	static const struct use lists[] = {
		{ "SCAN", BUCKETMAP_IOC_SCAN, { "-j", "scan", the_map } },
		{ "SCAN", BUCKETMAP_IOC_SCAN, { "dump", the_map } },
		{ "SCAN", BUCKETMAP_IOC_SCAN, { "dump", the_map, "-", "-j" } },
		{ "SCAN", BUCKETMAP_IOC_SCAN, { "top", the_map } },
		{ "SCAN", BUCKETMAP_IOC_SCAN, { "watch", "--all", "-j", the_map } },
		{ "LIST", BUCKETMAP_IOC_LIST, { "ls", "-j" } },
		{ "OPEN", BUCKETMAP_IOC_OPEN, { "ls" } },
		{ "INFO", BUCKETMAP_IOC_INFO, { "ls" } },
		{ "INFO", BUCKETMAP_IOC_INFO, { "ls", "--json" } },
	};

	(void)state;
	if (!can_filter())
		skip();
	create("600");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		run_refused(&lists[i], EIO);
		assert_int_equal(result.status, 2);
		assert_string_equal(result.out, "");
	}
}

static void each_limit_has_its_own_message(void **state)
{
	static const struct {
		const char *ioctl;
		int error;
		const char *problem;
	} limits[] = {
		{ "CREATE", ENOSPC, "new: too many maps (max_maps=" },
		{ "CREATE", EDQUOT, "new: too many maps of this user (max_maps_per_user=" },
		{ "CREATE", ENOMEM, "new: " MEMORY },
		{ "CREATE", EINVAL, "new: the module does not permit this size, limit" },
		{ "STORE", ENOSPC, "key: the map is full (max_entries=0); delete entries" },
		{ "STORE", ENOMEM, "key: " MEMORY },
		{ "STORE", EMLINK, "key: too many keys collide with this one" },
		{ "WAIT", EUSERS, "key: too many waiters" },
		{ "RESIZE", ENOMEM, MEMORY },
		{ "RESIZE", EMLINK, "too many keys collide to fit into a smaller table" },
		{ "SCAN", ENOMEM, MEMORY },
	};

	(void)state;
	if (!can_filter())
		skip();
	create("600");
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		run_refused(use_of(limits[i].ioctl), limits[i].error);
		assert_int_equal(result.status, 2);
		if (!strstr(result.err, limits[i].problem))
			print_error("# not \"%s\" but %s", limits[i].problem, result.err);
		assert_non_null(strstr(result.err, limits[i].problem));
	}
}

/* Errors for which the message of the C library suffices, or that users never see. */
static int needs_no_message(int error)
{
	return error == EBADF || error == EMFILE || error == ENFILE ||
	       error == EINTR || error == ENOBUFS;
}

static int status_of(int error)
{
	switch (error) {
	case ENOENT:
	case EEXIST:
	case ECANCELED:
		return 3;
	case ETIME:
		return 4;
	default:
		return 2;
	}
}

/* If the header gets a new error, the tool needs a message for it. */
static void each_documented_error_has_its_own_message(void **state)
{
	int checked = 0;

	(void)state;
	if (!can_filter())
		skip();
	create("600");
	for (const struct abi_error *error = abi_errors; error->ioctl; error++) {
		const struct use *use = use_of(error->ioctl);
		int status = status_of(error->error);

		if (!use || needs_no_message(error->error))
			continue;
		run_refused(use, error->error);
		if (result.status != status || strstr(result.err, strerror(error->error)))
			print_error("# %s %s: %s", error->ioctl, error->name, result.err);
		assert_int_equal(result.status, status);
		assert_null(strstr(result.err, strerror(error->error)));
		assert_null(strstr(result.err, "not a valid name"));
		checked++;
	}
	assert_true(checked > 40);
}

#define message_test(function)	cmocka_unit_test_teardown(function, restore_device)

int main(void)
{
	const struct CMUnitTest tests[] = {
		message_test(messages_distinguish_modes_of_map_and_device),
		message_test(messages_distinguish_device_cgroup_from_modes),
		message_test(limit_out_of_range_is_not_reported_as_bad_name),
		message_test(nothing_is_printed_before_a_failure),
		message_test(limits_are_named_with_their_values),
		message_test(each_limit_has_its_own_message),
		message_test(each_documented_error_has_its_own_message),
	};

	return cmocka_run_group_tests(tests, remember_device, unlink_test_maps);
}
