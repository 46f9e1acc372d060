// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Threads that share one job at a time. Callers cut a job into tasks whose number does not depend
// on the number of threads, so that results don't either.

struct thread_pool;

// n_threads, the caller's included; 0 = one per processor. NULL (logged) on failure.
struct thread_pool *thread_pool_create(int n_threads);
void thread_pool_destroy(struct thread_pool *threads); // NULL is legal

int thread_pool_size(const struct thread_pool *threads); // NULL counts as 1

// Calls run(arg, task, worker) for each task in [0, n_tasks), in any order, on all threads; returns
// when all are done. worker is in [0, thread_pool_size). threads may be NULL: the caller runs all.
void thread_pool_run(struct thread_pool *threads, int n_tasks,
                     void (*run)(void *arg, int task, int worker), void *arg);
