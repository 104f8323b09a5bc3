// SPDX-License-Identifier: GPL-2.0
/*
 * Search trees.
 */
#include <linux/rbtree.h>

struct rb_node *rb_next(const struct rb_node *node)
{
	const struct rb_node *next = node->rb_right;

	if (next) {
		while (next->rb_left)
			next = next->rb_left;
		return (struct rb_node *)next;
	}
	while (node->parent && node == node->parent->rb_right)
		node = node->parent;
	return node->parent;
}

/* Puts a node, or nothing, where another one hangs. */
static void replace(struct rb_root *root, struct rb_node *before,
		    struct rb_node *now)
{
	if (!before->parent)
		root->rb_node = now;
	else if (before == before->parent->rb_left)
		before->parent->rb_left = now;
	else
		before->parent->rb_right = now;
	if (now)
		now->parent = before->parent;
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *next;

	if (!node->rb_left || !node->rb_right) {
		replace(root, node, node->rb_left ?: node->rb_right);
		return;
	}
	/* The next one has nothing on its left, and takes the node's place. */
	next = rb_next(node);
	if (next->parent != node) {
		replace(root, next, next->rb_right);
		next->rb_right = node->rb_right;
		next->rb_right->parent = next;
	}
	replace(root, node, next);
	next->rb_left = node->rb_left;
	next->rb_left->parent = next;
}

struct rb_node *rb_find(const void *key, const struct rb_root *root,
			int (*compare)(const void *key,
				       const struct rb_node *node))
{
	struct rb_node *node = root->rb_node;

	while (node) {
		int order = compare(key, node);

		if (!order)
			break;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return node;
}

struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
			    int (*compare)(struct rb_node *node,
					   const struct rb_node *other))
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		int order = compare(node, *link);

		if (!order)
			return *link;
		parent = *link;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	*node = (struct rb_node){ .parent = parent };
	*link = node;
	return NULL;
}
