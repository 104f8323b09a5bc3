// SPDX-License-Identifier: GPL-2.0
/*
 * Workqueues. One mutex protects all of them and all works.
 *
 * A task that waits for a work may free it as soon as the work has ended. So the
 * threads say what runs, and a work is not accessed after its function was called.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/workqueue.h>

#include "native/thread.h"

/*
 * Tests have two threads, so that works overlap as they do in the kernel. The
 * library has one: all of them wake up for each work, and would then take
 * processors from the threads that use maps.
 */
#ifdef NATIVE_CHECKS
#define WORKERS		2
#else
#define WORKERS		1
#endif

#define NSEC_PER_JIFFY	1000000

/**
 * struct worker - a thread of a workqueue
 * @thread: the thread
 * @wq: its workqueue
 * @work: what it runs, or NULL
 * @start: that work's number of starts, with this one
 */
struct worker {
	pthread_t thread;
	struct workqueue_struct *wq;
	struct work_struct *work;
	unsigned long start;
};

/**
 * struct workqueue_struct - a workqueue
 * @queue: pending works, the earliest due first
 * @changed: something was queued or has ended, or the threads must end
 * @ending: the threads end when the queue is empty
 * @workers: the threads
 */
struct workqueue_struct {
	struct work_struct *queue;
	pthread_cond_t changed;
	bool ending;
	struct worker workers[WORKERS];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Some work has ended, or was taken off its queue. */
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

/* The thread that runs @work, or NULL. */
static struct worker *runner(const struct work_struct *work)
{
	int i;

	for (i = 0; work->wq && i < WORKERS; i++)
		if (work->wq->workers[i].work == work)
			return &work->wq->workers[i];
	return NULL;
}

static void enqueue(struct workqueue_struct *wq, struct work_struct *work,
		    unsigned long due)
{
	struct work_struct **link = &wq->queue;

	while (*link && (*link)->due <= due)
		link = &(*link)->next;
	work->next = *link;
	*link = work;
	work->wq = wq;
	work->due = due;
	work->pending = true;
	pthread_cond_broadcast(&wq->changed);
}

static void dequeue(struct work_struct *work)
{
	struct work_struct **link = &work->wq->queue;

	while (*link != work)
		link = &(*link)->next;
	*link = work->next;
	work->pending = false;
	pthread_cond_broadcast(&ended);
}

/* The first work that runs nowhere, due or not, or NULL. */
static struct work_struct *next_work(const struct workqueue_struct *wq)
{
	struct work_struct *work = wq->queue;

	while (work && runner(work))
		work = work->next;
	return work;
}

static bool is_due(const struct work_struct *work)
{
	unsigned long now = jiffies;

	return work->due <= now;
}

/* Waits until something changes, or @work, if there is one, is due. */
static void wait_for_work(struct workqueue_struct *wq,
			  const struct work_struct *work)
{
	struct timespec due;

	if (!work) {
		pthread_cond_wait(&wq->changed, &mutex);
		return;
	}
	due.tv_sec = work->due / HZ;
	due.tv_nsec = work->due % HZ * NSEC_PER_JIFFY;
	pthread_cond_timedwait(&wq->changed, &mutex, &due);
}

static void run(struct worker *worker, struct work_struct *work)
{
	dequeue(work);
	worker->work = work;
	worker->start = ++work->starts;
	pthread_mutex_unlock(&mutex);
	work->func(work);
	might_sleep();
	pthread_mutex_lock(&mutex);
	worker->work = NULL;
	pthread_cond_broadcast(&ended);
	pthread_cond_broadcast(&worker->wq->changed);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	struct workqueue_struct *wq = worker->wq;

	native_thread_begin();
	native_thread_is_worker = true;
	pthread_mutex_lock(&mutex);
	while (wq->queue || !wq->ending) {
		struct work_struct *work = next_work(wq);

		if (work && is_due(work))
			run(worker, work);
		else
			wait_for_work(wq, work);
	}
	pthread_mutex_unlock(&mutex);
	native_thread_end();
	return NULL;
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active)
{
	struct workqueue_struct *wq = calloc(1, sizeof(*wq));
	pthread_condattr_t monotonic;
	int i;

	(void)name;
	(void)flags;
	(void)max_active;
	native_assert(wq);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&wq->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	for (i = 0; i < WORKERS; i++) {
		wq->workers[i].wq = wq;
		native_assert(!pthread_create(&wq->workers[i].thread, NULL,
					      worker_main, &wq->workers[i]));
	}
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	int i;

	pthread_mutex_lock(&mutex);
	wq->ending = true;
	pthread_cond_broadcast(&wq->changed);
	pthread_mutex_unlock(&mutex);
	for (i = 0; i < WORKERS; i++)
		pthread_join(wq->workers[i].thread, NULL);
	pthread_cond_destroy(&wq->changed);
	free(wq);
}

static struct workqueue_struct *system_wq;

static void make_system_wq(void)
{
	system_wq = alloc_workqueue("events", WQ_UNBOUND, 0);
}

struct workqueue_struct *native_system_wq(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_system_wq);
	return system_wq;
}

