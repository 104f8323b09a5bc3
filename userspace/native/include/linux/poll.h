/* SPDX-License-Identifier: GPL-2.0 */
/* Waking pollers, whatever events they poll for. */
#ifndef _NATIVE_LINUX_POLL_H
#define _NATIVE_LINUX_POLL_H

#include <sys/epoll.h>

#include <linux/wait.h>

#define poll_to_key(events)	NULL

#endif /* _NATIVE_LINUX_POLL_H */
