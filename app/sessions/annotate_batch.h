// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sessions/batch_names.h"
#include "app/system/exit_codes.h"

// Annotates many videos, several at a time, each in a process of its own: one that fails costs no
// other. What is there already is left alone, so that an interrupted batch goes on where it was,
// and an output that is asked for later is made without the others.

// Returns an exit_code: partly processed when some failed.
enum exit_code annotate_batch_run(const struct annotate_batch *batch);
