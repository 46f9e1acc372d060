// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_classifier.h"
#include "app/system/standard_streams.h"
#include "app/system/folder_list.h"
#include "app/system/json.h"
#include "app/commands/shared_options.h"
#include "app/photos/photo_search.h"
#include "app/system/signals.h"
#include "app/commands/command.h"

#include "core/base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct classify {
    struct photo_finder *finder;
    struct smile_classifier *classifier;
    struct image grey;
    struct landmark_file landmarks;
    const char *model;
    struct operating_point point;
    bool json, portrait;
    int n_read, n_failed;
    bool output_failed;
};

static void write_json(struct classify *job, json_t *object) {
    if (!json_write_line(object, stdout)) {
        standard_output_fail();
        job->output_failed = true;
    }
}

static void report_failure(struct classify *job, const char *path) {
    job->n_failed++;
    if (job->json) {
        write_json(job, json_pack("{s:i, s:o, s:s}", "v", 1, "path", json_text(path), "error",
                                  "unreadable"));
    }
}

static void report_no_face(struct classify *job, const char *path) {
    if (job->json) {
        write_json(job, json_pack("{s:i, s:o, s:i}", "v", 1, "path", json_text(path), "faces", 0));
    } else {
        printf("%s: no face found\n", path);
    }
}

// By label; nothing for a model with two, of which one says all.
static json_t *json_probabilities(const struct model_info *info, const float *probabilities) {
    json_t *all = info->n_labels > 2 ? json_object() : NULL;
    for (int k = 0; all && k < info->n_labels; k++) {
        json_object_set_new(all, info->labels[k], json_rounded(probabilities[k], 4));
    }
    return all;
}

static void report_face(struct classify *job, const char *path, const struct sighting *sighting,
                        int index, int n) {
    const struct model_info *info = smile_classifier_info(job->classifier);
    const float *probabilities = sighting->probabilities;
    const struct box *box = &sighting->face.box;
    int label = smile_classifier_label(info, probabilities, sighting->smile >= info->threshold);
    if (job->json) {
        write_json(job, json_pack("{s:i, s:o, s:i, s:i, s:s, s:o, s:o, s:o, s:o*}", "v", 1, "path",
                                  json_text(path), "faces", n, "face", index + 1, "label",
                                  info->labels[label], "probability",
                                  json_rounded(probabilities[label], 4), "score",
                                  json_rounded(sighting->smile, 4), "box", json_box(box),
                                  "probabilities", json_probabilities(info, probabilities)));
    } else {
        printf("%s: face %d: %s %.2f at %.0f,%.0f %.0fx%.0f\n", path, index + 1,
               info->labels[label], (double)probabilities[label], (double)box->x, (double)box->y,
               (double)box->w, (double)box->h);
    }
}

static void classify_picture(struct classify *job, const char *path) {
    struct image picture = {0};
    struct face faces[MAX_FACES];
    struct sighting sightings[MAX_FACES];
    int n = -1;
    if (picture_read(path, &picture)) {
        n = photo_find_faces(job->finder, &picture, job->portrait, &job->grey, faces, MAX_FACES,
                             NULL);
        image_finish(&picture);
    }
    if (n < 0) {
        report_failure(job, path);
        return;
    }
    job->n_read++;
    if (n == 0) {
        report_no_face(job, path);
    }
    for (int i = 0; i < n; i++) {
        sightings[i] = (struct sighting){.face = faces[i]};
    }
    smile_classifier_read(job->classifier, &job->grey, sightings, n);
    for (int i = 0; i < n && !job->output_failed && !stop_signal_raised(); i++) {
        report_face(job, path, &sightings[i], i, n);
    }
    if (!job->output_failed && fflush(stdout) != 0) {
        job->output_failed = true;
        standard_output_fail();
    }
}

static void classify_path(struct classify *job, const char *path) {
    struct stat status;
    struct folder_list list;
    int n_failed = job->n_failed;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        classify_picture(job, path);
        return;
    }
    if (!folder_list_init(&list, path)) {
        report_failure(job, path);
        return;
    }
    if (list.n == 0) {
        LOG(ERROR, "%s: no images in this folder", path);
        report_failure(job, path);
    }
    for (int i = 0; i < list.n && !job->output_failed && !stop_signal_raised(); i++) {
        classify_picture(job, list.paths[i]);
    }
    if (list.n > 0 && job->n_failed > n_failed) {
        LOG(WARNING, "%s: %d of %d pictures could not be read", path, job->n_failed - n_failed,
            list.n);
    }
    folder_list_finish(&list);
}

static enum exit_code exit_code(const struct classify *job) {
    if (job->output_failed) {
        return EXIT_CODE_OUTPUT;
    }
    if (job->n_failed > 0) {
        return job->n_read > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_INPUT;
    }
    return EXIT_CODE_OK;
}

static enum exit_code classify_paths(struct classify *job, const struct operands *paths) {
    enum exit_code code = EXIT_CODE_USAGE;
    stop_signal_install();
    job->classifier = smile_classifier_create(job->model, &job->point);
    bool ready = job->classifier && landmark_file_usable(&job->landmarks);
    job->finder = ready ? photo_finder_create() : NULL;
    if (job->finder) {
        for (int i = 0; i < paths->n && !job->output_failed && !stop_signal_raised(); i++) {
            classify_path(job, paths->items[i]);
        }
        code = stop_signal_raised() ? EXIT_CODE_INTERRUPTED : exit_code(job);
    }
    image_finish(&job->grey);
    photo_finder_destroy(job->finder);
    smile_classifier_destroy(job->classifier);
    return code;
}

static const struct option_spec specs[] = {
    OPTION("json", 0, FLAG, struct classify, json, .help = N_("print JSON Lines instead of text")),
    OPTION("portrait", 0, FLAG, struct classify, portrait,
           .help = N_("assume that every photograph shows a face: if none is clear, use the most "
                      "likely place")),
    MODEL_OPTION(struct classify, model),
    OPTION_GROUP(operating_point_options, struct classify, point),
    OPTION_GROUP(landmark_options, struct classify, landmarks),
};

static const struct option_table table = {
    .command = "classify",
    .operands = "IMAGE...",
    .summary = N_("Prints, for each face in photographs or folders of them, whether it smiles."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = -1,
};

static enum exit_code run(int argc, char **argv) {
    struct classify job = {0};
    struct operands paths;
    enum exit_code code;
    return command_parse(&table, argc, argv, &job, &paths, &code) ? classify_paths(&job, &paths)
                                                                  : code;
}

const struct command command_classify = {
    "classify", N_("print a line for each face in photographs"), &table, run};
