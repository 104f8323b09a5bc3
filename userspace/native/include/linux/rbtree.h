/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Search trees, which nothing balances: what is sorted by hash needs no more.
 * To look at a node is a step.
 */
#ifndef _NATIVE_LINUX_RBTREE_H
#define _NATIVE_LINUX_RBTREE_H

#include <linux/kernel.h>

struct rb_node {
	struct rb_node *parent;
	struct rb_node *rb_left;
	struct rb_node *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT		(struct rb_root){ NULL }

#define rb_entry(pointer, type, member) ({				\
	native_step();							\
	container_of(pointer, type, member);				\
})

struct rb_node *rb_next(const struct rb_node *node);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_find(const void *key, const struct rb_root *root,
			int (*compare)(const void *key,
				       const struct rb_node *node));
struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
			    int (*compare)(struct rb_node *node,
					   const struct rb_node *other));

#endif /* _NATIVE_LINUX_RBTREE_H */
