// SPDX-License-Identifier: GPL-2.0
/*
 * The shim behaves like the kernel as far as the core depends on it.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/xxhash.h>

/* Hashes */

/* Key and messages from the SipHash paper: bytes 0, 1, 2, ... */
static void siphash_matches_published_vectors(void **state)
{
	static const u64 vectors[] = {
		0x726fdb47dd0e0e31ULL, 0x74f839c593dc67fdULL,
		0x0d6c8009d9a94f5aULL, 0x85676696d7fb7e2dULL,
		0xcf2794e0277187b7ULL, 0x18765564cd99a68dULL,
		0xcbc9466e58fee3ceULL, 0xab0200f58b01d137ULL,
		0x93f5f5799a932462ULL, 0x9e0082df0ba9e4b0ULL,
		0x7a5dbbc594ddb9f3ULL, 0xf4b32f46226bada7ULL,
		0x751e8fbc860ee5fbULL, 0x14ea5627c0843d90ULL,
		0xf723ca908e7af2eeULL, 0xa129ca6149be45e5ULL,
	};
	static const siphash_key_t key = {
		{ 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL },
	};
	u8 message[ARRAY_SIZE(vectors)];
	size_t size;

	(void)state;
	for (size = 0; size < ARRAY_SIZE(vectors); size++) {
		message[size] = size;
		assert_true(siphash(message, size, &key) == vectors[size]);
	}
}

static void xxh64_matches_published_vectors(void **state)
{
	(void)state;
	assert_true(xxh64("", 0, 0) == 0xef46db3751d8e999ULL);
	assert_true(xxh64("abc", 3, 0) == 0x44bc2cf5ad770999ULL);
}

/* Memory */

static void only_the_nth_allocation_fails(void **state)
{
	void *first, *second, *third;

	(void)state;
	native_fail_nth(NATIVE_FAIL_SELF, 2);
	first = kzalloc(100, GFP_KERNEL);
	second = __vmalloc(100, GFP_KERNEL | __GFP_ZERO);
	third = kvcalloc(10, 10, GFP_KERNEL);
	assert_int_equal(native_fail_no_more(), 1);
	assert_non_null(first);
	assert_null(second);
	assert_non_null(third);
	kfree(first);
	vfree(second);
	kvfree(third);
}

static void failures_are_limited_to_chosen_threads(void **state)
{
	void *memory;

	(void)state;
	native_fail_randomly(NATIVE_FAIL_WORKERS | NATIVE_FAIL_OTHERS, 1, 1);
	memory = kzalloc(100, GFP_KERNEL);
	assert_int_equal(native_fail_no_more(), 0);
	assert_non_null(memory);
	kfree(memory);
}

/* Counters */

#define THREADS		4
#define COUNTS		10000

static void *count(void *argument)
{
	int i;

	native_thread_begin();
	for (i = 0; i < COUNTS; i++)
		percpu_counter_add_batch(argument, i % 3 ? 1 : -1, 4);
	native_thread_end();
	return NULL;
}

static void fail_nth_counts_allocations_of_its_task(void **state)
{
	void *first, *second, *third;

	(void)state;
	current->fail_nth = 2;
	first = kmalloc(1, GFP_KERNEL);
	assert_int_equal(current->fail_nth, 1);
	second = kmalloc(1, GFP_KERNEL);
	assert_int_equal(current->fail_nth, 0);
	third = kmalloc(1, GFP_KERNEL);
	assert_non_null(first);
	assert_null(second);
	assert_non_null(third);
	kfree(first);
	kfree(third);
}

static void percpu_counter_sum_is_exact(void **state)
{
	struct percpu_counter counter;
	pthread_t threads[THREADS];
	int i;

	(void)state;
	assert_int_equal(percpu_counter_init(&counter, 5, GFP_KERNEL), 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, count, &counter);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(percpu_counter_sum(&counter),
			 5 + THREADS * (COUNTS / 3 - 1));
	percpu_counter_destroy(&counter);
}

