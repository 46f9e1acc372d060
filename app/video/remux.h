// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavformat/avformat.h>

// For files that are made of another one's packets: gives the output the input's pictures, sound
// and subtitles, in their order, with what is said about them. Before the header. Returns an error
// of FFmpeg or 0.
int remux_add_streams(AVFormatContext *output, const AVFormatContext *input);

// Where a stream of the input is in the output; -1: it is not.
int remux_index(const AVFormatContext *input, int index);
