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
#include "core/run/autoencoder.h"
#include "core/run/deconvolution.h"

#include <stdlib.h>
#include <string.h>

struct explain {
    const char *out, *model, *layers, *label;
    struct classifier *classifier; // NULL: the model is an autoencoder
    struct graph *graph;           // the same model, for a look inside
    struct model_info info;
    struct deconvolution *inside;
    real *input, *picture; // of the network; what an autoencoder makes of it
    struct landmark_file landmarks;
    struct photo_finder *finder;
    struct image chip;
    struct explanation sheet;
    float probabilities[MODEL_MAX_LABELS];
    char note[64];
};

// ---- what is asked for ----

static bool find_label(struct explain *job) {
    const struct model_info *info = &job->info;
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
    if (!job->classifier) {
        LOG(ERROR, "explain: --label %s: the model is an autoencoder, which has no labels",
            job->label);
        return false;
    }
    LOG(ERROR, "explain: the model has no label '%s'; 'smilecam model info' lists its labels",
        job->label);
    return false;
}

static bool parse_layers(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    for (const char *at = job->layers;;) {
        char *end;
        long layer = strtol(at, &end, 10);
        if (end == at || (*end && *end != ',') || layer < 1 || layer >= job->graph->n_nodes) {
            LOG(ERROR,
                "explain: --layers %s: expected numbers of layers, such as 1,5; 'smilecam model "
                "info' lists them",
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

static bool has_maps(const struct graph *graph, int layer) {
    struct shape shape = graph->nodes[layer].shape;
    return shape.h * shape.w > 1;
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
    struct metadata metadata = {0};
    const char *path = model_file_find(job->model, shipped);
    job->graph = onnx_read(path, &metadata);
    if (!job->graph) {
        return false;
    }
    if (autoencoder_is(job->graph)) {
        model_geometry_read(job->graph, &metadata, &job->info);
    } else {
        job->classifier = classifier_create(path, OCCLUSION_BATCH);
        if (!job->classifier) {
            return false;
        }
        job->info = *classifier_info(job->classifier);
    }
    if (!find_label(job) || (job->layers && !parse_layers(job))) {
        return false;
    }
    if (!job->layers) {
        choose_layers(job);
    }
    return image_init(&job->chip, job->info.chip_size, job->info.chip_size, PIXEL_GREY8);
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
        cut = face_chip(&grey, faces[photo_main_face(faces, n)].points, job->info.chip_padding,
                        &job->chip);
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
    const struct model_info *info = &job->info;
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

static bool look_inside(struct explain *job) {
    size_t n = (size_t)job->info.input_size * (size_t)job->info.input_size;
    job->input = calloc(2 * n, sizeof *job->input);
    if (!job->input) {
        return log_no_memory("the network's input");
    }
    classifier_input(&job->chip, job->info.input_size, job->input);
    job->inside = deconvolution_create(job->graph, job->input, cpu_kernels());
    if (job->inside && !job->classifier) {
        const real *made = deconvolution_features(job->inside, graph_output(job->graph));
        job->picture = job->input + n;
        memcpy(job->picture, made, n * sizeof *made);
        job->sheet.loss = autoencoder_loss(job->graph, job->input, made, n, NULL);
        autoencoder_picture(job->graph, job->picture, n);
    }
    return job->inside;
}

static bool find_causes(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    if (!job->classifier) {
        return true;
    }
    classifier_run(job->classifier, &job->chip, 1, job->probabilities);
    return find_map(job) && occlusion_map(job->classifier, &job->chip, sheet->label,
                                          &sheet->occlusion, &sheet->strongest);
}

static enum exit_code explain_face(struct explain *job) {
    struct explanation *sheet = &job->sheet;
    struct image drawn = {0};
    if (!find_causes(job) || !look_inside(job)) {
        return EXIT_CODE_USAGE;
    }
    sheet->info = &job->info;
    sheet->probabilities = job->probabilities;
    sheet->chip = &job->chip;
    sheet->graph = job->graph;
    sheet->inside = job->inside;
    sheet->input = job->input;
    sheet->reconstruction = job->picture;
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
    deconvolution_destroy(job->inside);
    free(job->input);
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
    .summary = N_("Draws where the network looks in the main face of a photograph, what its layers "
                  "make of it, and "
                  "what their maps see; of an autoencoder, what it makes again."),
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
