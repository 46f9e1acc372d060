// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Included first by every C++ file here: the C interfaces, and the barrier against exceptions.

#include "vision/vision.h"

extern "C" {
#include "core/base/log.h"
}

#include <utility>

// Sets up OpenCV once: no log lines, no threads of its own.
void guard_enter() noexcept;

// Logs the exception being handled as one sentence: "cannot <what>: <why>".
void guard_log(const char *what) noexcept;

// Returns body(), or failure, logged, when it throws. what completes "cannot ...".
template <typename Failure, typename Body>
Failure guarded(const char *what, Failure failure, Body &&body) noexcept {
    guard_enter();
    try {
        return std::forward<Body>(body)();
    } catch (...) {
        guard_log(what);
        return failure;
    }
}
