// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

// The smiles of a recording in a file of their own, talk.mkv's in talk-smiles.mkv, cut out of what
// is recorded already: packet by packet, nothing is encoded again.

struct clip {
    int64_t begin_ns, end_ns; // time of the file; INT64_MAX: to its end
};

struct highlights {
    int64_t around_ns;  // what is kept before and after a smile
    struct clip *clips; // in the order of time, apart from one another
    int n, n_smiling;
};

// media_ns: when the event was, time of the file. Without memory, clips are lost.
void highlights_add_event(struct highlights *highlights, const struct smile_event *event,
                          int64_t media_ns);

// For the next file of a recording: empties it; smiles that have begun go on.
void highlights_restart(struct highlights *highlights);

void highlights_finish(struct highlights *highlights); // legal on a zeroed one

// Makes the file, unless nobody has smiled; a clip begins at a keyframe (at most a second
// before), and is a chapter. path: a complete recording, which messages call name; out: the file to
// make. False (logged) when it cannot be made.
bool highlights_write(const struct highlights *highlights, const char *path, const char *name,
                      const char *out);

// "talk-smiles.mkv". False when it is too long.
bool highlights_name(const char *path, char *name, size_t size);
