// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/epochs.h"

#include "app/cli/progress.h"
#include "app/system/signals.h"

#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

struct sitting {
    const struct epochs *epochs;
    struct progress progress; // of this sitting, so that the time left is true after a resume too
};

bool epochs_resume(const struct epochs *e) {
    return access(e->checkpoint, F_OK) != 0 || trainer_load(e->trainer, e->checkpoint);
}

static double steps_left(const struct epochs *e) {
    return (double)trainer_steps_per_epoch(e->trainer) * (e->n - trainer_epochs_done(e->trainer));
}

static bool on_step(void *arg, int step, double loss) {
    struct sitting *sitting = arg;
    const struct epochs *e = sitting->epochs;
    char note[96];
    snprintf(note, sizeof note, "epoch %d/%d, step %d/%d, loss %.3f",
             trainer_epochs_done(e->trainer) + 1, e->n, step, trainer_steps_per_epoch(e->trainer),
             loss);
    progress_show(&sitting->progress, sitting->progress.total - steps_left(e) + step, note);
    return !stop_signal_raised();
}

static enum exit_code interrupted(const struct epochs *e) {
    int done = trainer_epochs_done(e->trainer);
    if (done == 0) {
        LOG(ERROR, "interrupted in the first epoch; there is nothing to resume from");
    } else {
        LOG(ERROR, "interrupted after %d epochs; the same command resumes from %s", done,
            e->checkpoint);
    }
    return EXIT_CODE_INTERRUPTED;
}

static enum exit_code report(struct sitting *sitting, double loss) {
    const struct epochs *e = sitting->epochs;
    double done = sitting->progress.total - steps_left(e);
    double elapsed = progress_elapsed_s(&sitting->progress);
    char left[32], note[96] = "";
    progress_format_time(elapsed / done * steps_left(e), left);
    enum exit_code code = e->after
                              ? e->after(e->arg, loss, done * e->batch / elapsed, note, sizeof note)
                              : EXIT_CODE_OK;
    LOG(INFO, "epoch %3d/%d  loss %.4f%s  %s left", trainer_epochs_done(e->trainer), e->n, loss,
        note, left);
    return code;
}

enum exit_code epochs_run(const struct epochs *e) {
    struct sitting sitting = {.epochs = e};
    enum exit_code code = EXIT_CODE_OK;
    progress_begin(&sitting.progress, "training", steps_left(e));
    while (code == EXIT_CODE_OK && trainer_epochs_done(e->trainer) < e->n) {
        double loss = trainer_run_epoch(e->trainer, on_step, &sitting);
        progress_end(&sitting.progress);
        if (stop_signal_raised() && isnan(loss)) {
            return interrupted(e);
        }
        if (!isfinite(loss)) {
            LOG(ERROR,
                "training diverged (the loss is not a number); try a smaller --learning-rate");
            return EXIT_CODE_USAGE;
        }
        code = trainer_save(e->trainer, e->checkpoint) ? report(&sitting, loss) : EXIT_CODE_OUTPUT;
    }
    return code;
}
