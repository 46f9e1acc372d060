// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

// How many faces came and how many smiles began, hour by hour of local time, in a small CSV file:
// all that a kiosk keeps. What is in the file already is gone on with, whatever the clock does.

// The file is written whole or not at all, at most once a minute and in the end; path's folder is
// made if it is not there. A write that fails is told and tried again, counting goes on. A damaged
// file of counts is kept under another name (told), and what can be read of it is gone on with.
// NULL (logged) when it holds something else or its folder cannot be made.
struct sink *counts_create(const char *path);

// Smiles since midnight, those of earlier runs included.
long counts_smiles_today(const struct sink *base);

// $XDG_STATE_HOME/smilecam/counts.csv, else under ~/.local/state. False when neither is known.
bool counts_default_path(char *path, size_t size);
