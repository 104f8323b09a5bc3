/* SPDX-License-Identifier: GPL-2.0 */
/* Lists, doubly linked and circular. To look at an entry is a step. */
#ifndef _NATIVE_LINUX_LIST_H
#define _NATIVE_LINUX_LIST_H

#include <linux/kernel.h>

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *list)
{
	entry->next = list;
	entry->prev = list->prev;
	list->prev->next = entry;
	list->prev = entry;
}

static inline void list_del_init(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	INIT_LIST_HEAD(entry);
}

#define list_entry(pointer, type, member) ({				\
	native_step();							\
	container_of(pointer, type, member);				\
})

#define list_first_entry_or_null(list, type, member)			\
	(list_empty(list) ? NULL : list_entry((list)->next, type, member))

#endif /* _NATIVE_LINUX_LIST_H */
