// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/bench_clip.h"
#include "app/system/standard_streams.h"
#include "app/commands/bench_stages.h"
#include "app/system/json.h"
#include "app/commands/shared_options.h"
#include "app/commands/command.h"

#include "core/base/log.h"

#include <errno.h>
#include <string.h>

#define MAX_RESULTS 32

struct bench {
    int width, height, runs, frames;
    const char *model, *clip;
    struct landmark_file landmarks;
    bool json, scaling;
    int n_results; // for the plot
    char names[MAX_RESULTS][64];
    double cpu_ms[MAX_RESULTS];
};

struct scene {
    int width, height, n_faces;
};

// ---- analysis as a whole ----

static bool print_cost(const struct bench *b, const char *name, const struct bench_cost *cost) {
    if (b->json) {
        json_t *line = json_pack(
            "{s:o, s:o, s:o, s:o, s:o}", "clip", json_text(name), "faces",
            json_rounded(cost->faces, 2), "cpu_ms", json_rounded(cost->cpu_ms, 3), "p50_ms",
            json_rounded(cost->p50_ms, 3), "p99_ms", json_rounded(cost->p99_ms, 3));
        return json_write_line(line, stdout);
    }
    return printf("%-30s %6.1f %8.2f %8.2f %8.2f\n", name, cost->faces, cost->cpu_ms, cost->p50_ms,
                  cost->p99_ms) > 0 &&
           fflush(stdout) == 0;
}

// Analyses a clip, which is freed.
static enum exit_code measure(struct bench *b, const char *name, struct bench_clip *clip,
                              bool ready) {
    struct bench_cost cost;
    struct analyser_options options = {.model = b->model};
    enum exit_code code = EXIT_CODE_USAGE;
    if (ready && bench_clip_analyse(clip, &options, b->frames, &cost)) {
        code = print_cost(b, name, &cost) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
        snprintf(b->names[b->n_results], sizeof b->names[0], "%s", name);
        b->cpu_ms[b->n_results++] = cost.cpu_ms;
    }
    bench_clip_finish(clip);
    return code;
}

static enum exit_code measure_scene(struct bench *b, struct scene scene) {
    struct bench_clip clip;
    char name[64];
    snprintf(name, sizeof name, "%dx%d, %d face%s", scene.width, scene.height, scene.n_faces,
             scene.n_faces == 1 ? "" : "s");
    bool ready = bench_clip_draw(&clip, scene.width, scene.height, scene.n_faces);
    return measure(b, name, &clip, ready);
}

static enum exit_code measure_file(struct bench *b) {
    struct bench_clip clip = {0};
    const char *base = strrchr(b->clip, '/');
    char name[64];
    snprintf(name, sizeof name, "%.40s at %dx%d", base ? base + 1 : b->clip, b->width, b->height);
    bool ready = bench_clip_read(&clip, b->clip, b->width, b->height);
    enum exit_code code = measure(b, name, &clip, ready);
    return ready ? code : EXIT_CODE_INPUT;
}

static const struct scene usual[] = {{1280, 720, 1}, {1280, 720, 8}, {1920, 1080, 1}};
static const struct scene scaling[] = {
    {1280, 720, 2}, {1280, 720, 4}, {1280, 720, 16}, {1280, 720, 32}, {320, 240, 1},
    {640, 480, 1},  {1280, 720, 1}, {1920, 1080, 1}, {2560, 1440, 1}, {3840, 2160, 1},
};

static enum exit_code measure_scenes(struct bench *b, const struct scene *scenes, size_t n) {
    enum exit_code code = EXIT_CODE_OK;
    for (size_t i = 0; i < n && code == EXIT_CODE_OK; i++) {
        code = measure_scene(b, scenes[i]);
    }
    return code;
}

static enum exit_code measure_all(struct bench *b) {
    if (!b->json) {
        printf("\nAnalysis of clips in memory, per frame: processor time of all threads, then the\n"
               "time from frame to result (%d frames)\n\n"
               "%-30s %6s %8s %8s %8s\n",
               b->frames, "", "faces", "cpu ms", "p50 ms", "p99 ms");
    }
    enum exit_code code = measure_scenes(b, usual, sizeof usual / sizeof *usual);
    if (code == EXIT_CODE_OK && b->scaling) {
        code = measure_scenes(b, scaling, sizeof scaling / sizeof *scaling);
    }
    return code == EXIT_CODE_OK && b->clip ? measure_file(b) : code;
}

static bool plot(const struct bench *b) {
    double most = 0;
    for (int i = 0; i < b->n_results; i++) {
        most = b->cpu_ms[i] > most ? b->cpu_ms[i] : most;
    }
    bool good = printf("\nProcessor time per frame\n\n") > 0;
    for (int i = 0; i < b->n_results; i++) {
        int n = (int)(40 * b->cpu_ms[i] / most + 0.5);
        good = printf("%-30s |%.*s %.1f ms\n", b->names[i], n,
                      "########################################", b->cpu_ms[i]) > 0 &&
               good;
    }
    return good;
}

static enum exit_code bench(struct bench *b) {
    if (b->clip && !bench_clip_opens(b->clip)) {
        return EXIT_CODE_INPUT;
    }
    if (!landmark_file_usable(&b->landmarks)) {
        return EXIT_CODE_USAGE;
    }
    enum exit_code code = bench_stages_run(b->width, b->height, b->runs, b->model, b->json);
    code = code == EXIT_CODE_OK ? measure_all(b) : code;
    if (code == EXIT_CODE_OK && b->scaling && !b->json && !plot(b)) {
        code = EXIT_CODE_OUTPUT;
    }
    if (code == EXIT_CODE_OUTPUT) {
        standard_output_fail();
    }
    return code;
}

static const struct option_spec specs[] = {
    OPTION("width", 0, INT, struct bench, width, .argument = "PX", .help = N_("width of the frame"),
           .fallback = "1280", .minimum = 320, .maximum = 3840),
    OPTION("height", 0, INT, struct bench, height, .argument = "PX",
           .help = N_("height of the frame"), .fallback = "720", .minimum = 240, .maximum = 2160),
    OPTION("runs", 0, INT, struct bench, runs, .argument = "N", .help = N_("runs of each stage"),
           .fallback = "50", .minimum = 1, .maximum = BENCH_MAX_RUNS),
    OPTION("frames", 0, INT, struct bench, frames, .argument = "N",
           .help = N_("frames of each clip"), .fallback = "300", .minimum = 1, .maximum = 100000),
    OPTION("clip", 0, TEXT, struct bench, clip, .argument = "FILE",
           .help = N_("also measure this video")),
    OPTION("scaling", 0, FLAG, struct bench, scaling,
           .help = N_("also measure 1 to 32 faces, and 240p to 4K")),
    MODEL_OPTION(struct bench, model),
    OPTION_GROUP(landmark_options, struct bench, landmarks),
    OPTION("json", 0, FLAG, struct bench, json,
           .help = N_("print a JSON object for each stage or clip")),
};

static const struct option_table table = {
    .command = "bench",
    .operands = "",
    .summary = N_("Measures each stage, and the analysis as a whole, on this machine."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
};

static enum exit_code run(int argc, char **argv) {
    struct bench b = {0};
    enum exit_code code;
    return command_parse(&table, argc, argv, &b, NULL, &code) ? bench(&b) : code;
}

const struct command command_bench = {"bench", N_("measure what each stage costs on this machine"),
                                      &table, run};
