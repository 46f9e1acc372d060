// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"

#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/sinks/segments.h"
#include "app/system/signals.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_JOBS 64
#define MAX_WORDS 64
#define EXTENSION ".mkv"

extern char **environ;

struct run {
    const struct annotate_batch *batch;
    pid_t pids[MAX_JOBS]; // 0: free
    int at[MAX_JOBS];     // the input that each works on
    int n_running, n_done, n_there, n_partial, n_failed;
    int worst; // exit code of a failure
};

// ---- names ----

// FOLDER/stem.extension of an input's path.
static bool name_output(const char *folder, const char *input, const char *extension,
                        char path[PATH_MAX]) {
    const char *base = path_base(input);
    int stem = (int)(path_extension(base) - base);
    int n = snprintf(path, PATH_MAX, "%s/%.*s%s", folder, stem, base, extension);
    return n > 0 && n < PATH_MAX;
}

static bool make_folder(const char *folder) {
    struct stat status;
    if (mkdir(folder, 0777) == 0 || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) {
        return true;
    }
    LOG(ERROR, "%s: this folder cannot be made: %s", folder, strerror(errno));
    return false;
}

// Two inputs of one name would write one output.
static bool check_names(const struct annotate_batch *batch) {
    char a[PATH_MAX], b[PATH_MAX];
    for (int i = 0; i < batch->n_inputs; i++) {
        if (!name_output(batch->folder, batch->inputs[i], EXTENSION, a)) {
            LOG(ERROR, "%s: this name is too long", batch->inputs[i]);
            return false;
        }
        for (int k = 0; k < i; k++) {
            name_output(batch->folder, batch->inputs[k], EXTENSION, b);
            if (strcmp(a, b) == 0) {
                LOG(ERROR, "%s and %s would both become %s; annotate them one by one",
                    batch->inputs[k], batch->inputs[i], a);
                return false;
            }
        }
    }
    return true;
}

// ---- processes ----

// The option with FOLDER/stem.extension, kept in path; nothing for a folder of NULL.
static void add_output(char **words, int *n, char *option, const char *folder, const char *input,
                       const char *extension, char path[PATH_MAX]) {
    if (folder) {
        name_output(folder, input, extension, path);
        words[(*n)++] = option;
        words[(*n)++] = path;
    }
}

static bool start(struct run *run, int slot, int input) {
    const struct annotate_batch *batch = run->batch;
    const char *name = batch->inputs[input];
    char out[PATH_MAX], events[PATH_MAX], csv[PATH_MAX];
    char *words[MAX_WORDS + 12] = {"smilecam", "annotate", "-q"};
    int n = 3;
    for (int i = 0; i < batch->n_options; i++) {
        words[n++] = batch->options[i];
    }
    add_output(words, &n, "--output", batch->folder, name, EXTENSION, out);
    add_output(words, &n, "--events", batch->events_folder, name, ".jsonl", events);
    add_output(words, &n, "--csv", batch->csv_folder, name, ".csv", csv);
    words[n++] = "--";
    words[n++] = batch->inputs[input];
    int error = posix_spawn(&run->pids[slot], "/proc/self/exe", NULL, NULL, words, environ);
    if (error != 0) {
        run->pids[slot] = 0;
        LOG(ERROR, "cannot start another smilecam: %s", strerror(error));
        return false;
    }
    run->at[slot] = input;
    run->n_running++;
    return true;
}

static void note_end(struct run *run, int slot, int status) {
    const char *input = run->batch->inputs[run->at[slot]];
    enum exit_code code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_CODE_OUTPUT;
    run->pids[slot] = 0;
    run->n_running--;
    if (WIFSIGNALED(status)) {
        LOG(ERROR, "%s: its process was ended by signal %d", input, WTERMSIG(status));
    }
    if (code == EXIT_CODE_OK || code == EXIT_CODE_PARTIAL) {
        run->n_done++;
        run->n_partial += code == EXIT_CODE_PARTIAL;
        LOG(INFO, "%d of %d: %s%s", run->n_done + run->n_there, run->batch->n_inputs, input,
            code == EXIT_CODE_PARTIAL ? " (not whole)" : "");
    } else if (code != EXIT_CODE_INTERRUPTED) {
        run->n_failed++;
        run->worst = code;
    }
}

// Waits until one has ended. Asked to stop, it asks them to, and they end soon.
static void wait_for_one(struct run *run) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    for (int i = 0; i < MAX_JOBS; i++) {
        if (pid > 0 && run->pids[i] == pid) {
            note_end(run, i, status);
            return;
        }
    }
    usleep(20000);
}

static void ask_to_stop(const struct run *run) {
    for (int i = 0; i < MAX_JOBS; i++) {
        if (run->pids[i] > 0) {
            kill(run->pids[i], SIGTERM);
        }
    }
}

static int free_slot(const struct run *run) {
    for (int i = 0; i < run->batch->n_jobs && i < MAX_JOBS; i++) {
        if (run->pids[i] == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_there(const struct run *run, int input) {
    char path[PATH_MAX], first[PATH_MAX];
    name_output(run->batch->folder, run->batch->inputs[input], EXTENSION, path);
    return segments_name(path, run->batch->segmented, first, sizeof first) &&
           access(first, F_OK) == 0;
}

static enum exit_code summarise(const struct run *run) {
    LOG(INFO, "%d annotated, %d already there, %d failed", run->n_done, run->n_there,
        run->n_failed);
    if (stop_signal_raised()) {
        return EXIT_CODE_INTERRUPTED;
    }
    if (run->n_failed > 0) {
        return run->n_done + run->n_there > 0 ? EXIT_CODE_PARTIAL : run->worst;
    }
    return run->n_partial > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

enum exit_code annotate_batch_run(const struct annotate_batch *batch) {
    struct run run = {.batch = batch};
    bool good = true;
    if (batch->n_options > MAX_WORDS) {
        LOG(ERROR, "more than %d words of options; leave some out", MAX_WORDS);
        return EXIT_CODE_USAGE;
    }
    if (!check_names(batch)) {
        return EXIT_CODE_USAGE;
    }
    if (!make_folder(batch->folder) ||
        (batch->events_folder && !make_folder(batch->events_folder)) ||
        (batch->csv_folder && !make_folder(batch->csv_folder))) {
        return EXIT_CODE_OUTPUT;
    }
    stop_signal_install();
    for (int i = 0; i < batch->n_inputs && good && !stop_signal_raised();) {
        int slot = free_slot(&run);
        if (is_there(&run, i)) {
            run.n_there++;
            i++;
        } else if (slot < 0) {
            wait_for_one(&run);
        } else {
            good = start(&run, slot, i++);
        }
    }
    for (bool asked = false; run.n_running > 0;) {
        if (stop_signal_raised() && !asked) {
            ask_to_stop(&run);
            asked = true;
        }
        wait_for_one(&run);
    }
    enum exit_code code = summarise(&run);
    return good ? code : EXIT_CODE_USAGE;
}
