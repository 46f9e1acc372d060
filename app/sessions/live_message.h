// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdint.h>

// A message in the window, which goes by itself after a few seconds.

struct live_message {
    char text[256];
    int64_t until_ns; // CLOCK_MONOTONIC
};

__attribute__((format(printf, 2, 3))) void live_message_set(struct live_message *message,
                                                            const char *format, ...);

// NULL when there is none (any more).
const char *live_message_text(const struct live_message *message);
