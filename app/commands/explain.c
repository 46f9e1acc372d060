// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/explain_sheet.h"
#include "app/analysis/attention_map.h"
#include "app/commands/shared_options.h"
#include "app/system/model_files.h"
#include "app/reports/occlusion.h"
#include "app/photos/photo_search.h"
#include "app/system/same_file.h"
#include "app/commands/command.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"

#include <stdlib.h>
#include <string.h>

struct explain {
    const char *out, *model, *layers, *label;
    struct classifier *classifier;
    struct graph *graph; // the same model, for a look inside
    struct landmark_file landmarks;
    struct photo_finder *finder;
    struct image chip;
    struct explanation sheet;
    float probabilities[MODEL_MAX_LABELS];
    char note[64];
};

// ---- what is asked for ----

static bool find_label(struct explain *job) {
    const struct model_info *info = classifier_info(job->classifier);
    job->sheet.label = info->smile_label < 0 ? 0 : info->smile_label;
    if (!job->label) {
        return true;
    }
    for (int i = 0; i < info->n_labels; i++) {
        if (strcmp(info->labels[i], job->label) == 0) {
            job->sheet.label = i;
            return true;
        }
    }
    LOG(ERROR, "explain: the model has no label '%s'; 'smilecam model info' lists its labels",
        job->label);
    return false;
}

static bool has_maps(const struct graph *graph, int layer) {
    struct shape shape = graph->nodes[layer].shape;
    return layer > 0 && shape.h * shape.w > 1;
}

static bool parse_layers(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    for (const char *at = job->layers;;) {
        char *end;
        long layer = strtol(at, &end, 10);
        if (end == at || (*end && *end != ',') || layer < 0 || layer >= job->graph->n_nodes ||
            !has_maps(job->graph, (int)layer)) {
            LOG(ERROR,
                "explain: --layers %s: expected numbers of layers that have maps, such as 1,5; "
                "'smilecam model info' lists them",
                job->layers);
            return false;
        }
        if (sheet->n_layers == SHEET_LAYERS) {
            LOG(ERROR, "explain: --layers takes at most %d layers", SHEET_LAYERS);
            return false;
        }
        sheet->layers[sheet->n_layers++] = (int)layer;
        if (!*end) {
            return true;
        }
        at = end + 1;
    }
}

// The last layer of each size, where most has been made of it.
static void choose_layers(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    const struct node *nodes = job->graph->nodes;
    for (int i = 1; i < job->graph->n_nodes; i++) {
        bool last = has_maps(job->graph, i);
        for (int j = i + 1; last && j < job->graph->n_nodes; j++) {
            last = nodes[j].shape.h != nodes[i].shape.h || nodes[j].shape.w != nodes[i].shape.w;
        }
        if (last && sheet->n_layers < SHEET_LAYERS) {
            sheet->layers[sheet->n_layers++] = i;
        }
    }
}

// ---- the work ----

static bool open_model(struct explain *job) {
    char shipped[MODEL_PATH_LEN];
    const char *path = model_file_find(job->model, shipped);
    job->classifier = classifier_create(path, OCCLUSION_BATCH);
    job->graph = job->classifier ? onnx_read(path, NULL) : NULL;
    if (!job->graph || !find_label(job) || (job->layers && !parse_layers(job))) {
        return false;
    }
    if (!job->layers) {
        choose_layers(job);
    }
    int size = classifier_info(job->classifier)->chip_size;
    return image_init(&job->chip, size, size, PIXEL_GREY8);
}

// Cuts the main face out. False (logged) without one.
static bool cut_face(struct explain *job, const char *path) {
    struct image picture = {0}, grey = {0};
    struct face faces[MAX_FACES];
    int n = -1;
    bool cut = false;
    if (picture_read(path, &picture)) {
        n = photo_find_faces(job->finder, &picture, false, &grey, faces, MAX_FACES, NULL);
    }
    if (n == 0) {
        LOG(ERROR, "%s: no face found; choose a picture of a face that looks at the camera", path);
    } else if (n > 0) {
        float padding = classifier_info(job->classifier)->chip_padding;
        cut = face_chip(&grey, faces[photo_main_face(faces, n)].points, padding, &job->chip);
        snprintf(job->note, sizeof job->note, "the main one of %d faces", n);
        job->sheet.note = n > 1 ? job->note : NULL;
    }
    image_finish(&grey);
    image_finish(&picture);
    return cut;
}

static float mean_of(const float *x, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / (float)n;
}

