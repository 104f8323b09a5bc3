/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RIGHTS: changes the mode and owner of a map.
 */
#ifndef _BM_DEV_RIGHTS_H
#define _BM_DEV_RIGHTS_H

#include "dev/instance.h"
#include "dev/ioctl.h"

int bm_rights_change(struct bm_instance *instance,
		     const struct bucketmap_rights *change);

#endif /* _BM_DEV_RIGHTS_H */
