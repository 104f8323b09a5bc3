/* SPDX-License-Identifier: GPL-2.0 */
/* What tasks have to do with memory: see memcontrol.h. */
