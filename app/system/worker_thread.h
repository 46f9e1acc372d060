// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <pthread.h>
#include <stdbool.h>

// pthread_create with all signals blocked: those are for the main thread. False on failure.
bool worker_thread_start(pthread_t *thread, void *(*body)(void *), void *argument);