/* Works */

/**
 * struct job - a work item that records how it runs
 * @dwork: the work item
 * @runs: how often it has run
 * @running: number of threads that are running it
 * @overlapped: two threads have run it at the same time
 * @blocked: it does not return until this is false
 */
struct job {
	struct delayed_work dwork;
	int runs;
	int running;
	bool overlapped;
	bool blocked;
};

static int read_int(const int *number)
{
	return __atomic_load_n(number, __ATOMIC_SEQ_CST);
}

static void run_job(struct work_struct *work)
{
	struct job *job = container_of(to_delayed_work(work), struct job,
				       dwork);

	if (__atomic_fetch_add(&job->running, 1, __ATOMIC_SEQ_CST))
		job->overlapped = true;
	while (__atomic_load_n(&job->blocked, __ATOMIC_SEQ_CST))
		sched_yield();
	__atomic_fetch_add(&job->runs, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&job->running, 1, __ATOMIC_SEQ_CST);
}

static struct workqueue_struct *job_begin(struct job *job)
{
	*job = (struct job){ };
	INIT_DELAYED_WORK(&job->dwork, run_job);
	return alloc_workqueue("test", WQ_UNBOUND, 0);
}

/* Returns when the job is running; it keeps running until it is unblocked. */
static void start_blocked(struct workqueue_struct *wq, struct job *job)
{
	job->blocked = true;
	assert_true(queue_delayed_work(wq, &job->dwork, 0));
	while (!read_int(&job->running))
		sched_yield();
}

static void unblock(struct job *job)
{
	__atomic_store_n(&job->blocked, false, __ATOMIC_SEQ_CST);
}

static void pending_work_is_not_queued_again(void **state)
{
	struct job job;
	struct workqueue_struct *wq = job_begin(&job);

	(void)state;
	assert_true(queue_delayed_work(wq, &job.dwork, 100000));
	assert_false(queue_delayed_work(wq, &job.dwork, 0));
	assert_true(flush_delayed_work(&job.dwork));
	assert_int_equal(read_int(&job.runs), 1);
	assert_false(flush_delayed_work(&job.dwork));
	destroy_workqueue(wq);
}

static void delay_can_be_changed(void **state)
{
	struct job job;
	struct workqueue_struct *wq = job_begin(&job);
	unsigned long begin = jiffies;

	(void)state;
	assert_false(mod_delayed_work(wq, &job.dwork, 100000));
	assert_true(mod_delayed_work(wq, &job.dwork, 20));
	while (!read_int(&job.runs))
		sched_yield();
	assert_true(jiffies - begin >= 20);
	destroy_workqueue(wq);
}

static void work_queued_while_running_runs_again_without_overlap(void **state)
{
	struct job job;
	struct workqueue_struct *wq = job_begin(&job);

	(void)state;
	start_blocked(wq, &job);
	assert_true(queue_delayed_work(wq, &job.dwork, 0));
	assert_false(queue_delayed_work(wq, &job.dwork, 0));
	unblock(&job);
	flush_delayed_work(&job.dwork);
	assert_int_equal(read_int(&job.runs), 2);
	assert_false(job.overlapped);
	destroy_workqueue(wq);
}

static void *unblock_later(void *argument)
{
	struct timespec delay = { .tv_nsec = 10000000 };

	nanosleep(&delay, NULL);
	unblock(argument);
	return NULL;
}

static void cancelled_work_has_ended_for_good(void **state)
{
	struct job job;
	struct workqueue_struct *wq = job_begin(&job);
	pthread_t thread;

	(void)state;
	start_blocked(wq, &job);
	assert_true(queue_delayed_work(wq, &job.dwork, 0));
	pthread_create(&thread, NULL, unblock_later, &job);
	assert_true(cancel_delayed_work_sync(&job.dwork));
	assert_int_equal(read_int(&job.running), 0);
	assert_int_equal(read_int(&job.runs), 1);
	pthread_join(thread, NULL);
	destroy_workqueue(wq);
	assert_int_equal(read_int(&job.runs), 1);
}

