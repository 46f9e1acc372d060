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
    struct thread_pool *team;
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

static void do_tasks(struct thread_pool *team, int worker) {
    for (int task; (task = atomic_fetch_add(&team->next_task, 1)) < team->n_tasks;) {
        team->run(team->arg, task, worker);
    }
}

static void *worker_main(void *arg) {
    struct worker *worker = arg;
    struct thread_pool *team = worker->team;
    unsigned round = 0;
    pthread_mutex_lock(&team->lock);
    for (;;) {
        while (team->round == round && !team->stop) {
            pthread_cond_wait(&team->begin, &team->lock);
        }
        if (team->stop) {
            break;
        }
        round = team->round;
        pthread_mutex_unlock(&team->lock);
        do_tasks(team, worker->index);
        pthread_mutex_lock(&team->lock);
        if (--team->n_busy == 0) {
            pthread_cond_signal(&team->end);
        }
    }
    pthread_mutex_unlock(&team->lock);
    return NULL;
}

static bool start_worker(struct thread_pool *team, int index) {
    team->workers[index] = (struct worker){.team = team, .index = index};
    return pthread_create(&team->workers[index].thread, NULL, worker_main, &team->workers[index]) ==
           0;
}

struct thread_pool *thread_pool_create(int n_threads) {
    if (n_threads <= 0) {
        n_threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    }
    n_threads = n_threads < 1 ? 1 : n_threads > MAX_THREADS ? MAX_THREADS : n_threads;
    struct thread_pool *team = calloc(1, sizeof *team);
    if (!team) {
        LOG(ERROR, "no memory for a team of threads");
        return NULL;
    }
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->begin, NULL);
    pthread_cond_init(&team->end, NULL);
    sigset_t all, before; // signals are the main thread's business
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    team->n_threads = 1;
    while (team->n_threads < n_threads && start_worker(team, team->n_threads)) {
        team->n_threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (team->n_threads < n_threads) {
        LOG(WARNING, "only %d of %d threads could be started; going on with those", team->n_threads,
            n_threads);
    }
    return team;
}

void thread_pool_destroy(struct thread_pool *team) {
    if (!team) {
        return;
    }
    pthread_mutex_lock(&team->lock);
    team->stop = true;
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->lock);
    for (int i = 1; i < team->n_threads; i++) {
        pthread_join(team->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&team->end);
    pthread_cond_destroy(&team->begin);
    pthread_mutex_destroy(&team->lock);
    free(team);
}

int thread_pool_size(const struct thread_pool *team) {
    return team ? team->n_threads : 1;
}

static void run_alone(int n_tasks, void (*run)(void *, int, int), void *arg) {
    for (int task = 0; task < n_tasks; task++) {
        run(arg, task, 0);
    }
}

void thread_pool_run(struct thread_pool *team, int n_tasks, void (*run)(void *, int, int),
                     void *arg) {
    if (!team || team->n_threads == 1 || n_tasks == 1) {
        run_alone(n_tasks, run, arg);
        return;
    }
    pthread_mutex_lock(&team->lock);
    team->run = run;
    team->arg = arg;
    team->n_tasks = n_tasks;
    team->next_task = 0;
    team->n_busy = team->n_threads - 1;
    team->round++;
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->lock);
    do_tasks(team, 0);
    pthread_mutex_lock(&team->lock);
    while (team->n_busy > 0) {
        pthread_cond_wait(&team->end, &team->lock);
    }
    pthread_mutex_unlock(&team->lock);
}
