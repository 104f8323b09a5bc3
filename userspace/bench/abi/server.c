// SPDX-License-Identifier: GPL-2.0
/*
 * A server that has a table: see server.h.
 */
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define TRIES		1000
#define BETWEEN_TRIES	20000

/* Runs in a child process. What the server says on standard output would be taken for results. */
static void serve(const struct server *server)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(server->command[0], (char *const *)server->command);
	err(1, "%s", server->command[0]);
}

static bool accepts(const struct server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool accepted;

	if (fd < 0)
		err(1, "socket");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->socket);
	accepted = !connect(fd, (const struct sockaddr *)&address, sizeof(address));
	close(fd);
	return accepted;
}

void server_start(struct server *server)
{
	if (server->process) {
		kill(server->process, SIGKILL);
		waitpid(server->process, NULL, 0);
	}
	unlink(server->socket);
	server->process = fork();
	if (server->process < 0)
		err(1, "fork");
	if (!server->process)
		serve(server);
	for (int i = 0; !accepts(server); i++) {
		if (i == TRIES || waitpid(server->process, NULL, WNOHANG))
			errx(1, "%s does not listen on %s", server->command[0], server->socket);
		usleep(BETWEEN_TRIES);
	}
}
