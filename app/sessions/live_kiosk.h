// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay.h"
#include "app/pipeline/pipeline.h"
#include "app/sessions/live_options.h"
#include "app/sinks/sink.h"

// What a public display does besides: it counts, keeps nothing else, and invites when nobody is
// there. The counts are also kept without a kiosk, when a file for them is named.

struct live_kiosk {
    bool on;
    bool lists_faces;     // writes files about single faces
    struct sink *counts;  // NULL: not kept
    const char *words;    // of the invitation, or NULL
    struct image picture; // above them; empty: the mark
    bool closed;          // outside the opening hours
    long smiles_today;
    int64_t face_ns, clock_ns; // CLOCK_MONOTONIC: when a face was last seen, and the day's smiles
    int64_t hours_ns;          // and the opening hours were looked at
};

// Opens the counts and checks what a kiosk may do; options->wait is set for one. The exit code of
// what failed (logged), or EXIT_CODE_OK.
enum exit_code live_kiosk_open(struct live_kiosk *kiosk, struct live_options *options);

// Looks at the clock on the wall: sets kiosk->closed, and returns whether it has changed.
bool live_kiosk_look_at_clock(struct live_kiosk *kiosk, const struct live_options *options);

// False (logged) when the counts could not be completed.
bool live_kiosk_close(struct live_kiosk *kiosk);

void live_kiosk_count(struct live_kiosk *kiosk, const struct pipeline_item *item);

// What the screen shows. blind: there is no camera; busy: there is a message to be read.
struct overlay_kiosk live_kiosk_screen(struct live_kiosk *kiosk, bool blind, bool busy);
