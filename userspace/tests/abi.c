// SPDX-License-Identifier: GPL-2.0
/*
 * All ioctls of the ABI, and how to call them.
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
static char new_value[ABI_VALUE_SIZE] = "a new value";
static char previous[ABI_VALUE_SIZE];
static char names[4][BUCKETMAP_NAME_SIZE];
static char keys[4][ABI_KEY_SIZE];
static char values[4][ABI_VALUE_SIZE];
static char previous_values[4][ABI_VALUE_SIZE];
static __s32 results[4];

/* A window that is neither empty nor the whole value. */
#define WINDOW_OFFSET	8
#define WINDOW_LENGTH	4

__u64 abi_pointer(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* Shared with child processes, so that their errors are recorded too. */
static unsigned char (*failures)[256];

int raw_ioctl(int fd, unsigned long number, void *argument)
{
	int ret = ioctl(fd, number, argument);

	if (ret >= 0)
		return ret;
	if (failures && errno < 256)
		failures[_IOC_NR(number)][errno] = 1;
	return -errno;
}

int abi_returned_error(unsigned int number, int error)
{
	return failures[number][error];
}

void abi_fill(struct bucketmap *map)
{
	for (int i = 0; i < 20; i++) {
		char filler[ABI_KEY_SIZE] = { i };

		assert_ok(once_granted(bucketmap_store(map, filler, value, 0, 0)));
	}
}

static void abi_make_map(struct abi_fixture *fixture)
{
	fixture->map = named_map("abi", ABI_KEY_SIZE, ABI_VALUE_SIZE);
	abi_fill(fixture->map);
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

/* Replaces the map if it has lost its name. */
static void prepare_unlink_map(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)argument;
	assert_ok(bucketmap_info(fixture->map, &info));
	if (info.name[0])
		return;
	bucketmap_close(fixture->map);
	abi_make_map(fixture);
}

static void prepare_rights(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_rights *rights = argument;

	(void)fixture;
	rights->flags = BUCKETMAP_RIGHTS_MODE;
	rights->mode = 0600;
	strcpy(rights->name, test_name("abi"));
}

static void prepare_rights_map(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_rights *rights = argument;

	prepare_rights(fixture, argument);
	memset(rights->name, 0, sizeof(rights->name));
}

static void prepare_reopen(struct abi_fixture *fixture, void *argument)
{
	(void)fixture;
	(void)argument;
}

static void prepare_list(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_list *list = argument;

	(void)fixture;
	list->names = abi_pointer(names);
	list->capacity = ARRAY_SIZE(names);
}

static void prepare_limits(struct abi_fixture *fixture, void *argument)
{
	(void)fixture;
	(void)argument;
}

/* Uses a key that exists, unless the operation refuses that. */
static void prepare_operation(struct abi_fixture *fixture, struct bucketmap_entry *entry,
			      const struct operation *op)
{
	assert_ok(once_granted(bucketmap_store(fixture->map, key, value, 0, 0)));
	bucketmap_delete(fixture->map, new_key);
	entry->key = abi_pointer(op->exists == OP_REFUSES ? new_key : key);
	entry->value = op->value ? abi_pointer(new_value) : 0;
	entry->expected = op->expected ? abi_pointer(value + WINDOW_OFFSET) : 0;
	entry->previous = op->previous ? abi_pointer(previous) : 0;
	entry->offset = op->window ? WINDOW_OFFSET : 0;
	entry->length = op->window == OP_WINDOW_ANY ? WINDOW_LENGTH : 0;
}

static void prepare_batch(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_batch *batch = argument;

	(void)fixture;
	memset(keys, 0, sizeof(keys));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i][0] = i;
	batch->operation = BUCKETMAP_LOOKUP;
	batch->keys = abi_pointer(keys);
	batch->previous = abi_pointer(previous_values);
	batch->results = abi_pointer(results);
	batch->count = ARRAY_SIZE(keys);
}

static void prepare_scan(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_scan *scan = argument;

	(void)fixture;
	scan->keys = abi_pointer(keys);
	scan->values = abi_pointer(values);
	scan->capacity = ARRAY_SIZE(keys);
}

static void prepare_clear(struct abi_fixture *fixture, void *argument)
{
	abi_fill(fixture->map);
	(void)argument;
}

static void prepare_resize(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_resize *resize = argument;

	(void)fixture;
	resize->capacity = 10;
}

