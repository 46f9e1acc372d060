// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

// How many faces came and how many smiles began, hour by hour of local time, in a small CSV file:
// all that a kiosk keeps. Counting continues from what is in the file, whatever the clock does.

// The file is replaced as a whole, at most once a minute and at the end; path's folder is created
// if missing. A failed write is logged and retried while counting continues. A damaged file of
// counts is kept under another name (logged), and counting continues from what can be read of it.
// NULL (logged) when the file holds something else or its folder cannot be created.
struct sink *counts_create(const char *path);

// Smiles since midnight, those of earlier runs included.
long counts_smiles_today(const struct sink *base);

// $XDG_STATE_HOME/smilecam/counts.csv, else under ~/.local/state. False when neither is known.
bool counts_default_path(char *path, size_t size);
