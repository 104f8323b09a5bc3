// SPDX-License-Identifier: GPL-2.0
/*
 * All commands of the ABI, and how to call them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "abi.h"

static char key[ABI_KEY_SIZE] = "the key";
static char new_key[ABI_KEY_SIZE] = "another key";
static char value[ABI_VALUE_SIZE] = "the value";
static char names[4][BUCKETMAP_NAME_SIZE];
static char keys[4][ABI_KEY_SIZE];
static char values[4][ABI_VALUE_SIZE];

__u64 abi_pointer(const void *pointer)
{
	return (uintptr_t)pointer;
}

int raw_ioctl(int fd, unsigned long number, void *argument)
{
	int ret = ioctl(fd, number, argument);

	return ret < 0 ? -errno : ret;
}

static void prepare_create(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_create *create = argument;

	(void)fixture;
	create->key_size = 8;
	create->value_size = 8;
	create->mode = 0600;
	strcpy(create->name, test_name("created"));
	bucketmap_unlink(create->name);
}

static void prepare_open(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_name *name = argument;

	(void)fixture;
	strcpy(name->name, test_name("abi"));
}

static void prepare_unlink(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_name *name = argument;
	struct bucketmap *map;

	(void)fixture;
	strcpy(name->name, test_name("doomed"));
	if (bucketmap_open(&map, name->name, 0))
		map = named_map("doomed", 8, 8);
	bucketmap_close(map);
}

static void prepare_list(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_list *list = argument;

	(void)fixture;
	list->names = abi_pointer(names);
	list->capacity = ARRAY_SIZE(names);
}

static void prepare_entry(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_entry *entry = argument;

	assert_ok(bucketmap_store(fixture->map, key, value, 0, 0));
	entry->key = abi_pointer(key);
	entry->value = abi_pointer(value);
	entry->offset = 8;
	entry->length = 4;
}

static void prepare_insert(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_entry *entry = argument;

	prepare_entry(fixture, argument);
	entry->key = abi_pointer(new_key);
	bucketmap_delete(fixture->map, new_key);
}

static void prepare_delete(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_entry *entry = argument;

	assert_ok(bucketmap_store(fixture->map, key, value, 0, 0));
	entry->key = abi_pointer(key);
}

static void prepare_add(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_add *add = argument;

	(void)fixture;
	add->key = abi_pointer(key);
	add->offset = 16;
	add->delta = 3;
}

static void prepare_scan(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_scan *scan = argument;

	(void)fixture;
	scan->keys = abi_pointer(keys);
	scan->values = abi_pointer(values);
	scan->capacity = ARRAY_SIZE(keys);
}

static void prepare_info(struct abi_fixture *fixture, void *argument)
{
	(void)fixture;
	(void)argument;
}

#define DEVICE_COMMAND(command, structure, flags, prepare_function) \
	{ #command, BUCKETMAP_IOC_##command, sizeof(struct structure), flags, 0, prepare_function }
#define MAP_COMMAND(command, structure, flags, prepare_function) \
	{ #command, BUCKETMAP_IOC_##command, sizeof(struct structure), flags, 1, prepare_function }

const struct abi_command abi_commands[] = {
	DEVICE_COMMAND(CREATE, bucketmap_create, BUCKETMAP_CREATE_XXH64, prepare_create),
	DEVICE_COMMAND(OPEN, bucketmap_name, BUCKETMAP_OPEN_RDONLY, prepare_open),
	DEVICE_COMMAND(UNLINK, bucketmap_name, 0, prepare_unlink),
	DEVICE_COMMAND(LIST, bucketmap_list, 0, prepare_list),
	MAP_COMMAND(LOOKUP, bucketmap_entry, 0, prepare_entry),
	MAP_COMMAND(STORE, bucketmap_entry, 0, prepare_entry),
	MAP_COMMAND(INSERT, bucketmap_entry, 0, prepare_insert),
	MAP_COMMAND(DELETE, bucketmap_entry, 0, prepare_delete),
	MAP_COMMAND(ADD, bucketmap_add, 0, prepare_add),
	MAP_COMMAND(SCAN, bucketmap_scan, BUCKETMAP_SCAN_END, prepare_scan),
	MAP_COMMAND(INFO, bucketmap_info, 0, prepare_info),
	{ 0 },
};

const struct abi_command *abi_command(unsigned long number)
{
	const struct abi_command *command = abi_commands;

	while (command->number != number)
		command++;
	return command;
}

unsigned char *abi_cliff(void)
{
	static unsigned char *memory;
	size_t page = sysconf(_SC_PAGESIZE);

	if (!memory) {
		memory = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(memory, MAP_FAILED);
		/* Not unmapped, or something else might come to lie there. */
		assert_ok(mprotect(memory + 2 * page, page, PROT_NONE));
	}
	return memory + 2 * page;
}

/* Two pages that may all be written. */
static void *zeroed_memory(void)
{
	size_t size = 2 * sysconf(_SC_PAGESIZE);

	return memset(abi_cliff() - size, 0, size);
}

static int append_name(const char *name, void *context)
{
	char *all = context;

	if (is_test_map(name)) {
		strcat(all, name);
		strcat(all, "\n");
	}
	return 0;
}

void *abi_prepare(struct abi_fixture *fixture, const struct abi_command *command)
{
	void *argument = zeroed_memory();

	command->prepare(fixture, argument);
	*(__u32 *)argument = command->size;

	free_snapshot(&fixture->before);
	take_snapshot(&fixture->before, fixture->map);
	fixture->names_before[0] = '\0';
	assert_ok(bucketmap_list(append_name, fixture->names_before));
	return argument;
}

int abi_call(struct abi_fixture *fixture, const struct abi_command *command, void *argument)
{
	int fd = command->on_map ? bucketmap_fd(fixture->map) : fixture->device;
	int ret = raw_ioctl(fd, command->number, argument);

	if (ret > 0)
		close(ret);
	return ret < 0 ? ret : 0;
}

void assert_call_fails(struct abi_fixture *fixture, const struct abi_command *command,
		       void *argument, int error)
{
	char names_now[sizeof(fixture->names_before)] = "";
	int ret = abi_call(fixture, command, argument);

	if (ret != -error)
		print_error("%s: returned %d, not %d\n", command->name, ret, -error);
	assert_int_equal(ret, -error);
	assert_map_unchanged(&fixture->before, fixture->map);
	assert_ok(bucketmap_list(append_name, names_now));
	assert_string_equal(names_now, fixture->names_before);
}

int abi_setup(void **state)
{
	struct abi_fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	*state = fixture;
	fixture->device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	assert_true(fixture->device >= 0);
	fixture->map = named_map("abi", ABI_KEY_SIZE, ABI_VALUE_SIZE);
	for (int i = 0; i < 20; i++) {
		char filler[ABI_KEY_SIZE] = { i };

		assert_ok(bucketmap_store(fixture->map, filler, value, 0, 0));
	}
	return 0;
}

int abi_teardown(void **state)
{
	struct abi_fixture *fixture = *state;

	free_snapshot(&fixture->before);
	bucketmap_close(fixture->map);
	close(fixture->device);
	free(fixture);
	return unlink_test_maps(state);
}
