// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "graph.h"
#include "metadata.h"

// The model file: ONNX, opset 13. A file from a stranger is hostile: every dimension is bounded,
// every size checked against the bytes that are there, nothing outside the file is read.

// Writes the graph and its metadata, whole or not at all. False (logged) when it cannot be written
// or holds something that ONNX cannot say.
bool onnx_write(const struct graph *graph, const struct metadata *metadata, const char *path);

// Whether onnx_write can write it; if not, the reason is logged, naming name.
bool onnx_can_write(const struct graph *graph, const char *name);

// Reads a file, or bytes with name for the messages. metadata may be NULL. NULL (logged: name, what
// is wrong) on failure.
struct graph *onnx_read(const char *path, struct metadata *metadata);
struct graph *onnx_parse(const char *name, const void *bytes, size_t len,
                         struct metadata *metadata);

#define ONNX_MAX_BYTES ((size_t)300 << 20)
