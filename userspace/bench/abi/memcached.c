// SPDX-License-Identifier: GPL-2.0
/*
 * memcached by its client library libmemcached, in the binary protocol, as keys and
 * values are binary. Batches are a multi-get, and sets without answers that a get
 * follows.
 */
#include <err.h>
#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "table.h"

#define SOCKET	"memcached.socket"

static const char *const command[] = {
	"memcached", "-s", SOCKET, "-m", "1024", "-u", "root", NULL
};

static struct server server = { .command = command, .socket = SOCKET };

/* The second one is for sets without answers. */
static memcached_st *client, *quiet;

static bool must(memcached_st *which, memcached_return_t status, memcached_return_t otherwise)
{
	if (status != MEMCACHED_SUCCESS && status != otherwise)
		errx(1, "memcached: %s", memcached_strerror(which, status));
	return status == MEMCACHED_SUCCESS;
}

static memcached_st *connect_client(bool is_quiet)
{
	memcached_st *made = memcached_create(NULL);

	if (!made)
		errx(1, "memcached: no memory");
	must(made, memcached_behavior_set(made, MEMCACHED_BEHAVIOR_BINARY_PROTOCOL, 1), 0);
	must(made, memcached_behavior_set(made, MEMCACHED_BEHAVIOR_NOREPLY, is_quiet), 0);
	must(made, memcached_behavior_set(made, MEMCACHED_BEHAVIOR_BUFFER_REQUESTS, is_quiet), 0);
	must(made, memcached_server_add_unix_socket(made, SOCKET), 0);
	return made;
}

/* A child process cannot use what was opened before fork(). */
static void attach(struct table *table)
{
	(void)table;
	client = connect_client(false);
	quiet = connect_client(true);
}

static int create(struct table *table, uint64_t entries)
{
	(void)entries;
	server_start(&server);
	attach(table);
	return 0;
}

static bool get(memcached_st *from, const uint64_t *key, uint64_t *value)
{
	memcached_return_t status;
	uint32_t flags;
	size_t size;
	char *found = memcached_get(from, (const char *)key, sizeof(*key), &size, &flags, &status);

	if (!must(from, status, MEMCACHED_NOTFOUND) || size != sizeof(*value))
		return false;
	memcpy(value, found, sizeof(*value));
	free(found);
	return true;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	(void)table;
	return get(client, &key, value);
}

static bool set(memcached_st *to, const uint64_t *key, const uint64_t *value,
		memcached_return_t otherwise)
{
	return must(to, memcached_set(to, (const char *)key, sizeof(*key), (const char *)value,
				      sizeof(*value), 0, 0), otherwise);
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return set(client, &key, &value, MEMCACHED_SUCCESS);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return must(client, memcached_add(client, (const char *)&key, sizeof(key),
					  (const char *)&value, sizeof(value), 0, 0),
		    MEMCACHED_DATA_EXISTS);
}

static bool remove_key(void *table, uint64_t key)
{
	(void)table;
	return must(client, memcached_delete(client, (const char *)&key, sizeof(key), 0),
		    MEMCACHED_NOTFOUND);
}

static void request_all(const uint64_t *keys, uint32_t count)
{
	static const char *words[BATCH_MAX];
	static size_t sizes[BATCH_MAX];

	for (uint32_t i = 0; i < count; i++) {
		words[i] = (const char *)&keys[i];
		sizes[i] = sizeof(*keys);
	}
	must(client, memcached_mget(client, words, sizes, count), 0);
}

/* The answers come in the order of the keys. */
static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	memcached_return_t status;
	memcached_result_st result;
	uint32_t found = 0;

	(void)table;
	request_all(keys, count);
	memcached_result_create(client, &result);
	while (memcached_fetch_result(client, &result, &status) && found < count) {
		if (memcmp(memcached_result_key_value(&result), &keys[found], sizeof(*keys)) != 0 ||
		    memcached_result_length(&result) != sizeof(*values))
			break;
		memcpy(&values[found++], memcached_result_value(&result), sizeof(*values));
	}
	memcached_result_free(&result);
	return found == count;
}

/* When the server answers the get, it has done what it was sent before. */
static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	uint64_t last;

	(void)table;
	for (uint32_t i = 0; i < count; i++)
		set(quiet, &keys[i], &values[i], MEMCACHED_BUFFERED);
	return get(quiet, &keys[count - 1], &last);
}

static const struct bench_peer memcached_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};

const struct operations memcached_operations = {
	.single = &memcached_peer,
	.create = create,
	.attach = attach,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
};
