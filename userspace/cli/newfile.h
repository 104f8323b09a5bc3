/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output to a file that is replaced only when the output is complete: the old
 * contents stay until all new contents are on the disk.
 */
#ifndef _BUCKETMAP_CLI_NEWFILE_H
#define _BUCKETMAP_CLI_NEWFILE_H

/*
 * Redirects standard output to a new file that will replace @file. If the program
 * ends before finish_file(), @file is unchanged, and the new file is removed
 * unless the program was killed by SIGKILL. Devices, pipes and a @file that is
 * already standard output are written to directly.
 */
void begin_file(const char *file);

/* Replaces the file with the new one, which is complete. */
void finish_file(void);

#endif /* _BUCKETMAP_CLI_NEWFILE_H */
