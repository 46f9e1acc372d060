// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// What the program returns to the shell. Scripts rely on these numbers.
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_USAGE = 1, // wrong command line, or the program could not start (no model, no memory)
    EXIT_CODE_INPUT = 2, // the input cannot be read at all
    EXIT_CODE_PARTIAL = 3,     // some of the input was processed, some could not be read
    EXIT_CODE_INTERRUPTED = 4, // SIGINT, SIGTERM or SIGHUP; what was written so far is complete
    EXIT_CODE_CAMERA = 5,      // the camera was lost, and not waiting for it was asked for
    EXIT_CODE_OUTPUT = 6       // an output could not be written
};
