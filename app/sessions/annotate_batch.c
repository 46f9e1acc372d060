// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"

#include "core/base/log.h"
#include "app/cli/progress.h"
#include "app/sessions/batch_share.h"
#include "app/sessions/batch_table.h"
#include "app/sinks/provenance.h"
#include "app/system/signals.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_JOBS 64
#define MAX_WORDS 64
#define NAMED_FAILURES 5

extern char **environ;

struct job {
    pid_t pid;                      // 0: free
    int input;                      // that it works on
    bool wanted[BATCH_MAX_OUTPUTS]; // by it
    bool wants_row;                 // in the summary of all
};

struct run {
    const struct annotate_batch *batch;
    struct job jobs[MAX_JOBS];
    struct batch_share *share;
    struct batch_table table;
    struct progress progress;
    double *sizes; // of the inputs, bytes
    double bytes_done, media_done_s;
    int64_t frames_done;
    int n_running, n_done, n_there, n_partial, n_failed;
    int failures[NAMED_FAILURES];
    int worst; // exit code of a failure
};

// ---- processes ----

// Each output as this job has it, behind what the user said of it.
static int add_outputs(const struct annotate_batch *batch, const struct job *job, char **words,
                       int n, char paths[][PATH_MAX]) {
    for (int i = 0; i < batch->n_outputs; i++) {
        const struct batch_output *output = &batch->outputs[i];
        snprintf(paths[i], PATH_MAX, "%s", BATCH_NOWHERE);
        if (job->wanted[i]) {
            batch_name(output, batch->inputs[job->input], !output->own_parts, paths[i]);
        }
        words[n++] = output->option;
        words[n++] = paths[i];
    }
    return n;
}

static bool start(struct run *run, int slot) {
    const struct annotate_batch *batch = run->batch;
    struct job *job = &run->jobs[slot];
    char paths[BATCH_MAX_OUTPUTS][PATH_MAX], row[PATH_MAX] = BATCH_NOWHERE;
    if (job->wants_row) {
        batch_table_part(&run->table, slot, row);
    }
    char *words[MAX_WORDS + 2 * BATCH_MAX_OUTPUTS + 10] = {"smilecam", "annotate", "-q"};
    int n = 3;
    for (int i = 0; i < batch->n_options; i++) {
        words[n++] = batch->options[i];
    }
    n = add_outputs(batch, job, words, n, paths);
    if (batch->summary) {
        words[n++] = (char *)"--summary";
        words[n++] = row;
    }
    words[n++] = "--";
    words[n++] = batch->inputs[job->input];
    batch_share_clear(run->share, slot);
    batch_share_lend(run->share, slot);
    int error = posix_spawn(&job->pid, "/proc/self/exe", NULL, NULL, words, environ);
    if (error != 0) {
        job->pid = 0;
        LOG(ERROR, "cannot start another smilecam: %s", strerror(error));
        return false;
    }
    run->n_running++;
    return true;
}

// Gives the job's outputs their names.
static bool settle(const struct annotate_batch *batch, const struct job *job) {
    char part[PATH_MAX], name[PATH_MAX];
    for (int i = 0; i < batch->n_outputs; i++) {
        const struct batch_output *output = &batch->outputs[i];
        if (!job->wanted[i] || output->own_parts) {
            continue;
        }
        batch_name(output, batch->inputs[job->input], true, part);
        batch_name(output, batch->inputs[job->input], false, name);
        if (!provenance_rename_beside(part, name) || rename(part, name) != 0) {
            LOG(ERROR, "%s: cannot be renamed to %s: %s", part, name, strerror(errno));
            return false;
        }
    }
    return true;
}

static void note_failure(struct run *run, int input, enum exit_code code) {
    if (run->n_failed < NAMED_FAILURES) {
        run->failures[run->n_failed] = input;
    }
    run->n_failed++;
    run->worst = code;
}

static void note_progress(struct run *run, int slot, bool good) {
    struct batch_place place = batch_share_read(run->share, slot);
    run->bytes_done += run->sizes[run->jobs[slot].input];
    run->media_done_s += good ? place.media_s : 0;
    run->frames_done += good ? place.n_frames : 0;
}

static void note_end(struct run *run, int slot, int status) {
    struct job *job = &run->jobs[slot];
    const char *input = run->batch->inputs[job->input];
    enum exit_code code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_CODE_OUTPUT;
    bool good = code == EXIT_CODE_OK || code == EXIT_CODE_PARTIAL;
    job->pid = 0;
    run->n_running--;
    note_progress(run, slot, good);
    if (WIFSIGNALED(status)) {
        LOG(ERROR, "%s: its process was ended by signal %d", input, WTERMSIG(status));
    }
    if (good &&
        (!settle(run->batch, job) || (job->wants_row && !batch_table_add(&run->table, slot)))) {
        good = false;
        code = EXIT_CODE_OUTPUT;
    }
    if (good) {
        run->n_done++;
        run->n_partial += code == EXIT_CODE_PARTIAL;
        progress_end(&run->progress);
        LOG(INFO, "%d of %d: %s%s", run->n_done + run->n_there, run->batch->n_inputs, input,
            code == EXIT_CODE_PARTIAL ? " (not whole)" : "");
    } else if (code != EXIT_CODE_INTERRUPTED) {
        note_failure(run, job->input, code);
    }
}