static bool queue_after(struct workqueue_struct *wq, struct work_struct *work,
			unsigned long delay)
{
	bool queued;

	pthread_mutex_lock(&mutex);
	queued = !work->pending && !work->cancels;
	if (queued)
		enqueue(wq, work, delay ? jiffies + delay : 0);
	pthread_mutex_unlock(&mutex);
	return queued;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_after(wq, work, 0);
}

bool queue_delayed_work(struct workqueue_struct *wq,
			struct delayed_work *dwork, unsigned long delay)
{
	return queue_after(wq, &dwork->work, delay);
}

/* Returns whether it was pending. */
bool mod_delayed_work(struct workqueue_struct *wq,
		      struct delayed_work *dwork, unsigned long delay)
{
	struct work_struct *work = &dwork->work;
	bool pending;

	pthread_mutex_lock(&mutex);
	pending = work->pending;
	if (pending)
		dequeue(work);
	if (!work->cancels)
		enqueue(wq, work, delay ? jiffies + delay : 0);
	pthread_mutex_unlock(&mutex);
	return pending;
}

bool delayed_work_pending(struct delayed_work *dwork)
{
	bool pending;

	pthread_mutex_lock(&mutex);
	pending = dwork->work.pending;
	pthread_mutex_unlock(&mutex);
	return pending;
}

/* Has the run that is number @start ended, or will there be none? */
static bool has_ended(const struct work_struct *work, unsigned long start)
{
	const struct worker *worker = runner(work);

	if (worker && worker->start <= start)
		return false;
	return work->starts >= start || !work->pending;
}

/*
 * Runs it now if it is pending, and waits for that run, or else for the one
 * that is under way; not for those that are requested meanwhile.
 * Returns whether there was anything to wait for.
 */
bool flush_work(struct work_struct *work)
{
	unsigned long start;
	bool waited;

	might_sleep();
	pthread_mutex_lock(&mutex);
	start = work->starts + work->pending;
	if (work->pending) {
		dequeue(work);
		enqueue(work->wq, work, 0);
	}
	waited = !has_ended(work, start);
	while (!has_ended(work, start))
		pthread_cond_wait(&ended, &mutex);
	pthread_mutex_unlock(&mutex);
	return waited;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	return flush_work(&dwork->work);
}

/* Returns whether it was pending. It cannot be queued meanwhile. */
bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	struct work_struct *work = &dwork->work;
	bool pending;

	might_sleep();
	pthread_mutex_lock(&mutex);
	work->cancels++;
	pending = work->pending;
	if (pending)
		dequeue(work);
	while (runner(work))
		pthread_cond_wait(&ended, &mutex);
	work->cancels--;
	pthread_mutex_unlock(&mutex);
	return pending;
}
