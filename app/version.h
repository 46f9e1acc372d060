// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Prints what --version shows: version and commit, the instruction sets in use, the libraries' own
// versions. Together they are what a report of a fault needs.
void version_print(void);
