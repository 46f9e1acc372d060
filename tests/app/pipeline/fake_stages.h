// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/pipeline/pipeline.h"

#include <stdatomic.h>
#include <stdint.h>

// A source and an analyser that do what a test wants, and a pipeline's options with both.

#define MS INT64_C(1000000)
#define LONG_NS (5000 * MS)
#define DRIVER_OPTION 7 // what the analyser expects to be given

// Of the source.
extern struct script {
    int n_frames; // then:
    enum source_status then;
    int period_ms;    // time stamps
    int read_ms;      // how long a read takes
    bool block;       // read waits for an interrupt instead of ending
    int failed_opens; // how often it does not open again
    int n_given;      // frames; what is painted into each, equal to its final number
    atomic_int n_opened, n_closed;
} script;

// Of the analyser, which says which frame it saw.
extern struct analyser_script {
    int create_ms, run_ms;
    bool create_fails;
    int fails_at; // frame number; 0 = never
    atomic_int n_restarts, n_run;
} analyser_script;

extern const struct source_driver fake_driver;
extern const struct analysis_driver fake_analysis;

int64_t now_ns(void);
void sleep_ms(int ms);

// One of the source's openings; "again" fails as often as the script says.
struct source *fake_create(const char *argument, const struct source_options *options);
struct pipeline_options usual_options(void);

// Before and after each test.
int set_up(void **state);
int everything_was_closed(void **state);
