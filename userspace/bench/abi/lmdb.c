// SPDX-License-Identifier: GPL-2.0
/*
 * LMDB, a database that is read through a memory mapping. Only lookups are
 * measured. Each lookup is a transaction of its own, so that it sees all earlier
 * writes, as in the other tables.
 */
#include <err.h>
#include <lmdb.h>
#include <string.h>
#include <unistd.h>

#include "table.h"

#define PATH	"/tmp/abi.lmdb"

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

static void create(struct table *table, uint64_t entries)
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
}

/* A child process cannot use what was opened before fork(). */
static void attach(struct table *table)
{
	(void)table;
	open_env();
	reader = begin(MDB_RDONLY);
	must(mdb_dbi_open(reader, NULL, MDB_INTEGERKEY, &dbi));
	mdb_txn_reset(reader);
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	MDB_val name = { .mv_size = sizeof(key), .mv_data = &key };
	MDB_val found;
	int status;

	(void)table;
	must(mdb_txn_renew(reader));
	status = mdb_get(reader, dbi, &name, &found);
	if (!status)
		memcpy(value, found.mv_data, sizeof(*value));
	mdb_txn_reset(reader);
	return !status;
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	MDB_txn *txn = begin(0);

	(void)table;
	for (uint32_t i = 0; i < count; i++) {
		MDB_val name = { .mv_size = sizeof(*keys), .mv_data = (void *)&keys[i] };
		MDB_val value = { .mv_size = sizeof(*values), .mv_data = (void *)&values[i] };

		must(mdb_put(txn, dbi, &name, &value, 0));
	}
	must(mdb_txn_commit(txn));
	return true;
}

static const struct bench_peer lmdb_peer = {
	.lookup = lookup,
};

const struct operations lmdb_operations = {
	.single = &lmdb_peer,
	.create = create,
	.attach = attach,
	.store_batch = store_batch,
};
