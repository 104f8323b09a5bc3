/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A server that has a table, and listens on a Unix socket in the current directory.
 */
#ifndef _BENCH_ABI_SERVER_H
#define _BENCH_ABI_SERVER_H

#include <sys/types.h>

/**
 * struct server - a server
 * @command: its program, which is found by PATH, and the arguments
 * @socket: path of its socket
 * @process: 0 before the server is started
 */
struct server {
	const char *const *command;
	const char *socket;
	pid_t process;
};

/**
 * server_start() - start a server, in place of one that was started before
 * @server: the server; it ends with this process
 *
 * Returns when connections are accepted.
 */
void server_start(struct server *server);

#endif /* _BENCH_ABI_SERVER_H */
