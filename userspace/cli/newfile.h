/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output to a file that is either complete or not there: what the file held
 * before stays until all that takes its place is on the disk.
 */
#ifndef _BUCKETMAP_CLI_NEWFILE_H
#define _BUCKETMAP_CLI_NEWFILE_H

/*
 * Has all that is printed from now on written to a new file, that is to become
 * @file. A program that ends before finish_file() leaves @file as it was, and
 * removes the new one unless it is killed. Devices, pipes and what standard
 * output is already are written to as they are.
 */
void begin_file(const char *file);

/* The new file is complete and takes its place. */
void finish_file(void);

#endif /* _BUCKETMAP_CLI_NEWFILE_H */
