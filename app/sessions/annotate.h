// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

#include "app/analysis/analyser.h"
#include "app/sessions/outputs.h"

// Draws faces and smiles over one video: a pipeline whose end is a recording.

struct annotate_options {
    const char *in; // a file, "-" for standard input, pictures (source_of_path), or an address
    double rate_hz; // of a folder of pictures, which are then a film; 0: two seconds each
    struct output_options outputs; // record: "talk.mkv", which is called "talk.part.mkv" until it
                                   // is whole; "-": Matroska on standard output; NULL: no video
    bool overwrite;                // a video that is there
    struct analyser_options analyser;
};

// Interrupted or out of room, what was done so far stays under the name of a
// part.
enum exit_code annotate_run(const struct annotate_options *options);
