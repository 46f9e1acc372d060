// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_message.h"

#include "app/system/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define SHOWN_NS (3 * NS_PER_S)

void live_message_set(struct live_message *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
    message->until_ns = clock_now_ns() + SHOWN_NS;
}

const char *live_message_text(const struct live_message *message) {
    return clock_now_ns() < message->until_ns ? message->text : NULL;
}
