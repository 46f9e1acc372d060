// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#define WALL_TIME_LEN 48

// The time of day now, seconds since 1970.
double wall_time_now(void);

// Writes such a time as ISO 8601, local, with its offset: "2026-11-25T18:03:07.250+01:00".
void wall_time_format(double s, char text[WALL_TIME_LEN]);
