// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/bench_clip.h"
#include "app/commands/bench_stages.h"
#include "app/system/exit_codes.h"
#include "app/system/json.h"
#include "app/commands/landmark_options.h"
#include "app/commands/model_option.h"
#include "app/cli/options.h"
#include "app/commands/command.h"

#include "core/base/log.h"

#include <errno.h>
#include <string.h>

#define MAX_RESULTS 32

struct bench {
    int width, height, runs, frames, plain_frames;
    const char *model, *clip;
    struct landmark_file landmarks;
    bool json, scaling;
    int n_results; // for the plot
    char names[MAX_RESULTS][64];
    double follow_ms[MAX_RESULTS];
};

struct scene {
    int width, height, n_faces;
};

// ---- analysis as a whole ----

static bool measure(const struct bench *b, const struct bench_clip *clip, enum detector_way way,
                    struct bench_cost *cost) {
    struct analyser_options options = {
        .model = b->model, .landmarks = b->landmarks, .detector = way, .deterministic = true};
    int n = way == DETECTOR_FOLLOW ? b->frames : b->plain_frames;
    return bench_clip_analyse(clip, &options, n, cost);
}

static bool print_cost(const struct bench *b, const char *name, const struct bench_cost *follow,
                       const struct bench_cost *plain) {
    double ratio = plain->cpu_ms / follow->cpu_ms;
    if (b->json) {
        json_t *line = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "clip", json_text(name),
                                 "faces", json_rounded(follow->faces, 2), "follow_cpu_ms",
                                 json_rounded(follow->cpu_ms, 3), "follow_p50_ms",
                                 json_rounded(follow->p50_ms, 3), "follow_p99_ms",
                                 json_rounded(follow->p99_ms, 3), "every_frame_cpu_ms",
                                 json_rounded(plain->cpu_ms, 3), "ratio", json_rounded(ratio, 2));
        return json_write_line(line, stdout);
    }
    return printf("%-30s %6.1f %10.2f %10.2f %7.1f %8.2f %8.2f\n", name, follow->faces,
                  plain->cpu_ms, follow->cpu_ms, ratio, follow->p50_ms, follow->p99_ms) > 0 &&
           fflush(stdout) == 0;
}

// Both ways in turn on one clip, which is freed.
static int compare(struct bench *b, const char *name, struct bench_clip *clip, bool ready) {
    struct bench_cost follow, plain;
    int code = EXIT_CODE_USAGE;
    if (ready && measure(b, clip, DETECTOR_FOLLOW, &follow) &&
        measure(b, clip, DETECTOR_EVERY_FRAME, &plain)) {
        code = print_cost(b, name, &follow, &plain) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
        snprintf(b->names[b->n_results], sizeof b->names[0], "%s", name);
        b->follow_ms[b->n_results++] = follow.cpu_ms;
    }
    bench_clip_finish(clip);
    return code;
}

static int compare_scene(struct bench *b, struct scene scene) {
    struct bench_clip clip;
    char name[64];
    snprintf(name, sizeof name, "%dx%d, %d face%s", scene.width, scene.height, scene.n_faces,
             scene.n_faces == 1 ? "" : "s");
    bool ready = bench_clip_draw(&clip, scene.width, scene.height, scene.n_faces);
    return compare(b, name, &clip, ready);
}

static int compare_file(struct bench *b) {
    struct bench_clip clip = {0};
    const char *base = strrchr(b->clip, '/');
    char name[64];
    snprintf(name, sizeof name, "%.40s at %dx%d", base ? base + 1 : b->clip, b->width, b->height);
    bool ready = bench_clip_read(&clip, b->clip, b->width, b->height);
    int code = compare(b, name, &clip, ready);
    return ready ? code : EXIT_CODE_INPUT;
}

static const struct scene usual[] = {{1280, 720, 1}, {1280, 720, 8}, {1920, 1080, 1}};
static const struct scene scaling[] = {
    {1280, 720, 2}, {1280, 720, 4}, {1280, 720, 16}, {1280, 720, 32}, {320, 240, 1},
    {640, 480, 1},  {1280, 720, 1}, {1920, 1080, 1}, {2560, 1440, 1}, {3840, 2160, 1},
};

static int compare_scenes(struct bench *b, const struct scene *scenes, size_t n) {
    int code = EXIT_CODE_OK;
    for (size_t i = 0; i < n && code == EXIT_CODE_OK; i++) {
        code = compare_scene(b, scenes[i]);
    }
    return code;
}

