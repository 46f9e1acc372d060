// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/signals.h"

#include "app/system/exit_codes.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t raised, hung_up;

#define PATIENCE 3 // signals; the third ends the program on the spot

static void on_signal(int number) {
    (void)number;
    raised = raised + 1;
    if (raised >= PATIENCE) {
        _exit(EXIT_CODE_INTERRUPTED);
    }
}

static void on_hangup(int number) {
    (void)number;
    hung_up = 1;
}

static void handle_hangup(void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN) { // nohup
        sigaction(SIGHUP, &action, NULL);
    }
}

void stop_signal_install(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL); // also where a shell has it ignored in the background
    sigaction(SIGTERM, &action, NULL);
    handle_hangup(on_signal);
}

void hangup_install(void) {
    handle_hangup(on_hangup);
}

bool hangup_raised(void) {
    bool was = hung_up;
    hung_up = 0;
    return was;
}

bool stop_signal_raised(void) {
    return raised;
}
