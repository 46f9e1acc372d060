// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/filter_graph.h"

#include <libavutil/mem.h>

static int add(struct filter_graph *graph, AVFilterContext **end, const char *filter,
               const char *name, const char *arguments) {
    const AVFilter *kind = avfilter_get_by_name(filter);
    return kind ? avfilter_graph_create_filter(end, kind, name, arguments, NULL, graph->graph)
                : AVERROR_FILTER_NOT_FOUND;
}

// The steps begin where the way in ends.
static int parse(struct filter_graph *graph, const char *steps) {
    AVFilterInOut *begin = avfilter_inout_alloc(), *end = avfilter_inout_alloc();
    int error = AVERROR(ENOMEM);
    if (begin && end) {
        begin->name = av_strdup("in");
        begin->filter_ctx = graph->in;
        end->name = av_strdup("out");
        end->filter_ctx = graph->out;
        error = avfilter_graph_parse_ptr(graph->graph, steps, &end, &begin, NULL);
    }
    avfilter_inout_free(&begin);
    avfilter_inout_free(&end);
    return error;
}

int filter_graph_init(struct filter_graph *graph, bool sound, const char *from, const char *steps) {
    *graph = (struct filter_graph){.graph = avfilter_graph_alloc()};
    int error = graph->graph ? 0 : AVERROR(ENOMEM);
    error = error < 0 ? error : add(graph, &graph->in, sound ? "abuffer" : "buffer", "in", from);
    error = error < 0 ? error
                      : add(graph, &graph->out, sound ? "abuffersink" : "buffersink", "out", NULL);
    error = error < 0 ? error : parse(graph, steps);
    error = error < 0 ? error : avfilter_graph_config(graph->graph, NULL);
    return error < 0 ? error : 0;
}

void filter_graph_finish(struct filter_graph *graph) {
    avfilter_graph_free(&graph->graph);
    *graph = (struct filter_graph){0};
}
