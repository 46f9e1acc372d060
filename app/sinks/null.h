// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

// Takes everything and keeps nothing: what is measured with it is the rest. NULL (logged) without
// memory.
struct sink *null_create(void);
