// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/pipeline/pipeline.h"
#include "app/sessions/live_message.h"

// Winds a file that is shown: the arrow keys, and those for single frames.

#define PLAYER_JUMP_S 5
#define PLAYER_MOST_DOUBLINGS 2 // of the speed, and halvings

// All zero: at the usual speed.
struct live_player {
    int doublings;
};

struct live_moves {
    int jumps;  // of PLAYER_JUMP_S forward
    int faster; // times twice as fast
    int frames; // forward, of a source that is paused
};

// Moves within a source that is seekable, and says where to. media_ns: of the frame that was shown
// last, then of the one that is to come.
void live_player_move(struct live_player *player, struct pipeline *pipeline,
                      const struct source_info *info, struct live_moves moves, int64_t *media_ns,
                      struct live_message *message);
