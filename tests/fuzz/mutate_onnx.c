// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Changes models as what they are: libFuzzer's own changes to bytes nearly always break a length,
// and then the reader is left at its first step. A field is drawn from all fields of all parts of
// the model, and gets another value; parts are taken out, doubled and put in another order.
#include "tests/fuzz/fuzz.h"
#include "core/onnx/onnx.pb-c.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct place {
    ProtobufCMessage *message;
    const ProtobufCFieldDescriptor *field;
};

struct draw {
    uint32_t state;
    uint32_t n; // places seen so far
    struct place place;
    bool strings; // only those
};

static uint32_t draw_below(struct draw *draw, uint32_t n) {
    draw->state = draw->state * 1664525u + 1013904223u;
    return n ? (uint32_t)((uint64_t)(draw->state >> 8) * n >> 24) : 0;
}

static void *member(struct place place, size_t offset) {
    return (char *)place.message + offset;
}

static size_t *count_of(struct place place) {
    return member(place, place.field->quantifier_offset);
}

static bool is_repeated(struct place place) {
    return place.field->label == PROTOBUF_C_LABEL_REPEATED;
}

// One of a oneof's fields is there, all others share its memory.
static bool is_other_of_oneof(struct place place) {
    return place.field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
           *(uint32_t *)member(place, place.field->quantifier_offset) != place.field->id;
}

// Each field that can be changed comes out with the same probability.
static void visit(struct draw *draw, ProtobufCMessage *message) {
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        struct place place = {message, &message->descriptor->fields[i]};
        if (is_other_of_oneof(place) || (is_repeated(place) && *count_of(place) == 0)) {
            continue;
        }
        bool wanted = !draw->strings || place.field->type == PROTOBUF_C_TYPE_STRING;
        if (wanted && draw_below(draw, ++draw->n) == 0) {
            draw->place = place;
        }
        if (place.field->type != PROTOBUF_C_TYPE_MESSAGE) {
            continue;
        }
        ProtobufCMessage **one = member(place, place.field->offset);
        ProtobufCMessage **parts = is_repeated(place) ? *(ProtobufCMessage ***)one : one;
        for (size_t k = 0; k < (is_repeated(place) ? *count_of(place) : 1); k++) {
            if (parts[k]) {
                visit(draw, parts[k]);
            }
        }
    }
}

static struct place draw_place(struct draw *draw, Onnx__ModelProto *model, bool strings) {
    draw->n = 0;
    draw->strings = strings;
    draw->place = (struct place){0};
    visit(draw, &model->base);
    return draw->place;
}

// ---- values ----

static int64_t draw_int(struct draw *draw) {
    static const int64_t numbers[] = {0,         1,         2,         3,          4,       5,
                                      7,         8,         11,        64,         255,     65536,
                                      65537,     1 << 24,   INT32_MAX, INT32_MIN,  -1,      -2,
                                      INT64_MAX, INT64_MIN, 1LL << 32, UINT32_MAX, 1 << 30, 1000};
    return numbers[draw_below(draw, sizeof numbers / sizeof *numbers)];
}

static double draw_real(struct draw *draw) {
    static const double numbers[] = {0,       -0.0,     1,   -1,       0.5, 1e-5,     6,
                                     FLT_MAX, -FLT_MAX, NAN, INFINITY, 256, -INFINITY};
    return numbers[draw_below(draw, sizeof numbers / sizeof *numbers)];
}

