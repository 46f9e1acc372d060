// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "stop_signal.h"

#include "exit_codes.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t raised;

#define PATIENCE 3 // signals; the third ends the program on the spot

static void on_signal(int number) {
    (void)number;
    raised = raised + 1;
    if (raised >= PATIENCE) {
        _exit(EXIT_CODE_INTERRUPTED);
    }
}

void stop_signal_install(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, hangup;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL); // also where a shell has it ignored in the background
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) { // nohup
        sigaction(SIGHUP, &action, NULL);
    }
}

bool stop_signal_raised(void) {
    return raised;
}
