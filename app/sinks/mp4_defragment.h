// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/event_subtitles.h"
#include "app/video/stream_copy.h"

// An MP4 in pieces survives a kill, but many players show no duration for it and cannot seek. Once
// it is complete it is copied, packet by packet, into a plain one beside it, which then takes its
// name. The copy has the events as subtitles and chapters, and the subtitles that copied keeps (a
// zeroed one: none). When that fails (no room) the file stays as it was, with a warning that calls
// it name. end_ns: of the pictures.
void mp4_defragment(const char *path, const char *name, const char *muxer,
                    struct stream_copy *copied, const struct event_subtitles *subtitles,
                    int64_t end_ns);