static bool find_map(struct explain *job) {
    const struct model_info *info = classifier_info(job->classifier);
    int n = info->map_width * info->map_height;
    if (n == 0) {
        return true;
    }
    float *cells = calloc((size_t)n, sizeof *cells);
    bool found = cells && classifier_map(job->classifier, 0, job->sheet.label, cells);
    if (found) {
        attention_map_fill(&job->sheet.map, info, cells);
        job->sheet.map_mean = mean_of(cells, n);
    } else {
        log_no_memory("the attention map");
    }
    free(cells);
    return found;
}

// What one layer makes of the network's input. NULL (logged) without memory.
static real *run_up_to(const struct graph *graph, int layer, const real *input) {
    struct graph *part = graph_excerpt(graph, layer);
    struct plan *plan = part ? plan_create(part, 1, cpu_kernels()) : NULL;
    real *features = plan ? calloc(shape_len(graph->nodes[layer].shape), sizeof *features) : NULL;
    if (features) {
        plan_run(plan, input, 1, features);
    } else if (plan) {
        log_no_memory("the features of layer %d", layer);
    }
    plan_destroy(plan);
    graph_destroy(part);
    return features;
}

static bool look_inside(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    int size = classifier_info(job->classifier)->input_size;
    real *input = calloc((size_t)size * (size_t)size, sizeof *input);
    if (!input) {
        return log_no_memory("the network's input");
    }
    bool seen = true;
    classifier_input(&job->chip, size, input);
    for (int i = 0; seen && i < sheet->n_layers; i++) {
        sheet->features[i] = run_up_to(job->graph, sheet->layers[i], input);
        seen = sheet->features[i] != NULL;
    }
    free(input);
    return seen;
}

static enum exit_code explain_face(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    struct image drawn = {0};
    classifier_run(job->classifier, &job->chip, 1, job->probabilities);
    if (!find_map(job) || !occlusion_map(job->classifier, &job->chip, sheet->label,
                                         &sheet->occlusion, &sheet->strongest)) {
        return EXIT_CODE_USAGE;
    }
    if (!look_inside(job)) {
        return EXIT_CODE_USAGE;
    }
    sheet->info = classifier_info(job->classifier);
    sheet->probabilities = job->probabilities;
    sheet->chip = &job->chip;
    sheet->graph = job->graph;
    if (!explain_sheet(sheet, &drawn)) {
        return EXIT_CODE_USAGE;
    }
    bool written = picture_write(job->out, &drawn);
    image_finish(&drawn);
    return written ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
}

static enum exit_code explain(struct explain *job, const char *path) {
    const char *slash = strrchr(path, '/');
    enum exit_code code = EXIT_CODE_USAGE;
    job->sheet.picture = slash ? slash + 1 : path;
    if (open_model(job) && landmark_file_usable(&job->landmarks) &&
        (job->finder = photo_finder_create())) {
        code = cut_face(job, path) ? explain_face(job) : EXIT_CODE_INPUT;
    }
    photo_finder_destroy(job->finder);
    image_finish(&job->chip);
    for (int i = 0; i < job->sheet.n_layers; i++) {
        free(job->sheet.features[i]);
    }
    graph_destroy(job->graph);
    classifier_destroy(job->classifier);
    return code;
}

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct explain, out, .argument = "FILE",
           .help = N_("image to write (.png, .jpg)")),
    OPTION("layers", 0, TEXT, struct explain, layers, .argument = "N,N...",
           .help = N_("layers whose feature maps are shown (default: the last of each size)")),
    OPTION("label", 0, TEXT, struct explain, label, .argument = "NAME",
           .help = N_("label to explain (default: smile)")),
    MODEL_OPTION(struct explain, model),
    OPTION_GROUP(landmark_options, struct explain, landmarks),
};

static const struct option_table table = {
    .command = "explain",
    .operands = "IMAGE",
    .summary = N_(
        "Draws where the network looks in the main face of a photograph, and what its layers see."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = 1,
};

static enum exit_code run(int argc, char **argv) {
    struct explain job = {0};
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &job, &operands, &code)) {
        return code;
    }
    const char *path = operands.items[0];
    if (!job.out) {
        LOG(ERROR, "explain needs -o FILE, the image to write; see 'smilecam explain --help'");
        return EXIT_CODE_USAGE;
    }
    if (same_file(path, job.out)) {
        LOG(ERROR, "%s: this is the input; choose another name for the output", path);
        return EXIT_CODE_USAGE;
    }
    if (!picture_can_write(job.out)) {
        return EXIT_CODE_USAGE;
    }
    return explain(&job, path);
}

const struct command command_explain = {"explain", N_("draw what the network sees in a face"),
                                        &table, run};