/* RCU */

static void poll_may_lag_behind_ended_grace_period(void **state)
{
	unsigned long before = get_state_synchronize_rcu();

	(void)state;
	assert_true(poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
	assert_false(poll_state_synchronize_rcu(before));
	/* Even after the wait, a poll may say that the grace period has not ended. */
	cond_synchronize_rcu(before);
	assert_false(poll_state_synchronize_rcu(before));
}

static void polled_grace_period_waits_for_readers(void **state)
{
	struct timespec long_enough = { .tv_nsec = 50000000 };
	unsigned long grace;

	(void)state;
	rcu_read_lock();
	grace = start_poll_synchronize_rcu();
	nanosleep(&long_enough, NULL);
	assert_false(poll_state_synchronize_rcu(grace));
	rcu_read_unlock();
	while (!poll_state_synchronize_rcu(grace))
		sched_yield();
}

/* Threads */

/**
 * struct part - what a thread does
 * @begun: it has begun
 * @go: it may go on
 * @done: it has done it
 */
struct part {
	struct completion begun;
	struct completion go;
	struct completion done;
};

static int take_part(void *data)
{
	struct part *part = data;

	complete(&part->begun);
	wait_for_completion(&part->go);
	complete(&part->done);
	return 7;
}

static void thread_begins_when_woken(void **state)
{
	struct part part;
	struct task_struct *task;

	(void)state;
	init_completion(&part.begun);
	init_completion(&part.go);
	init_completion(&part.done);
	task = kthread_create(take_part, &part, "native");
	get_task_struct(task);
	assert_false(wait_for_completion_timeout(&part.begun, HZ / 50));
	wake_up_process(task);
	wait_for_completion(&part.begun);
	assert_false(wait_for_completion_timeout(&part.done, HZ / 50));
	complete(&part.go);
	assert_true(wait_for_completion_timeout(&part.done, 100 * HZ));
	assert_false(completion_done(&part.done));
	assert_int_equal(kthread_stop(task), 7);
	put_task_struct(task);
}

static int sleep_until_woken(void *data)
{
	(void)data;
	set_current_state(TASK_INTERRUPTIBLE);
	return schedule_hrtimeout(NULL, HRTIMER_MODE_ABS);
}

static void sleeping_thread_is_visible(void **state)
{
	struct task_struct *task = kthread_run_on_cpu(sleep_until_woken, NULL, 0, "native");

	(void)state;
	while (READ_ONCE(task->__state) != TASK_INTERRUPTIBLE || READ_ONCE(task->on_rq))
		usleep_range(100, 200);
	wake_up_process(task);
	assert_int_equal(kthread_stop(task), -EINTR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_matches_published_vectors),
		cmocka_unit_test(xxh64_matches_published_vectors),
		cmocka_unit_test(only_the_nth_allocation_fails),
		cmocka_unit_test(failures_are_limited_to_chosen_threads),
		cmocka_unit_test(fail_nth_counts_allocations_of_its_task),
		cmocka_unit_test(percpu_counter_sum_is_exact),
		cmocka_unit_test(pending_work_is_not_queued_again),
		cmocka_unit_test(delay_can_be_changed),
		cmocka_unit_test(work_queued_while_running_runs_again_without_overlap),
		cmocka_unit_test(cancelled_work_has_ended_for_good),
		cmocka_unit_test(poll_may_lag_behind_ended_grace_period),
		cmocka_unit_test(polled_grace_period_waits_for_readers),
		cmocka_unit_test(thread_begins_when_woken),
		cmocka_unit_test(sleeping_thread_is_visible),
	};

	return run_core_tests(tests);
}
