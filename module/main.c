// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading. Each part starts after the parts that it uses.
 *
 * An open descriptor, of the device or of a map, holds a reference to the
 * module, and so does an open debugfs file. So there are no users left when the
 * module is unloaded. Named maps hold one too, unless the parameter
 * discard_on_unload is set: then those that are not open are destroyed with the
 * module.
 */
#include <linux/module.h>

#include "core/core.h"
#include "dev/debugfs.h"
#include "dev/device.h"
#include "dev/mmap.h"
#include "dev/registry.h"

static int __init bucketmap_init(void)
{
	int err;

	err = bm_core_init();
	if (err)
		return err;
	err = bm_debugfs_init();
	if (err)
		goto err_debugfs;
	err = bm_mmap_init();
	if (err)
		goto err_mmap;
	err = bm_device_init();
	if (err)
		goto err_device;
	return 0;

err_device:
	bm_mmap_exit();
err_mmap:
	bm_debugfs_exit();
err_debugfs:
	bm_core_exit();
	return err;
}

static void __exit bucketmap_exit(void)
{
	bm_device_exit();
	bm_registry_exit();
	bm_mmap_exit();
	bm_debugfs_exit();
	bm_core_exit();
}

module_init(bucketmap_init);
module_exit(bucketmap_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Concurrent hash maps that processes share");
MODULE_AUTHOR("bucketmap developers");
MODULE_VERSION(BM_VERSION);