static void show_progress(struct run *run) {
    double bytes = run->bytes_done, media_s = run->media_done_s;
    double elapsed_s = progress_elapsed_s(&run->progress), frames = (double)run->frames_done;
    char note[96];
    for (int i = 0; i < MAX_JOBS; i++) {
        if (run->jobs[i].pid > 0) {
            struct batch_place place = batch_share_read(run->share, i);
            bytes += place.share * run->sizes[run->jobs[i].input];
            media_s += place.media_s;
            frames += (double)place.n_frames;
        }
    }
    snprintf(note, sizeof note, "%d of %d videos, %.1f frames/s, %.1f times real time",
             run->n_done + run->n_there, run->batch->n_inputs, frames / fmax(elapsed_s, 0.001),
             media_s / fmax(elapsed_s, 0.001));
    progress_show(&run->progress, bytes, note);
}

// Waits until one has ended or a moment has passed.
static void wait_for_one(struct run *run) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    for (int i = 0; i < MAX_JOBS; i++) {
        if (pid > 0 && run->jobs[i].pid == pid) {
            note_end(run, i, status);
            return;
        }
    }
    show_progress(run);
    usleep(20000);
}

static void ask_to_stop(const struct run *run) {
    for (int i = 0; i < MAX_JOBS; i++) {
        if (run->jobs[i].pid > 0) {
            kill(run->jobs[i].pid, SIGTERM);
        }
    }
}

static int free_slot(const struct run *run) {
    for (int i = 0; i < run->batch->n_jobs && i < MAX_JOBS; i++) {
        if (run->jobs[i].pid == 0) {
            return i;
        }
    }
    return -1;
}

// ---- the whole ----

// What is to be made of an input. False when all of it is there.
static bool find_wanted(const struct run *run, int input, struct job *job) {
    const struct annotate_batch *batch = run->batch;
    *job = (struct job){.input = input};
    job->wants_row = batch->summary && !batch_table_has(&run->table, batch->inputs[input]);
    bool any = job->wants_row;
    for (int i = 0; i < batch->n_outputs; i++) {
        job->wanted[i] = batch->overwrite || !batch_is_there(batch, i, batch->inputs[input]);
        any = any || job->wanted[i];
    }
    return any;
}

// The sizes of the videos that are to be made, for the time left; a stream has none.
static double measure_inputs(struct run *run) {
    double total = 0;
    for (int i = 0; i < run->batch->n_inputs; i++) {
        struct stat status;
        struct job unused;
        bool sized = stat(run->batch->inputs[i], &status) == 0 && S_ISREG(status.st_mode);
        run->sizes[i] = sized ? (double)status.st_size : 1;
        total += find_wanted(run, i, &unused) ? run->sizes[i] : 0;
    }
    return total;
}

static void name_failures(const struct run *run, char *text, size_t size) {
    int named = run->n_failed < NAMED_FAILURES ? run->n_failed : NAMED_FAILURES;
    size_t len = 0;
    text[0] = '\0';
    for (int i = 0; i < named && len < size; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s%s", i ? ", " : ": ",
                                run->batch->inputs[run->failures[i]]);
    }
    if (run->n_failed > named && len < size) {
        snprintf(text + len, size - len, " and %d more", run->n_failed - named);
    }
}

static enum exit_code summarise(const struct run *run) {
    char failures[1024];
    name_failures(run, failures, sizeof failures);
    LOG(INFO, "%d annotated, %d already there, %d failed%s", run->n_done, run->n_there,
        run->n_failed, failures);
    if (stop_signal_raised()) {
        return EXIT_CODE_INTERRUPTED;
    }
    if (run->n_failed > 0) {
        return run->n_done + run->n_there > 0 ? EXIT_CODE_PARTIAL : run->worst;
    }
    return run->n_partial > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

// False (logged) when a process could not be started.
static bool run_all(struct run *run) {
    bool good = true;
    for (int i = 0; i < run->batch->n_inputs && good && !stop_signal_raised();) {
        struct job job;
        int slot = free_slot(run);
        if (!find_wanted(run, i, &job)) {
            run->n_there++;
            i++;
        } else if (slot < 0) {
            wait_for_one(run);
        } else {
            run->jobs[slot] = job;
            good = start(run, slot);
            i++;
        }
    }
    for (bool asked = false; run->n_running > 0;) {
        if (stop_signal_raised() && !asked) {
            ask_to_stop(run);
            asked = true;
        }
        wait_for_one(run);
    }
    return good;
}

enum exit_code annotate_batch_run(const struct annotate_batch *batch) {
    struct run run = {.batch = batch};
    enum exit_code code = EXIT_CODE_USAGE;
    if (batch->n_options > MAX_WORDS) {
        LOG(ERROR, "more than %d words of options; leave some out", MAX_WORDS);
        return EXIT_CODE_USAGE;
    }
    if (!batch_check_names(batch)) {
        return EXIT_CODE_USAGE;
    }
    if (!batch_make_folders(batch) ||
        !batch_table_open(&run.table, batch->summary, batch->overwrite)) {
        return EXIT_CODE_OUTPUT;
    }
    stop_signal_install();
    run.sizes = calloc((size_t)batch->n_inputs, sizeof *run.sizes);
    run.share = batch_share_create(MAX_JOBS);
    if (run.sizes && run.share) {
        progress_begin(&run.progress, "annotating", measure_inputs(&run));
        bool good = run_all(&run);
        progress_end(&run.progress);
        code = summarise(&run);
        code = good ? code : EXIT_CODE_USAGE;
    }
    batch_share_destroy(run.share);
    batch_table_close(&run.table);
    free(run.sizes);
    return code;
}
