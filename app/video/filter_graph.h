// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavfilter/avfilter.h>
#include <stdbool.h>

// A row of FFmpeg's filters, with a way in and a way out.

struct filter_graph {
    AVFilterGraph *graph; // NULL: none
    AVFilterContext *in, *out;
};

// sound, or pictures. from: what goes in, as FFmpeg's filters "abuffer" and "buffer" are told;
// steps: "yadif,scale=320:240". Returns an error of FFmpeg or 0. Finish it either way.
int filter_graph_init(struct filter_graph *graph, bool sound, const char *from, const char *steps);
void filter_graph_finish(struct filter_graph *graph); // legal on a zeroed one