/* The condition to wait for already holds. */
static void prepare_wait(struct abi_fixture *fixture, void *argument)
{
	struct bucketmap_wait *wait = argument;

	assert_ok(once_granted(bucketmap_store(fixture->map, key, value, 0, 0)));
	wait->key = abi_pointer(key);
	wait->seen = abi_pointer(new_value);
	wait->length = WINDOW_LENGTH;
}

static void prepare_changes(struct abi_fixture *fixture, void *argument)
{
	(void)fixture;
	(void)argument;
}

static void prepare_info(struct abi_fixture *fixture, void *argument)
{
	(void)fixture;
	(void)argument;
}

#define DEVICE_IOCTL(ioc, structure, flags, prepare_function) \
	{ #ioc, BUCKETMAP_IOC_##ioc, sizeof(struct structure), flags, 0, prepare_function }
#define MAP_IOCTL(ioc, structure, flags, prepare_function) \
	{ #ioc, BUCKETMAP_IOC_##ioc, sizeof(struct structure), flags, 1, prepare_function }

#define HASH_FLAGS	(BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_SIPHASH24)
#define CREATE_FLAGS	(HASH_FLAGS | BUCKETMAP_CREATE_MAPPABLE)
#define RIGHTS_FLAGS	(BUCKETMAP_RIGHTS_MODE | BUCKETMAP_RIGHTS_UID | BUCKETMAP_RIGHTS_GID)

/* add_operations() adds those of the operations. */
struct abi_ioctl abi_ioctls[64] = {
	DEVICE_IOCTL(CREATE, bucketmap_create, CREATE_FLAGS, prepare_create),
	DEVICE_IOCTL(OPEN, bucketmap_name, BUCKETMAP_OPEN_RDONLY, prepare_open),
	DEVICE_IOCTL(UNLINK, bucketmap_name, 0, prepare_unlink),
	DEVICE_IOCTL(RIGHTS, bucketmap_rights, RIGHTS_FLAGS, prepare_rights),
	DEVICE_IOCTL(LIST, bucketmap_list, 0, prepare_list),
	DEVICE_IOCTL(LIMITS, bucketmap_limits, ~0U, prepare_limits),
	MAP_IOCTL(UNLINK, bucketmap_name, 0, prepare_unlink_map),
	MAP_IOCTL(RIGHTS, bucketmap_rights, RIGHTS_FLAGS, prepare_rights_map),
	MAP_IOCTL(REOPEN, bucketmap_reopen, BUCKETMAP_OPEN_RDONLY, prepare_reopen),
	MAP_IOCTL(BATCH, bucketmap_batch, 0, prepare_batch),
	MAP_IOCTL(SCAN, bucketmap_scan, BUCKETMAP_SCAN_END, prepare_scan),
	MAP_IOCTL(CLEAR, bucketmap_clear, BUCKETMAP_SCAN_END, prepare_clear),
	MAP_IOCTL(RESIZE, bucketmap_resize, 0, prepare_resize),
	MAP_IOCTL(INFO, bucketmap_info, ~0U, prepare_info),
	MAP_IOCTL(WAIT, bucketmap_wait, BUCKETMAP_WAIT_ABSENT, prepare_wait),
	MAP_IOCTL(CHANGES, bucketmap_changes, 0, prepare_changes),
};

static void __attribute__((constructor)) add_operations(void)
{
	struct abi_ioctl *ioc = abi_ioctls;

	while (ioc->name)
		ioc++;
	for (int operation = 0; operation < OPERATIONS; operation++)
		*ioc++ = (struct abi_ioctl) {
			.name = operations[operation].name,
			.number = operations[operation].ioctl,
			.size = sizeof(struct bucketmap_entry),
			.on_map = 1,
		};
	assert_true(ioc < abi_ioctls + ARRAY_SIZE(abi_ioctls));
}

const struct abi_ioctl *abi_ioctl(unsigned long number)
{
	const struct abi_ioctl *ioc = abi_ioctls;

	while (ioc->number != number)
		ioc++;
	return ioc;
}

/* Structures that have grown, and the size of their first version. */
__u32 abi_first_size(const struct abi_ioctl *ioc)
{
	if (ioc->number == BUCKETMAP_IOC_CREATE)
		return offsetof(struct bucketmap_create, key_fields);
	if (ioc->number == BUCKETMAP_IOC_INFO)
		return offsetof(struct bucketmap_info, key_fields);
	return ioc->size;
}

int abi_operation_of(const struct abi_ioctl *ioc)
{
	int operation = _IOC_NR(ioc->number) - _IOC_NR(BUCKETMAP_IOC_OPERATION(0));

	return ioc->on_map && operation >= 0 && operation < OPERATIONS ? operation : -1;
}

int abi_is_read_only(const struct abi_ioctl *ioc)
{
	int operation = abi_operation_of(ioc);

	if (operation >= 0)
		return !op_writes(&operations[operation]);
	return ioc->number != BUCKETMAP_IOC_CREATE && ioc->number != BUCKETMAP_IOC_UNLINK &&
	       ioc->number != BUCKETMAP_IOC_REOPEN && ioc->number != BUCKETMAP_IOC_RIGHTS &&
	       ioc->number != BUCKETMAP_IOC_CLEAR && ioc->number != BUCKETMAP_IOC_RESIZE;
}

int abi_on_device_and_map(const struct abi_ioctl *ioc)
{
	return ioc->number == BUCKETMAP_IOC_UNLINK || ioc->number == BUCKETMAP_IOC_RIGHTS;
}

int abi_returns_fd(const struct abi_ioctl *ioc)
{
	return ioc->number == BUCKETMAP_IOC_CREATE || ioc->number == BUCKETMAP_IOC_OPEN ||
	       ioc->number == BUCKETMAP_IOC_REOPEN;
}

unsigned char *abi_guard_page(void)
{
	static unsigned char *memory;
	size_t page = sysconf(_SC_PAGESIZE);

	if (!memory) {
		memory = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(memory, MAP_FAILED);
		/* Not unmapped: a later mapping could be placed there. */
		assert_ok(mprotect(memory + 2 * page, page, PROT_NONE));
	}
	return memory + 2 * page;
}

/* Two writable pages before the guard page. */
static void *zeroed_memory(void)
{
	size_t size = 2 * sysconf(_SC_PAGESIZE);

	return memset(abi_guard_page() - size, 0, size);
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

void *abi_prepare(struct abi_fixture *fixture, const struct abi_ioctl *ioc)
{
	int operation = abi_operation_of(ioc);
	void *argument = zeroed_memory();

	if (operation >= 0)
		prepare_operation(fixture, argument, &operations[operation]);
	else
		ioc->prepare(fixture, argument);
	*(__u32 *)argument = ioc->size;

	free_snapshot(&fixture->before);
	take_snapshot(&fixture->before, fixture->map);
	fixture->names_before[0] = '\0';
	assert_ok(bucketmap_list(append_name, fixture->names_before));
	return argument;
}

int abi_call(struct abi_fixture *fixture, const struct abi_ioctl *ioc, void *argument)
{
	int fd = ioc->on_map ? bucketmap_fd(fixture->map) : fixture->device;
	int ret = raw_ioctl(fd, ioc->number, argument);

	if (ret < 0)
		return ret;
	if (abi_returns_fd(ioc))
		close(ret);
	return 0;
}

/* The number of bytes of a structure that lie in zeroed_memory(). */
static size_t accessible_size(const struct abi_ioctl *ioc, const void *argument)
{
	const unsigned char *from = argument, *end = abi_guard_page();
	size_t accessible = end - from;

	if (from >= end || from < end - 2 * sysconf(_SC_PAGESIZE))
		return 0;
	return accessible < ioc->size ? accessible : ioc->size;
}

void assert_call_fails(struct abi_fixture *fixture, const struct abi_ioctl *ioc,
		       void *argument, int error)
{
	char names_now[sizeof(fixture->names_before)] = "";
	size_t accessible = accessible_size(ioc, argument);
	unsigned char before[BUCKETMAP_STRUCT_SIZE_MAX];
	int ret;

	if (accessible)
		memcpy(before, argument, accessible);
	ret = abi_call(fixture, ioc, argument);
	if (accessible)
		assert_memory_equal(argument, before, accessible);
	if (ret != -error)
		print_error("%s: returned %d, not %d\n", ioc->name, ret, -error);
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
	if (!failures)
		failures = shared_memory(256 * sizeof(failures[0]));
	fixture->device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	assert_true(fixture->device >= 0);
	abi_make_map(fixture);
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