static const char *draw_word(struct draw *draw) {
    static const char *const words[] = {"Conv",
                                        "ConvTranspose",
                                        "MaxPool",
                                        "AveragePool",
                                        "LpPool",
                                        "GlobalAveragePool",
                                        "GlobalMaxPool",
                                        "GlobalLpPool",
                                        "Relu",
                                        "LeakyRelu",
                                        "Elu",
                                        "Sigmoid",
                                        "Tanh",
                                        "HardSigmoid",
                                        "HardSwish",
                                        "Clip",
                                        "PRelu",
                                        "BatchNormalization",
                                        "Gemm",
                                        "MatMul",
                                        "Add",
                                        "Sub",
                                        "Mul",
                                        "Div",
                                        "Neg",
                                        "Reciprocal",
                                        "Sum",
                                        "Concat",
                                        "Softmax",
                                        "Dropout",
                                        "Identity",
                                        "Cast",
                                        "Flatten",
                                        "Reshape",
                                        "Transpose",
                                        "Squeeze",
                                        "Unsqueeze",
                                        "Sqrt",
                                        "Gather",
                                        "Slice",
                                        "ConstantOfShape",
                                        "Pad",
                                        "ReduceMean",
                                        "Constant",
                                        "Shape",
                                        "axis",
                                        "axes",
                                        "alpha",
                                        "beta",
                                        "auto_pad",
                                        "SAME_UPPER",
                                        "SAME_LOWER",
                                        "VALID",
                                        "NOTSET",
                                        "ceil_mode",
                                        "count_include_pad",
                                        "dilations",
                                        "group",
                                        "keepdims",
                                        "kernel_shape",
                                        "mode",
                                        "edge",
                                        "reflect",
                                        "output_padding",
                                        "output_shape",
                                        "p",
                                        "pads",
                                        "perm",
                                        "strides",
                                        "transA",
                                        "transB",
                                        "value",
                                        "epsilon",
                                        "to",
                                        "",
                                        "smilecam.labels",
                                        "neutral,smile",
                                        "smilecam.chip_size",
                                        "smilecam.ranges",
                                        "smilecam.ranges.0",
                                        "smilecam.false_alarms",
                                        "0:-1:1 1:0:6",
                                        "0.01:0.9 0.1:0.5",
                                        "1e308"};
    return words[draw_below(draw, sizeof words / sizeof *words)];
}

static void set_text(char **text, const char *value) {
    char *copy = strdup(value);
    if (copy) {
        free(*text);
        *text = copy;
    }
}

// A word of the format, or one that the model has elsewhere: another node's name, another input.
static void change_text(struct draw *draw, Onnx__ModelProto *model, char **text) {
    if (draw_below(draw, 2)) {
        set_text(text, draw_word(draw));
        return;
    }
    struct place place = draw_place(draw, model, true);
    if (place.message) {
        char **one = member(place, place.field->offset);
        char **texts = is_repeated(place) ? *(char ***)one : one;
        const char *value = texts[is_repeated(place) ? draw_below(draw, *count_of(place)) : 0];
        set_text(text, value ? value : "");
    }
}

static void change_bytes(struct draw *draw, ProtobufCBinaryData *bytes) {
    if (bytes->len > 0) {
        bytes->data[draw_below(draw, (uint32_t)bytes->len)] = (uint8_t)draw_below(draw, 256);
        bytes->len -= draw_below(draw, 4) == 0 ? draw_below(draw, (uint32_t)bytes->len) : 0;
    }
}

// Of the types that the schema has.
static void change_value(struct draw *draw, Onnx__ModelProto *model, ProtobufCType type,
                         void *value) {
    if (type == PROTOBUF_C_TYPE_INT64) {
        *(int64_t *)value = draw_below(draw, 2) ? draw_int(draw) : *(int64_t *)value ^ 1;
    } else if (type == PROTOBUF_C_TYPE_INT32) {
        *(int32_t *)value = (int32_t)draw_int(draw);
    } else if (type == PROTOBUF_C_TYPE_FLOAT) {
        *(float *)value = (float)draw_real(draw);
    } else if (type == PROTOBUF_C_TYPE_DOUBLE) {
        *(double *)value = draw_real(draw);
    } else if (type == PROTOBUF_C_TYPE_STRING) {
        change_text(draw, model, value);
    } else if (type == PROTOBUF_C_TYPE_BYTES) {
        change_bytes(draw, value);
    }
}

// ---- lists ----

