// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// How far the processes of a batch are, in memory that they share: each writes its own place, the
// one that started them reads all.

struct batch_place {
    double share;     // of its video, [0,1]; as far as is known
    double media_s;   // worked on
    int64_t n_frames; // worked on
};

struct batch_share;
struct shared_place;

// places: how many processes at a time. NULL (logged) on failure.
struct batch_share *batch_share_create(int places);
void batch_share_destroy(struct batch_share *share); // NULL is legal

struct batch_place batch_share_read(const struct batch_share *share, int place);
void batch_share_clear(struct batch_share *share, int place);

// Puts into the environment which place a process that is started now has.
void batch_share_lend(const struct batch_share *share, int place);

// In such a process: its place; NULL in any other. As long as the process lasts.
struct shared_place *batch_share_borrow(void);

// place may be NULL.
void batch_share_tell(struct shared_place *place, const struct batch_place *at);
