/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of maps.
 */
#ifndef _BM_DEV_NAME_H
#define _BM_DEV_NAME_H

#include "uapi/bucketmap.h"

int bm_name_read(char name[BUCKETMAP_NAME_SIZE], const char *from);

#endif /* _BM_DEV_NAME_H */