static size_t size_of(ProtobufCType type) {
    return type == PROTOBUF_C_TYPE_INT64    ? sizeof(int64_t)
           : type == PROTOBUF_C_TYPE_INT32  ? sizeof(int32_t)
           : type == PROTOBUF_C_TYPE_FLOAT  ? sizeof(float)
           : type == PROTOBUF_C_TYPE_DOUBLE ? sizeof(double)
                                            : sizeof(void *);
}

static void *copy_of(ProtobufCType type, void *item) {
    if (type == PROTOBUF_C_TYPE_STRING) {
        return strdup(item);
    }
    const ProtobufCMessage *part = item;
    size_t len = protobuf_c_message_get_packed_size(part);
    uint8_t *bytes = malloc(len + 1);
    ProtobufCMessage *copy = NULL;
    if (bytes) {
        protobuf_c_message_pack(part, bytes);
        copy = protobuf_c_message_unpack(part->descriptor, NULL, len, bytes);
    }
    free(bytes);
    return copy;
}

static void drop(ProtobufCType type, void *item) {
    if (type == PROTOBUF_C_TYPE_STRING) {
        free(item);
    } else if (type == PROTOBUF_C_TYPE_MESSAGE) {
        protobuf_c_message_free_unpacked(item, NULL);
    }
}

static void swap(char *a, char *b, size_t size) {
    for (size_t i = 0; i < size; i++) {
        char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

// Takes the item out, doubles it or exchanges it with another.
static void change_list(struct draw *draw, struct place place, size_t at) {
    ProtobufCType type = place.field->type;
    size_t size = size_of(type), *n = count_of(place);
    bool points = type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE;
    char **items = member(place, place.field->offset);
    char *item = *items + at * size;
    uint32_t what = draw_below(draw, 3);
    if (what == 0) {
        if (points) {
            drop(type, *(void **)item);
        }
        memmove(item, item + size, (*n - at - 1) * size);
        --*n;
    } else if (what == 1) {
        swap(item, *items + draw_below(draw, (uint32_t)*n) * size, size);
    } else {
        char *bigger = realloc(*items, (*n + 1) * size);
        void *copy = bigger && points ? copy_of(type, *(void **)(bigger + at * size)) : NULL;
        *items = bigger ? bigger : *items;
        if (bigger && (copy || !points)) {
            memcpy(bigger + *n * size, points ? (char *)&copy : bigger + at * size, size);
            ++*n;
        }
    }
}

static void change(struct draw *draw, Onnx__ModelProto *model) {
    struct place place = draw_place(draw, model, false);
    if (!place.message) {
        return;
    }
    ProtobufCType type = place.field->type;
    char *value = member(place, place.field->offset);
    if (is_repeated(place)) {
        size_t at = draw_below(draw, (uint32_t)*count_of(place));
        if (type == PROTOBUF_C_TYPE_MESSAGE || draw_below(draw, 3) == 0) {
            change_list(draw, place, at);
        } else {
            change_value(draw, model, type, *(char **)value + at * size_of(type));
        }
        return;
    }
    bool flagged = place.field->quantifier_offset && type != PROTOBUF_C_TYPE_BYTES &&
                   !(place.field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
    if (flagged) {
        *(protobuf_c_boolean *)member(place, place.field->quantifier_offset) =
            draw_below(draw, 8) > 0;
    }
    change_value(draw, model, type, value);
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max_len);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max_len, unsigned seed) {
    struct draw draw = {.state = seed};
    Onnx__ModelProto *model =
        draw_below(&draw, 16) ? onnx__model_proto__unpack(NULL, len, bytes) : NULL;
    if (!model) {
        return LLVMFuzzerMutate(bytes, len, max_len);
    }
    for (uint32_t n = 1 + draw_below(&draw, 4); n > 0; n--) {
        change(&draw, model);
    }
    size_t changed = onnx__model_proto__get_packed_size(model);
    if (changed <= max_len) {
        len = onnx__model_proto__pack(model, bytes);
    }
    onnx__model_proto__free_unpacked(model, NULL);
    return len;
}
