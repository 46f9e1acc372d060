// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Threads that share one piece of work at a time. The work is cut into tasks whose number never
// depends on the number of threads, so results don't either.

struct team;

// n_threads, the caller's included; 0 = one per processor. NULL (logged) on failure.
struct team *team_create(int n_threads);
void team_destroy(struct team *team); // NULL is legal

int team_size(const struct team *team); // NULL counts as 1

// Calls run(arg, task, worker) for each task in [0, n_tasks), in any order, on all threads, and
// returns when all are done. worker is in [0, team_size). Without a team the caller does it all.
void team_run(struct team *team, int n_tasks, void (*run)(void *arg, int task, int worker),
              void *arg);
