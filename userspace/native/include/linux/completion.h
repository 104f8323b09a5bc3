/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_COMPLETION_H
#define _NATIVE_LINUX_COMPLETION_H

#include <pthread.h>

#include <linux/types.h>

struct completion {
	pthread_mutex_t lock;
	pthread_cond_t completed;
	unsigned int done;
};

void init_completion(struct completion *completion);
void complete(struct completion *completion);
bool completion_done(struct completion *completion);
void wait_for_completion(struct completion *completion);
unsigned long wait_for_completion_timeout(struct completion *completion,
					  unsigned long timeout);

#endif /* _NATIVE_LINUX_COMPLETION_H */
