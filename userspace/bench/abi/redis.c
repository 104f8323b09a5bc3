// SPDX-License-Identifier: GPL-2.0
/*
 * Redis by its client library hiredis, with binary keys and values. It writes
 * nothing to a disk. Batches are MGET and MSET.
 */
#include <err.h>
#include <hiredis/hiredis.h>
#include <string.h>

#include "server.h"
#include "table.h"

static const char *const command[] = {
	"redis-server", "--port", "0", "--unixsocket", "redis.socket", "--save", "",
	"--logfile", "/dev/null", NULL
};

static struct server server = { .command = command, .socket = "redis.socket" };
static redisContext *context;

/* A child process cannot use what was opened before fork(). */
static void attach(struct table *table)
{
	(void)table;
	context = redisConnectUnix(server.socket);
	if (!context || context->err)
		errx(1, "redis: %s", context ? context->errstr : "no memory");
}

static int create(struct table *table, uint64_t entries)
{
	(void)entries;
	server_start(&server);
	attach(table);
	return 0;
}

static redisReply *must(redisReply *reply)
{
	if (!reply)
		errx(1, "redis: %s", context->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		errx(1, "redis: %s", reply->str);
	return reply;
}

/* Frees the reply. Returns whether it is an OK or a 1. */
static bool is_done(redisReply *reply)
{
	bool done = reply->type == REDIS_REPLY_STATUS ||
		    (reply->type == REDIS_REPLY_INTEGER && reply->integer == 1);

	freeReplyObject(reply);
	return done;
}

static bool copy_value(const redisReply *reply, uint64_t *value)
{
	if (reply->type != REDIS_REPLY_STRING || reply->len != sizeof(*value))
		return false;
	memcpy(value, reply->str, sizeof(*value));
	return true;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	redisReply *reply = must(redisCommand(context, "GET %b", &key, sizeof(key)));
	bool found = copy_value(reply, value);

	(void)table;
	freeReplyObject(reply);
	return found;
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return is_done(must(redisCommand(context, "SET %b %b", &key, sizeof(key), &value,
					 sizeof(value))));
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return is_done(must(redisCommand(context, "SET %b %b NX", &key, sizeof(key), &value,
					 sizeof(value))));
}

static bool remove_key(void *table, uint64_t key)
{
	(void)table;
	return is_done(must(redisCommand(context, "DEL %b", &key, sizeof(key))));
}

/* With the values between the keys, if there are any. */
static redisReply *send_batch(const char *name, const uint64_t *keys, const uint64_t *values,
			      uint32_t count)
{
	static const char *words[1 + 2 * BATCH_MAX];
	static size_t sizes[1 + 2 * BATCH_MAX];
	int used = 0;

	words[used] = name;
	sizes[used++] = strlen(name);
	for (uint32_t i = 0; i < count; i++) {
		words[used] = (const char *)&keys[i];
		sizes[used++] = sizeof(*keys);
		if (!values)
			continue;
		words[used] = (const char *)&values[i];
		sizes[used++] = sizeof(*values);
	}
	return must(redisCommandArgv(context, used, words, sizes));
}

static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	redisReply *reply = send_batch("MGET", keys, NULL, count);
	uint32_t found = 0;

	(void)table;
	for (uint32_t i = 0; i < reply->elements && i < count; i++)
		found += copy_value(reply->element[i], &values[i]);
	freeReplyObject(reply);
	return found == count;
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	(void)table;
	return is_done(send_batch("MSET", keys, values, count));
}

static const struct bench_peer redis_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};

const struct operations redis_operations = {
	.single = &redis_peer,
	.create = create,
	.attach = attach,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
};