static int compare_all(struct bench *b) {
    if (!b->json) {
        printf("\nAnalysis of clips in memory, per frame: processor time of all threads, then the\n"
               "time from frame to result (%d frames; %d of the plain way)\n\n"
               "%-30s %6s %10s %10s %7s %8s %8s\n",
               b->frames, b->plain_frames, "", "faces", "every ms", "follow ms", "ratio", "p50 ms",
               "p99 ms");
    }
    int code = compare_scenes(b, usual, sizeof usual / sizeof *usual);
    if (code == EXIT_CODE_OK && b->scaling) {
        code = compare_scenes(b, scaling, sizeof scaling / sizeof *scaling);
    }
    return code == EXIT_CODE_OK && b->clip ? compare_file(b) : code;
}

static bool plot(const struct bench *b) {
    double most = 0;
    for (int i = 0; i < b->n_results; i++) {
        most = b->follow_ms[i] > most ? b->follow_ms[i] : most;
    }
    bool good = printf("\nProcessor time per frame, following\n\n") > 0;
    for (int i = 0; i < b->n_results; i++) {
        int n = (int)(40 * b->follow_ms[i] / most + 0.5);
        good = printf("%-30s |%.*s %.1f ms\n", b->names[i], n,
                      "########################################", b->follow_ms[i]) > 0 &&
               good;
    }
    return good;
}

static int bench(struct bench *b) {
    if (b->clip && !bench_clip_opens(b->clip)) {
        return EXIT_CODE_INPUT;
    }
    int code = bench_stages_run(b->width, b->height, b->runs, b->model, &b->landmarks, b->json);
    code = code == EXIT_CODE_OK ? compare_all(b) : code;
    if (code == EXIT_CODE_OK && b->scaling && !b->json && !plot(b)) {
        code = EXIT_CODE_OUTPUT;
    }
    if (code == EXIT_CODE_OUTPUT) {
        LOG(ERROR, "standard output: %s", strerror(errno));
    }
    return code;
}

static int run(int argc, char **argv) {
    struct bench b = {0};
    const struct option_spec specs[] = {
        {.name = "width",
         .kind = OPTION_INT,
         .target = &b.width,
         .argument = "PX",
         .help = "of the frame",
         .fallback = "1280",
         .minimum = 320,
         .maximum = 3840},
        {.name = "height",
         .kind = OPTION_INT,
         .target = &b.height,
         .argument = "PX",
         .help = "of the frame",
         .fallback = "720",
         .minimum = 240,
         .maximum = 2160},
        {.name = "runs",
         .kind = OPTION_INT,
         .target = &b.runs,
         .argument = "N",
         .help = "of each stage",
         .fallback = "50",
         .minimum = 1,
         .maximum = BENCH_MAX_RUNS},
        {.name = "frames",
         .kind = OPTION_INT,
         .target = &b.frames,
         .argument = "N",
         .help = "of each clip",
         .fallback = "300",
         .minimum = 1,
         .maximum = 100000},
        {.name = "plain-frames",
         .kind = OPTION_INT,
         .target = &b.plain_frames,
         .argument = "N",
         .help = "of each clip for --detector every-frame",
         .fallback = "30",
         .minimum = 1,
         .maximum = 100000},
        {.name = "clip",
         .kind = OPTION_TEXT,
         .target = &b.clip,
         .argument = "FILE",
         .help = "measure on this video as well"},
        {.name = "scaling",
         .kind = OPTION_FLAG,
         .target = &b.scaling,
         .help = "1 to 32 faces, 240p to 4K as well"},
        MODEL_SPEC(&b.model),
        LANDMARK_SPECS(&b.landmarks),
        {.name = "json",
         .kind = OPTION_FLAG,
         .target = &b.json,
         .help = "one JSON object a stage or clip"},
    };
    const struct option_table table = {
        .command = "bench",
        .operands = "",
        .summary = "Measures what each stage costs on this machine, and analysis as a whole.",
        .specs = specs,
        .n_specs = sizeof specs / sizeof *specs,
    };
    enum options_outcome outcome = options_parse(&table, argc, argv, NULL);
    if (outcome != OPTIONS_RUN) {
        return outcome == OPTIONS_DONE ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    return bench(&b);
}

const struct command command_bench = {"bench", "what each stage costs on this machine", run};
