/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Help on the tool and on its subcommands, on standard output.
 */
#ifndef _BUCKETMAP_CLI_HELP_H
#define _BUCKETMAP_CLI_HELP_H

#include "subcommand.h"

void help_on_all(void);
void help_on(const struct subcommand *subcommand);

#endif /* _BUCKETMAP_CLI_HELP_H */
