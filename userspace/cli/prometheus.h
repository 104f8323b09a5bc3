/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The figures of maps in the text format of Prometheus.
 */
#ifndef _BUCKETMAP_CLI_PROMETHEUS_H
#define _BUCKETMAP_CLI_PROMETHEUS_H

/*
 * Prints the figures of a map; with NULL, those of the module and of all maps that
 * the user may see. Ends the program on errors.
 */
void print_for_prometheus(const char *name);

#endif /* _BUCKETMAP_CLI_PROMETHEUS_H */
