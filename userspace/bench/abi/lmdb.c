// SPDX-License-Identifier: GPL-2.0
/*
 * LMDB, a database that is read through a memory mapping. Each call is a
 * transaction of its own, so that it sees all earlier writes and others see its
 * own, as in the other tables. It does not wait for a disk.
 */
#include <err.h>
#include <lmdb.h>
#include <string.h>
#include <unistd.h>

#include "table.h"

#define PATH	"abi.lmdb"

#define FLAGS	(MDB_NOSUBDIR | MDB_NOSYNC)

static MDB_env *env;
static MDB_dbi dbi;
static MDB_txn *reader;

static void must(int status)
{
	if (status)
		errx(1, "lmdb: %s", mdb_strerror(status));
}

static MDB_txn *begin(unsigned int flags)
{
	MDB_txn *txn;

	must(mdb_txn_begin(env, NULL, flags, &txn));
	return txn;
}

static void open_env(void)
{
	must(mdb_env_create(&env));
	must(mdb_env_set_mapsize(env, 1UL << 30));
	must(mdb_env_open(env, PATH, FLAGS, 0600));
}

static int create(struct table *table, uint64_t entries)
{
	MDB_txn *txn;

	(void)table;
	(void)entries;
	if (env)
		mdb_env_close(env);
	unlink(PATH);
	open_env();
	txn = begin(0);
	must(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &dbi));
	must(mdb_txn_commit(txn));
	return 0;
}

/*
 * A child process cannot use what was opened before fork(). It takes the place of
 * readers that have ended.
 */
static void attach(struct table *table)
{
	int ended;

	(void)table;
	open_env();
	must(mdb_reader_check(env, &ended));
	reader = begin(MDB_RDONLY);
	must(mdb_dbi_open(reader, NULL, MDB_INTEGERKEY, &dbi));
	mdb_txn_reset(reader);
}

static bool get(uint64_t key, uint64_t *value)
{
	MDB_val name = { .mv_size = sizeof(key), .mv_data = &key };
	MDB_val found;

	if (mdb_get(reader, dbi, &name, &found))
		return false;
	memcpy(value, found.mv_data, sizeof(*value));
	return true;
}

static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	uint32_t found = 0;

	(void)table;
	must(mdb_txn_renew(reader));
	for (uint32_t i = 0; i < count; i++)
		found += get(keys[i], &values[i]);
	mdb_txn_reset(reader);
	return found == count;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	return lookup_batch(table, &key, value, 1);
}

static bool put(const uint64_t *keys, const uint64_t *values, uint32_t count, unsigned int flags)
{
	MDB_txn *txn = begin(0);
	int status = 0;

	for (uint32_t i = 0; i < count && !status; i++) {
		MDB_val name = { .mv_size = sizeof(*keys), .mv_data = (void *)&keys[i] };
		MDB_val value = { .mv_size = sizeof(*values), .mv_data = (void *)&values[i] };

		status = mdb_put(txn, dbi, &name, &value, flags);
	}
	if (status != MDB_KEYEXIST)
		must(status);
	must(mdb_txn_commit(txn));
	return !status;
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	(void)table;
	return put(keys, values, count, 0);
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return put(&key, &value, 1, 0);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return put(&key, &value, 1, MDB_NOOVERWRITE);
}

static bool remove_key(void *table, uint64_t key)
{
	MDB_val name = { .mv_size = sizeof(key), .mv_data = &key };
	MDB_txn *txn = begin(0);
	int status = mdb_del(txn, dbi, &name, NULL);

	(void)table;
	if (status != MDB_NOTFOUND)
		must(status);
	must(mdb_txn_commit(txn));
	return !status;
}

static const struct bench_peer lmdb_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};

const struct operations lmdb_operations = {
	.single = &lmdb_peer,
	.create = create,
	.attach = attach,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
};
