/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before the library's sources: a thread may be delayed before each of
 * its loads, as the core's are.
 */
#include "native/checks.h"

#define __atomic_load_n(pointer, order)					\
	(native_perturb(), __atomic_load_n(pointer, order))
