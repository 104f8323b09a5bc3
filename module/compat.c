// SPDX-License-Identifier: GPL-2.0
/*
 * The check that the kernel has what the module needs. Kbuild compiles it before
 * all other files. It has no code.
 */
#define BM_COMPAT_CHECK
#include "compat.h"
