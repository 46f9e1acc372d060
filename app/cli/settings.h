// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Settings files: an option's long name and its value a line,
//     # a comment
//     min-face = 60
//     [annotate]
//     detector = hog
// Lines above the first [command] are for live. Values are as on the command line; a flag takes yes
// or no. Quotes and escapes have no meaning; space around names and values is dropped.

#define SETTINGS_MAX_BYTES 65536

// Called for each setting of a section, in order; where is "FILE, line N: 'name'". False stops.
typedef bool settings_take(void *arg, const char *name, const char *value, const char *where);

// Reads text:(n bytes), which is cut up in place; a 0 must follow it. path is for messages. False
// when a line makes no sense (logged) or take returned false.
bool settings_parse(char *text, size_t n, const char *path, const char *section,
                    settings_take *take, void *arg);

// Parses smilecam/smilecam.conf of each of $XDG_CONFIG_DIRS (else /etc/xdg), the least important
// first, then of $XDG_CONFIG_HOME (else ~/.config). Missing files are ignored.
// Values are never freed. False (logged) when a file cannot be read or parsed.
bool settings_read(const char *section, settings_take *take, void *arg);
