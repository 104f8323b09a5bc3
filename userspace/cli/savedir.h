/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory with saved maps:
 *
 *	current			symbolic link to the state that was saved last
 *	state.XXXXXX/		a state: the dumps of all maps of one save
 *	state.XXXXXX/NAME.dump	the dump of a map, its name as a word of escape.h
 *
 * A save makes a new state and then renames a link to it, so that "current" names
 * either the old state or the new one, and both are complete. The old state is
 * removed last. States that are not current are left from a save that was killed;
 * the next one removes them. If the link is missing, or names no state, any state may
 * be the good one: then none is removed before a new one is current. The directory is
 * locked meanwhile.
 *
 * All functions end the program on errors.
 */
#ifndef _BUCKETMAP_CLI_SAVEDIR_H
#define _BUCKETMAP_CLI_SAVEDIR_H

#define CURRENT_STATE	"current"
#define DUMP_SUFFIX	".dump"

/*
 * Begins a new state in @directory, which is created if it does not exist. Unless
 * finish_state() is called, the end of the program removes the new state.
 */
void begin_state(const char *directory);

/* Makes a file for the dump of a map in the new state. Returns a descriptor. */
int make_dump_file(const char *name);

/* Makes the new state the current one, and removes all others. */
void finish_state(void);

/*
 * Locks a directory and opens its current state. Returns a descriptor, or -1 if
 * nothing was saved in this directory.
 */
int open_current_state(const char *directory);

#endif /* _BUCKETMAP_CLI_SAVEDIR_H */
