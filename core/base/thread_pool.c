// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/thread_pool.h"

#include "core/base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 64

struct worker {
    struct thread_pool *threads;
    pthread_t thread;
    int index;
};

struct thread_pool {
    int n_threads;
    struct worker workers[MAX_THREADS]; // [0] is the caller
    atomic_int next_task;
    // under the lock:
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned round; // counts calls of thread_pool_run
    int n_busy;
    bool stop;
    // set under the lock, constant during a round:
    void (*run)(void *arg, int task, int worker);
    void *arg;
    int n_tasks;
};

static void do_tasks(struct thread_pool *threads, int worker) {
    for (int task; (task = atomic_fetch_add(&threads->next_task, 1)) < threads->n_tasks;) {
        threads->run(threads->arg, task, worker);
    }
}

static void *worker_main(void *arg) {
    struct worker *worker = arg;
    struct thread_pool *threads = worker->threads;
    unsigned round = 0;
    pthread_mutex_lock(&threads->lock);
    for (;;) {
        while (threads->round == round && !threads->stop) {
            pthread_cond_wait(&threads->begin, &threads->lock);
        }
        if (threads->stop) {
            break;
        }
        round = threads->round;
        pthread_mutex_unlock(&threads->lock);
        do_tasks(threads, worker->index);
        pthread_mutex_lock(&threads->lock);
        if (--threads->n_busy == 0) {
            pthread_cond_signal(&threads->end);
        }
    }
    pthread_mutex_unlock(&threads->lock);
    return NULL;
}

static bool start_worker(struct thread_pool *threads, int index) {
    threads->workers[index] = (struct worker){.threads = threads, .index = index};
    return pthread_create(&threads->workers[index].thread, NULL, worker_main,
                          &threads->workers[index]) == 0;
}

struct thread_pool *thread_pool_create(int n_threads) {
    if (n_threads <= 0) {
        n_threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    }
    n_threads = n_threads < 1 ? 1 : n_threads > MAX_THREADS ? MAX_THREADS : n_threads;
    struct thread_pool *threads = calloc(1, sizeof *threads);
    if (!threads) {
        log_no_memory("threads");
        return NULL;
    }
    pthread_mutex_init(&threads->lock, NULL);
    pthread_cond_init(&threads->begin, NULL);
    pthread_cond_init(&threads->end, NULL);
    sigset_t all, before; // signals are the main thread's business
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    threads->n_threads = 1;
    while (threads->n_threads < n_threads && start_worker(threads, threads->n_threads)) {
        threads->n_threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (threads->n_threads < n_threads) {
        LOG(WARNING, "only %d of %d threads could be started; going on with those",
            threads->n_threads, n_threads);
    }
    return threads;
}

void thread_pool_destroy(struct thread_pool *threads) {
    if (!threads) {
        return;
    }
    pthread_mutex_lock(&threads->lock);
    threads->stop = true;
    pthread_cond_broadcast(&threads->begin);
    pthread_mutex_unlock(&threads->lock);
    for (int i = 1; i < threads->n_threads; i++) {
        pthread_join(threads->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&threads->end);
    pthread_cond_destroy(&threads->begin);
    pthread_mutex_destroy(&threads->lock);
    free(threads);
}

int thread_pool_size(const struct thread_pool *threads) {
    return threads ? threads->n_threads : 1;
}

static void run_alone(int n_tasks, void (*run)(void *, int, int), void *arg) {
    for (int task = 0; task < n_tasks; task++) {
        run(arg, task, 0);
    }
}

void thread_pool_run(struct thread_pool *threads, int n_tasks, void (*run)(void *, int, int),
                     void *arg) {
    if (!threads || threads->n_threads == 1 || n_tasks == 1) {
        run_alone(n_tasks, run, arg);
        return;
    }
    pthread_mutex_lock(&threads->lock);
    threads->run = run;
    threads->arg = arg;
    threads->n_tasks = n_tasks;
    threads->next_task = 0;
    threads->n_busy = threads->n_threads - 1;
    threads->round++;
    pthread_cond_broadcast(&threads->begin);
    pthread_mutex_unlock(&threads->lock);
    do_tasks(threads, 0);
    pthread_mutex_lock(&threads->lock);
    while (threads->n_busy > 0) {
        pthread_cond_wait(&threads->end, &threads->lock);
    }
    pthread_mutex_unlock(&threads->lock);
}
