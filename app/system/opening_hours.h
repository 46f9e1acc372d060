// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <time.h>

// When something is open, in local time: "mo-fr 8:00-18:00, sa 10:00-14:00".

#define MAX_OPENINGS 32

struct opening {
    int days;     // bit 0: Sunday, as tm_wday counts
    int from, to; // minutes since midnight of these days; to may lie on the next day
};

struct opening_hours {
    struct opening openings[MAX_OPENINGS];
    int n; // 0: always open
};

// Reads entries with commas between them: days ("mo", "mo-fr", "mo, we", two letters or more of
// their English names), then one or more spans of hours. A span that does not end after its
// beginning ends on the next day. False (logged) when the text is none of that.
bool opening_hours_parse(const char *text, struct opening_hours *hours);

// By the clock on the wall, so that a change to daylight saving time moves nothing.
bool opening_hours_contain(const struct opening_hours *hours, time_t now);
