// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"
#include "core/train/trainer.h"

#include <stddef.h>

// A training from its checkpoint, if there is one, to its last epoch: shows the progress, stops at
// a stop signal, and writes the checkpoint after each epoch.

struct epochs {
    struct trainer *trainer;
    int n;                  // in all
    const char *checkpoint; // path
    // After each epoch: measures, say, and writes into note:(room) what its line adds to the loss.
    // speed: samples a second so far, in this sitting. NULL: none
    enum exit_code (*after)(void *arg, double loss, double speed, char *note, size_t room);
    void *arg;
    int batch;
};

// Resumes from the checkpoint, if it is there. False (logged) when it is of another run.
bool epochs_resume(const struct epochs *epochs);
enum exit_code epochs_run(const struct epochs *epochs);
