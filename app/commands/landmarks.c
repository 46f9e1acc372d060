// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/command.h"
#include "app/commands/shared_options.h"
#include "app/photos/landmark_set.h"
#include "app/reports/landmark_report.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    const char *output;
    const char *measured; // a model that is there already
    int seed, copies;
    struct landmark_file landmarks;
};

// Turned heads are shown more often: few are.
static int copies_of(const struct landmark_face *face, int copies) {
    bool varied = strcmp(face->set, "aflw") == 0;
    return copies * (varied ? 2 : 1) * (face->pose != 3 ? 2 : 1);
}

static bool train(const struct landmark_set *set, const struct settings *settings) {
    struct face_example *examples = calloc((size_t)set->n, sizeof *examples);
    int n = 0;
    for (int i = 0; examples && i < set->n; i++) {
        if (!set->faces[i].held_out) {
            examples[n] = set->faces[i].example;
            examples[n++].copies = copies_of(&set->faces[i], settings->copies);
        }
    }
    LOG(INFO, "%d faces to learn from, %d held out, %d pictures that cannot be read", n, set->n - n,
        set->n_unreadable);
    if (n == 0) {
        LOG(ERROR, "%s", examples ? "no face is left to learn from" : "no memory for the faces");
    }
    bool ok = n > 0 && face_points_train(examples, n, (uint64_t)settings->seed, settings->output);
    free(examples);
    return ok;
}

static enum exit_code measure(const struct landmark_set *set, const struct settings *settings) {
    const char *path = settings->measured ? settings->measured : settings->output;
    struct face_points *model = face_points_create(path);
    struct landmarks *all = model ? landmarks_create(&settings->landmarks) : NULL;
    if (model && !all) {
        LOG(WARNING, "the 68 landmarks are not compared");
    }
    bool ok = model && landmark_report_print(set, model, all);
    landmarks_destroy(all);
    face_points_destroy(model);
    return ok ? EXIT_CODE_OK : EXIT_CODE_INPUT;
}

static enum exit_code run_with(const char *input, const struct settings *settings) {
    struct landmark_set set;
    enum exit_code code = EXIT_CODE_INPUT;
    if (landmark_set_open(&set, input)) {
        bool there = settings->measured || train(&set, settings);
        code = there ? measure(&set, settings) : EXIT_CODE_OUTPUT;
        code = code == EXIT_CODE_OK && set.n_unreadable > 0 ? EXIT_CODE_PARTIAL : code;
        landmark_set_close(&set);
    }
    return code;
}

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct settings, output, .argument = "FILE",
           .help = N_("landmark file to write")),
    OPTION("measure", 0, TEXT, struct settings, measured, .argument = "FILE",
           .help = N_("measure this landmark file; do not train")),
    OPTION("copies", 0, INT, struct settings, copies, .argument = "N",
           .help = N_("training copies of a frontal face; turned ones get twice as many"),
           .fallback = "2", .minimum = 1, .maximum = 100),
    OPTION("seed", 0, INT, struct settings, seed, .argument = "N",
           .help = N_("seed of all random choices"), .fallback = "1", .maximum = 1000000),
    OPTION_GROUP(landmark_options, struct settings, landmarks),
};

static const struct option_table table = {
    .command = "landmarks",
    .operands = "DATASET",
    .summary =
        N_("Learns where eyes, nose and the corners of the mouth are from a folder or tar with "
           "points.csv and boxes.csv, and measures it on the faces held out."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = 1,
};

static enum exit_code run(int argc, char **argv) {
    struct settings settings = {0};
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &settings, &operands, &code)) {
        return code;
    }
    if (!settings.output && !settings.measured) {
        LOG(ERROR, "landmarks: say where to write the landmarks: -o FILE");
        return EXIT_CODE_USAGE;
    }
    return run_with(operands.items[0], &settings);
}

const struct command command_landmarks = {
    "landmarks", N_("learn where the parts of a face are, from labelled points"), &table, run};
