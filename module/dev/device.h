/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device /dev/bucketmap.
 */
#ifndef _BM_DEV_DEVICE_H
#define _BM_DEV_DEVICE_H

int bm_device_init(void);
void bm_device_exit(void);

#endif /* _BM_DEV_DEVICE_H */
