// SPDX-License-Identifier: GPL-2.0
/*
 * A case: what is done at its end, its memory, and its failures.
 */
#include <stdlib.h>

#include <kunit/test.h>

#include "native/thread.h"

/**
 * struct kunit_action - what is to be done at the end of a case
 * @next: the one to be done after it
 * @run: does it
 * @argument: its argument
 */
struct kunit_action {
	struct kunit_action *next;
	void (*run)(void *argument);
	void *argument;
};

/* Actions */

int kunit_add_action(struct kunit *test, void (*action)(void *argument),
		     void *argument)
{
	struct kunit_action *added = malloc(sizeof(*added));

	native_assert(added);
	*added = (struct kunit_action){ test->actions, action, argument };
	test->actions = added;
	return 0;
}

void kunit_release_action(struct kunit *test, void (*action)(void *argument),
			  void *argument)
{
	struct kunit_action **link = &test->actions, *found;

	while (*link &&
	       ((*link)->run != action || (*link)->argument != argument))
		link = &(*link)->next;
	found = *link;
	native_assert(found);
	*link = found->next;
	free(found);
	action(argument);
}

/* Not kmalloc(): a case may let that fail. */
void *kunit_kcalloc(struct kunit *test, size_t count, size_t size, gfp_t gfp)
{
	void *memory = calloc(count, size);

	(void)gfp;
	native_assert(memory);
	kunit_add_action(test, free, memory);
	return memory;
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kcalloc(test, 1, size, gfp);
}

void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *memory = malloc(size);

	(void)gfp;
	native_assert(memory);
	kunit_add_action(test, free, memory);
	return memory;
}

void kunit_kfree(struct kunit *test, const void *memory)
{
	kunit_release_action(test, free, (void *)memory);
}

/* Failures */

void native_kunit_fail(struct kunit *test, const char *file, int line,
		       const char *text)
{
	__atomic_store_n(&test->failed, true, __ATOMIC_RELAXED);
	printf("# %s:%d: expected %s\n", file, line, text);
}

void native_kunit_differ(struct kunit *test, const char *file, int line,
			 const char *text, long long left, long long right)
{
	native_kunit_fail(test, file, line, text);
	printf("#   left: %lld (%#llx), right: %lld (%#llx)\n", left,
	       (unsigned long long)left, right, (unsigned long long)right);
}

void native_kunit_abort(struct kunit *test)
{
	native_assert(native_thread == test->thread);
	native_assert(!native_atomic_depth);
	longjmp(test->leave, 1);
}

void native_kunit_skip(struct kunit *test)
{
	test->skipped = true;
	native_kunit_abort(test);
}

/* Cases */

void native_kunit_try(struct kunit *test, void (*body)(struct kunit *test))
{
	if (!setjmp(test->leave))
		body(test);
}

void native_kunit_end(struct kunit *test)
{
	while (test->actions)
		kunit_release_action(test, test->actions->run,
				     test->actions->argument);
}

bool native_kunit_passes(const char *name, void (*body)(struct kunit *test),
			 const void *value)
{
	struct kunit test = {
		.name = name,
		.param_value = value,
		.thread = native_thread,
	};

	native_kunit_try(&test, body);
	native_kunit_end(&test);
	return !test.failed;
}
