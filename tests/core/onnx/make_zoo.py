#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Writes the zoo: small networks of well-known kinds as PyTorch's exporter (and, by hand, as Keras' exporter tf2onnx)
writes them, NAME.onnx, each with two inputs and what PyTorch makes of them, NAME.bin: float32, inputs (channels
first) and then outputs. test_zoo.c reads them. Only a change of this file needs PyTorch (Debian: python3-torch,
python3-onnx).

usage: make_zoo.py FOLDER
"""
import os
import sys
import warnings

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

BATCH = 2
torch.manual_seed(1)


class Net(nn.Module):
    """A module made of a function of (self, x) and named parts."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.function(self, x)


def block(c, k, stride=1, kernel=3, groups=1, act=nn.ReLU):
    layers = [nn.Conv2d(c, k, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(k)]
    return nn.Sequential(*layers, *([act()] if act else []))


def residual(c, k, stride=1):
    short = nn.Identity() if c == k and stride == 1 else block(c, k, stride, 1, act=None)
    return Net(lambda s, x: F.relu(s.body(x) + s.short(x)), short=short,
               body=nn.Sequential(block(c, k, stride), block(k, k, act=None)))


def bottleneck(c, k, stride=1):
    return Net(lambda s, x: F.relu(s.body(x) + s.short(x)), short=block(c, 4 * k, stride, 1, act=None),
               body=nn.Sequential(block(c, k, 1, 1), block(k, k, stride), block(k, 4 * k, 1, 1, act=None)))


def preactivated(c, k, stride=1):
    return Net(lambda s, x: s.b(F.relu(s.nb(s.a(F.relu(s.na(x)))))) + s.short(x), na=nn.BatchNorm2d(c),
               a=nn.Conv2d(c, k, 3, stride, 1), nb=nn.BatchNorm2d(k), b=nn.Conv2d(k, k, 3, 1, 1),
               short=nn.Conv2d(c, k, 1, stride))


def inverted(c, k, stride, expand=2):
    body = nn.Sequential(block(c, c * expand, 1, 1, act=nn.ReLU6),
                         block(c * expand, c * expand, stride, 3, c * expand, nn.ReLU6),
                         block(c * expand, k, 1, 1, act=None))
    return Net(lambda s, x: x + s.body(x) if stride == 1 and c == k else s.body(x), body=body)


def squeeze_excite(c):
    return Net(lambda s, x: x * F.hardsigmoid(s.b(F.relu(s.a(F.adaptive_avg_pool2d(x, 1))))),
               a=nn.Conv2d(c, 2, 1), b=nn.Conv2d(2, c, 1))


def separable(c, k):
    return nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, groups=c, bias=False), nn.Conv2d(c, k, 1, bias=False),
                         nn.BatchNorm2d(k))


def xception(c, k):
    body = nn.Sequential(separable(c, k), nn.ReLU(), separable(k, k), nn.MaxPool2d(3, 2, 1))
    return Net(lambda s, x: s.body(x) + s.short(x), body=body, short=block(c, k, 2, 1, act=None))


def inception(c):
    return Net(lambda s, x: torch.cat([s.a(x), s.b(x), s.c(x), s.d(F.max_pool2d(x, 3, 1, 1))], 1),
               a=block(c, 4, 1, 1), b=nn.Sequential(block(c, 3, 1, 1), block(3, 5)),
               c=nn.Sequential(block(c, 2, 1, 1), block(2, 3, kernel=5)), d=block(c, 2, 1, 1))


def head(c, labels=3):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, labels), nn.Softmax(1))


def activations():
    def run(s, x):
        parts = [F.leaky_relu(x, 0.2), s.one(x), s.many(x), F.elu(x, 0.7), torch.sigmoid(x), torch.tanh(x),
                 F.hardtanh(x, -0.3, 0.6), F.hardsigmoid(x), F.hardswish(x), F.relu6(3 * x),
                 x.clamp(min=0.1), F.silu(x)]
        return torch.cat(parts, 1)
    net = Net(run, one=nn.PReLU(), many=nn.PReLU(2))
    net.many.weight.data = torch.tensor([0.1, 0.4])
    return net


def pools():
    def run(s, x):
        return torch.cat([F.max_pool2d(x, 3, 2, 1, ceil_mode=True), F.avg_pool2d(x, 3, 2, 1, ceil_mode=True),
                          F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
                          F.avg_pool2d(x, (2, 3), 2, (0, 1), ceil_mode=True),
                          F.avg_pool2d(x, 2, 2, (0, 1), ceil_mode=True)], 1)
    return Net(run)


def transposed():
    return nn.Sequential(nn.ConvTranspose2d(2, 4, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(4, 6, 4, 2, 1, groups=2),
                         nn.ConvTranspose2d(6, 2, (2, 3), (3, 1), (0, 2), dilation=2, bias=False))


def pads():
    def run(s, x):
        return torch.cat([F.pad(x, (1, 2, 0, 1)), F.pad(x, (1, 2, 0, 1), value=0.5),
                          F.pad(x, (1, 2, 0, 1), mode="replicate"), s.c(F.pad(x, (2, 3, 1, 2), mode="reflect"))], 1)
    return Net(run, c=nn.Conv2d(2, 3, 3))


def arithmetic():
    def run(s, x):
        y = 2 * x + 1
        z = (y - s.shift) / s.scale
        gate = torch.sigmoid(z.mean((2, 3), keepdim=True))
        w = 1 - x * gate
        return 0.5 / (2 + x * x) + z / (y * y + 1) - w + gate
    net = Net(run)
    net.shift = nn.Parameter(torch.randn(1, 3, 1, 1))
    net.scale = nn.Parameter(torch.rand(3, 1, 1) + 0.5)
    return net


def shapes():
    def run(s, x):
        last = s.norm(x).permute(0, 2, 3, 1)
        flat = (last * s.scale + s.shift).reshape(x.shape[0], -1)
        mean = x.mean((2, 3))
        a = s.a(flat) + s.b(torch.cat([mean, x.mean((2, 3), keepdim=True).squeeze(3).squeeze(2)], 1))
        return F.softmax(a.unsqueeze(2).unsqueeze(3), 1).view(-1, 3)
    net = Net(run, norm=nn.BatchNorm2d(2), a=nn.Linear(2 * 5 * 4, 3), b=nn.Linear(4, 3, bias=False))
    net.scale, net.shift = nn.Parameter(torch.rand(2) + 0.5), nn.Parameter(torch.randn(2))
    return net


def one_logit():
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2), nn.Flatten(), nn.BatchNorm1d(36), nn.ReLU(), nn.Linear(36, 1),
                         Net(lambda s, x: torch.sigmoid(x - 0.5)))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 4, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(4, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
                         nn.Flatten(), nn.Linear(96, 10), nn.Tanh(), nn.Linear(10, 3), nn.Softmax(1))


def vgg():
    return Net(lambda s, x: s.b(s.a(x).view(x.size(0), -1)),
               a=nn.Sequential(block(3, 4), block(4, 4), nn.MaxPool2d(2), block(4, 6), block(6, 6), nn.MaxPool2d(2)),
               b=nn.Sequential(nn.Linear(96, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)))


def resnet():
    return nn.Sequential(block(1, 4, 2, 7), nn.MaxPool2d(3, 2, 1), residual(4, 4), residual(4, 8, 2), head(8))


def resnet_bottleneck():
    return nn.Sequential(block(3, 4), bottleneck(4, 3), bottleneck(12, 4, 2), head(16))


def resnet_preactivated():
    return nn.Sequential(nn.Conv2d(1, 4, 3, 1, 1), preactivated(4, 4), preactivated(4, 6, 2), nn.BatchNorm2d(6),
                         nn.ReLU(), head(6))


def mobilenet_v1():
    return nn.Sequential(block(1, 4, 2), block(4, 4, 1, 3, 4, nn.ReLU6), block(4, 8, 1, 1, 1, nn.ReLU6),
                         block(8, 8, 2, 3, 8, nn.ReLU6), block(8, 12, 1, 1), head(12))


def mobilenet_v2():
    return nn.Sequential(block(3, 4, 2, act=nn.ReLU6), inverted(4, 4, 1), inverted(4, 6, 2), inverted(6, 6, 1), head(6))


def mobilenet_v3():
    return nn.Sequential(block(1, 4, 2, act=nn.Hardswish), block(4, 4, 1, 3, 4), squeeze_excite(4),
                         block(4, 8, 1, 1, act=nn.Hardswish), head(8))


def mini_xception():
    return nn.Sequential(block(1, 4), block(4, 4), xception(4, 6), xception(6, 8), nn.Conv2d(8, 7, 3, padding=1),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmax(1))


def inception_net():
    return nn.Sequential(block(1, 4, 2), inception(4), nn.MaxPool2d(3, 2, 1), inception(14), head(14))


# name, network, input (channels, height, width), options of the exporter
def pyramid():
    """Two outputs of different sizes, as detectors have."""
    def run(s, x):
        fine = s.fine(x)
        coarse = s.coarse(fine)
        merged = F.relu(s.side(fine) + F.interpolate(coarse, scale_factor=2, mode="nearest"))
        return s.a(merged), s.b(coarse)
    return Net(run, fine=block(1, 4, 2), coarse=block(4, 6, 2), side=nn.Conv2d(4, 6, 1), a=nn.Conv2d(6, 5, 1),
               b=nn.Conv2d(6, 5, 1))


def segment():
    """A class for each pixel."""
    return Net(lambda s, x: F.softmax(F.interpolate(s.body(x), size=(12, 16), mode="bilinear", align_corners=False), 1),
               body=nn.Sequential(block(1, 4, 2), block(4, 3, 2)))


PYTORCH = [
    ("lenet", lenet(), (1, 28, 28), {}),
    ("vgg", vgg(), (3, 16, 16), {"any_batch": True}),
    ("resnet", resnet(), (1, 32, 32), {"any_batch": True}),
    ("resnet_bottleneck", resnet_bottleneck(), (3, 15, 13), {}),
    ("resnet_preactivated", resnet_preactivated(), (1, 16, 16), {"folding": False}),
    ("mobilenet_v1", mobilenet_v1(), (1, 24, 24), {"opset": 9}),
    ("mobilenet_v2", mobilenet_v2(), (3, 24, 24), {}),
    ("mobilenet_v3", mobilenet_v3(), (1, 16, 16), {"opset": 14}),
    ("mini_xception", mini_xception(), (1, 24, 24), {}),
    ("inception", inception_net(), (1, 16, 16), {}),
    ("activations", activations(), (2, 3, 4), {}),
    ("pools", pools(), (2, 7, 8), {}),
    ("transposed", transposed(), (2, 3, 4), {}),
    ("pads", pads(), (2, 5, 4), {}),
    ("pads_11", pads(), (2, 5, 4), {"opset": 11}),
    ("arithmetic", arithmetic(), (3, 4, 5), {}),
    ("shapes", shapes(), (2, 5, 4), {}),
    ("shapes_unfolded", shapes(), (2, 5, 4), {"folding": False, "any_batch": True, "opset": 11}),
    ("one_logit", one_logit(), (1, 7, 7), {}),
    ("pyramid", pyramid(), (1, 16, 24), {}),
    ("segment", segment(), (1, 12, 16), {}),
]


def warm_up(net, shape):
    """Weights of a size that keeps pictures apart; running means and variances as after training."""
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.momentum = None  # a mean over all that it sees
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.3)
    net.train()
    with torch.no_grad():
        net(torch.randn(64, *shape))
    net.eval()


def record(folder, name, x, y):
    """The outputs of each sample, one after the other."""
    if isinstance(y, tuple):
        y = torch.cat([part.reshape(BATCH, -1) for part in y], 1)
    assert y.std(0).max() > 1e-3, f"{name}: its answers hardly depend on its input"
    with open(f"{folder}/{name}.bin", "wb") as out:
        out.write(x.numpy().astype("<f4").tobytes() + y.numpy().astype("<f4").tobytes())


def export(folder, name, net, shape, opset=13, folding=True, any_batch=False, dtype=torch.float32):
    warm_up(net, shape)
    for values in net.state_dict().values():  # weights that the type can hold
        if values.is_floating_point():
            values.copy_(values.to(dtype).float())
    x = torch.randn(BATCH, *shape)
    with torch.no_grad():
        record(folder, name, x, net(x))
    outputs = ["y", "z"] if name == "pyramid" else ["y"]
    torch.onnx.export(net, x if any_batch else x[:1], f"{folder}/{name}.onnx", opset_version=opset,
                      do_constant_folding=folding, keep_initializers_as_inputs=not folding,
                      input_names=["x"], output_names=outputs,
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}} if any_batch else None)


class Keras:
    """Nodes and weights as tf2onnx writes a Keras network: channels last outside, first inside."""

    def __init__(self, shape):
        self.nodes, self.weights, self.shape, self.last = [], [], shape, "input_1"

    def weight(self, values):
        name = f"weight_{len(self.weights)}"
        array = values.numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def add(self, op, *more, first=None, **attributes):
        out = f"model/{op}_{len(self.nodes)}:0"
        inputs = [first or self.last, *[self.weight(w) if not isinstance(w, str) else w for w in more]]
        self.nodes.append(helper.make_node(op, inputs, [out], name=out[:-2], **attributes))
        self.last = out
        return out

    def save(self, path, outputs, opset=13):
        h, w, c = self.shape
        x = helper.make_tensor_value_info("input_1", TensorProto.FLOAT, ["n", h, w, c])
        y = helper.make_tensor_value_info(self.last, TensorProto.FLOAT, ["n", *outputs])
        graph = helper.make_graph(self.nodes, "keras", [x], [y], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="tf2onnx")
        model.ir_version = 7
        onnx.checker.check_model(model)
        onnx.save(model, path)


def same_pad(x, kernel, stride, value=0.0):
    """TensorFlow's SAME: the odd pixel at the end."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def keras_classifier(folder):
    """SeparableConv2D blocks, a dense layer over channels last, softmax."""
    k, x = Keras((16, 16, 1)), torch.randn(BATCH, 1, 16, 16)
    w1, b1 = torch.randn(4, 1, 3, 3), torch.randn(4)
    w2, w3, b3 = torch.randn(4, 1, 3, 3), torch.randn(6, 4, 1, 1), torch.randn(6)
    w4, b4, scale, shift = torch.randn(6 * 16, 3) / 90, torch.randn(3), torch.rand(6) + 0.5, torch.randn(6)
    k.add("Transpose", perm=[0, 3, 1, 2])
    k.add("Conv", w1, b1, auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3])
    k.add("Relu")
    k.add("Conv", w2, group=4, pads=[1, 1, 1, 1])
    k.add("Conv", w3, kernel_shape=[1, 1], dilations=[1, 1], strides=[1, 1])
    k.add("Add", b3.reshape(1, 6, 1, 1))
    k.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    k.add("Transpose", perm=[0, 2, 3, 1])
    y = k.last  # a batch norm that was taken apart
    k.add("Sqrt", first=k.weight(scale ** -2))
    k.add("Reciprocal", first=k.last)
    y = k.add("Mul", k.last, first=y)
    k.add("Neg", first=k.weight(shift))
    k.add("Sub", k.last, first=y)
    k.add("Reshape", np.array([-1, 96], np.int64))
    k.add("MatMul", w4)
    k.add("Add", b4)
    k.add("Softmax", axis=-1)
    k.save(f"{folder}/keras_classifier.onnx", [3])
    y = F.relu(F.conv2d(same_pad(x, 3, 2), w1, b1, 2))
    y = F.conv2d(F.conv2d(y, w2, None, 1, 1, groups=4), w3, b3)
    y = F.max_pool2d(same_pad(y, 3, 2, -torch.inf), 3, 2).permute(0, 2, 3, 1) * scale + shift
    record(folder, "keras_classifier", x, F.softmax(y.reshape(BATCH, -1) @ w4 + b4, 1))


def keras_mobilenet(folder):
    """ZeroPadding2D, depthwise convolutions, ReLU6, GlobalAveragePooling2D, one sigmoid; weights turned in the file."""
    k, x = Keras((12, 12, 1)), torch.randn(BATCH, 1, 12, 12)
    w1, w2, w3 = torch.randn(4, 1, 3, 3), torch.randn(4, 1, 3, 3), torch.randn(5, 4, 1, 1)
    w4, b4 = torch.randn(5, 1) / 10, torch.randn(1) / 10
    x0 = k.add("Transpose", perm=[0, 3, 1, 2])
    k.add("Pad", np.array([0, 0, 0, 0, 0, 0, 1, 1], np.int64), np.array(0, np.float32), first=x0)
    padded = k.last
    k.add("Transpose", first=k.weight(w1.permute(2, 3, 1, 0)), perm=[3, 2, 0, 1])
    k.add("Conv", k.last, first=padded, strides=[2, 2])
    k.add("Clip", np.array(0, np.float32), np.array(6, np.float32))
    before = k.last
    k.add("Reshape", np.array([4, 1, 3, 3], np.int64), first=k.weight(w2.reshape(4, 9)))
    k.add("Conv", k.last, first=before, group=4, auto_pad="SAME_LOWER", strides=[2, 2], kernel_shape=[3, 3])
    k.add("LeakyRelu", alpha=0.3)
    k.add("Conv", w3)
    k.add("Transpose", perm=[0, 2, 3, 1])
    k.add("ReduceMean", axes=[1, 2], keepdims=0)
    k.add("MatMul", w4)
    k.add("Add", b4)
    k.add("Sigmoid")
    k.save(f"{folder}/keras_mobilenet.onnx", [1])
    y = F.relu6(F.conv2d(F.pad(x, (0, 1, 0, 1)), w1, None, 2))
    y = F.leaky_relu(F.conv2d(F.pad(y, (1, 0, 1, 0)), w2, None, 2, groups=4), 0.3)
    y = F.conv2d(y, w3).mean((2, 3))
    record(folder, "keras_mobilenet", x, torch.sigmoid(y @ w4 + b4))


def other_pools(folder):
    """Operators that neither exporter above writes, on channels last, joined there."""
    k, x = Keras((6, 5, 1)), torch.randn(BATCH, 1, 6, 5)
    w, v = torch.randn(3, 1, 1, 1), torch.randn(12, 2) / 8
    k.add("Transpose", perm=[0, 3, 1, 2])
    at = k.add("Conv", w)
    lp = k.add("LpPool", kernel_shape=[2, 3], strides=[2, 1], pads=[0, 1, 0, 1], p=3)
    lp = k.add("GlobalMaxPool", first=lp)
    l2 = k.add("GlobalLpPool", first=at, p=2)
    k.add("Concat", l2, first=lp, axis=-3)
    k.add("Transpose", perm=[0, 2, 3, 1])
    turned = k.last
    k.add("Concat", turned, axis=3)
    k.add("Squeeze", np.array([1, 2], np.int64))
    k.add("Gemm", v, torch.tensor([0.5]), alpha=0.5, beta=2.0)
    k.add("Softmax")
    k.save(f"{folder}/other_pools.onnx", [2])
    y = F.conv2d(x, w)
    lp = F.pad(y, (1, 1)).abs().pow(3).unfold(2, 2, 2).unfold(3, 3, 1).sum((4, 5)) ** (1 / 3)
    z = torch.cat([lp.amax((2, 3)), y.pow(2).sum((2, 3)).sqrt()], 1)
    z = torch.cat([z, z], 1) @ v * 0.5 + 1
    record(folder, "other_pools", x, F.softmax(z, 1))


def newer(folder):
    """What newer exporters write: half-precision weights, weights beside the model, a part of a shape."""
    shape = (1, 16, 16)
    body = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 6, 3, 2, 1), nn.ReLU(), nn.Flatten(),
                         nn.Linear(96, 3))
    for name, dtype, onnx_type in (("half", torch.float16, TensorProto.FLOAT16),
                                   ("brain", torch.bfloat16, TensorProto.BFLOAT16)):
        export(folder, name, body, shape, dtype=dtype)
        model = onnx.load(f"{folder}/{name}.onnx")
        for tensor in model.graph.initializer:
            values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            bits = values.to(dtype).view(torch.int16).numpy().astype("<u2")
            dims, called = list(tensor.dims), tensor.name
            tensor.Clear()
            tensor.name, tensor.data_type = called, onnx_type
            tensor.dims.extend(dims)
            if name == "half":
                tensor.raw_data = bits.tobytes()
            else:
                tensor.int32_data.extend(int(b) for b in bits.ravel())
        onnx.save(model, f"{folder}/{name}.onnx")

    export(folder, "outside", body, shape)
    model = onnx.load(f"{folder}/outside.onnx")
    if os.path.exists(f"{folder}/outside.onnx.data"):
        os.unlink(f"{folder}/outside.onnx.data")
    onnx.save_model(model, f"{folder}/outside.onnx", save_as_external_data=True, location="outside.onnx.data",
                    size_threshold=64)
    for name, key, value in (("outside_path", "location", "../outside.onnx.data"),
                             ("outside_hidden", "location", ".data"),
                             ("outside_gone", "location", "nobody.data"),
                             ("outside_long", "offset", "999999999999999"),
                             ("outside_negative", "offset", "-8")):
        model = onnx.load(f"{folder}/outside.onnx", load_external_data=False)
        entries = next(t for t in model.graph.initializer if t.external_data).external_data
        if key == "offset" and not any(entry.key == "offset" for entry in entries):
            entries.add(key="offset", value="0")
        next(entry for entry in entries if entry.key == key).value = value
        onnx.save(model, f"{folder}/refused/{name}.onnx")
    with open(f"{folder}/outside.onnx.data", "rb") as whole, open(f"{folder}/refused/outside.onnx.data", "wb") as out:
        out.write(whole.read())

    net = nn.Sequential(block(1, 4, 2), block(4, 6, 2))
    dense = nn.Linear(96, 3)
    export(folder, "part_of_shape", nn.Sequential(net, nn.Flatten(), dense), shape, any_batch=True)
    model = onnx.load(f"{folder}/part_of_shape.onnx")
    model.opset_import[0].version = 15
    at, flatten = next((i, n) for i, n in enumerate(model.graph.node) if n.op_type == "Flatten")
    source, target = flatten.input[0], flatten.output[0]
    model.graph.node.remove(flatten)
    model.graph.initializer.append(numpy_helper.from_array(np.array([-1], np.int64), "rest"))
    for k, node in enumerate((helper.make_node("Shape", [source], ["n_"], name="part", start=0, end=-3),
                              helper.make_node("Concat", ["n_", "rest"], ["to"], axis=0),
                              helper.make_node("Reshape", [source, "to"], [target]))):
        model.graph.node.insert(at + k, node)
    onnx.save(model, f"{folder}/part_of_shape.onnx")


def bends():
    def run(s, x):
        return torch.cat([F.softplus(x), F.gelu(x), F.gelu(x, approximate="tanh"), torch.sqrt(F.softplus(x)), x ** 2,
                          torch.erf(x), F.log_softmax(x, 1)], 1)
    return Net(run)


def norms(layer):
    """layer: over all values of a sample, which only LayerNormalization can weigh one by one"""
    def run(s, x):
        y = s.group(F.relu(s.instance(s.conv(x))))
        y = s.pixel(y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        y = s.layer(y) if layer else y
        return F.log_softmax(s.dense(s.vector(y.mean((2, 3)))), 1)
    net = Net(run, conv=nn.Conv2d(1, 6, 3, 2, 1), instance=nn.InstanceNorm2d(6, affine=True),
              group=nn.GroupNorm(3, 6), pixel=nn.LayerNorm(6), vector=nn.LayerNorm(6), dense=nn.Linear(6, 3),
              layer=nn.LayerNorm([6, 4, 5]) if layer else nn.Identity())
    for module in (net.instance, net.group, net.pixel, net.vector, net.layer):
        for values in module.parameters():
            values.data.uniform_(0.3, 1.5)
    return net


def save_by_hand(path, nodes, weights, shape, opset, outputs=("y",)):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])
    y = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    tensors = [numpy_helper.from_array(np.asarray(w, np.float32), name) for name, w in weights.items()]
    graph = helper.make_graph(nodes, "hand", [x], y, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    onnx.save(model, path)


def newer_norms(folder):
    """GroupNormalization and Gelu, which PyTorch 1.13 does not write, and ArgMax at the end."""
    torch.manual_seed(3)
    export(folder, "bends", bends(), (3, 4, 5))
    export(folder, "norms", norms(False), (1, 8, 10))
    export(folder, "norms_17", norms(True), (1, 8, 10), opset=17)
    for name, opset in (("group_norm_18", 18), ("group_norm_21", 21)):
        x, w = torch.randn(BATCH, 1, 6, 5), torch.randn(6, 1, 3, 3)
        scale, shift = (torch.rand(3 if opset == 18 else 6) + 0.5 for _ in range(2))
        dense, bias = torch.randn(3, 6), torch.randn(3)
        nodes = [helper.make_node("Conv", ["x", "w"], ["a"]),
                 helper.make_node("GroupNormalization", ["a", "scale", "shift"], ["b"], num_groups=3, epsilon=1e-3),
                 helper.make_node("Gelu", ["b"], ["c"], approximate="tanh" if opset == 18 else "none"),
                 helper.make_node("GlobalAveragePool", ["c"], ["d"]), helper.make_node("Flatten", ["d"], ["e"]),
                 helper.make_node("Gemm", ["e", "dense", "bias"], ["y"], transB=1),
                 helper.make_node("ArgMax", ["y"], ["label"], axis=1, keepdims=0)]
        weights = {"w": w, "scale": scale, "shift": shift, "dense": dense, "bias": bias}
        save_by_hand(f"{folder}/{name}.onnx", nodes, weights, (1, 6, 5), opset,
                     ("y", "label") if opset == 18 else ("label",))
        each = 6 // len(scale)
        y = F.group_norm(F.conv2d(x, w), 3, scale.repeat_interleave(each), shift.repeat_interleave(each), 1e-3)
        y = F.gelu(y, approximate="tanh" if opset == 18 else "none")
        record(folder, name, x, F.linear(y.mean((2, 3)), dense, bias))


def unpool(folder):
    """MaxUnpool, as it is written by hand: with and without its output's shape."""
    torch.manual_seed(4)
    x, w, v = torch.randn(BATCH, 1, 6, 12), torch.randn(3, 1, 3, 3), torch.randn(2, 3, 1, 1)
    wide = F.conv2d(x, w, padding=1)
    nodes = [helper.make_node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1]),
             helper.make_node("MaxPool", ["a"], ["b", "places"], kernel_shape=[2, 2], strides=[2, 2]),
             helper.make_node("Tanh", ["b"], ["c"]),
             helper.make_node("Constant", [], ["shape"],
                              value=numpy_helper.from_array(np.array([1, 3, 6, 12], np.int64))),
             helper.make_node("MaxUnpool", ["c", "places", "shape"], ["d"], kernel_shape=[2, 2], strides=[2, 2]),
             helper.make_node("MaxPool", ["d"], ["e", "at"], kernel_shape=[3, 3], strides=[3, 3]),
             helper.make_node("MaxUnpool", ["e", "at"], ["f"], kernel_shape=[3, 3], strides=[3, 3]),
             helper.make_node("Conv", ["f", "v"], ["y"])]
    save_by_hand(f"{folder}/unpool.onnx", nodes, {"w": w, "v": v}, (1, 6, 12), 13)
    small, places = F.max_pool2d(wide, 2, return_indices=True)
    y = F.max_unpool2d(torch.tanh(small), places, 2, output_size=wide.shape)
    small, places = F.max_pool2d(y, 3, return_indices=True)
    record(folder, "unpool", x, F.conv2d(F.max_unpool2d(small, places, 3, output_size=y.shape), v))


def refused(folder):
    """Files that must be refused; test_zoo.c knows why."""
    os.makedirs(f"{folder}/refused", exist_ok=True)

    def one(name, node, *weights, shape=("n", 2, 4, 4)):
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, list(shape))
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
        tensors = [numpy_helper.from_array(w, f"w{i}") for i, w in enumerate(weights)]
        graph = helper.make_graph([node], "refused", [x], [y], tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 7
        onnx.save(model, f"{folder}/refused/{name}.onnx")
    kernel = np.ones((2, 2, 3, 3), np.float32)
    one("unknown", helper.make_node("Einsum", ["x"], ["y"], name="a"))
    broken = kernel.copy()
    broken[1, 1, 1, 1] = np.nan
    one("nan", helper.make_node("Conv", ["x", "w0"], ["y"], name="a"), broken)
    one("zero", helper.make_node("Div", ["x", "w0"], ["y"], name="a"), np.zeros(1, np.float32))
    one("text", helper.make_node("Conv", ["x", "w0"], ["y"], name="a"), kernel.astype(np.uint8))
    one("batch_turned", helper.make_node("Transpose", ["x"], ["y"], name="a", perm=[1, 0, 2, 3]))
    one("batch_mixed", helper.make_node("Reshape", ["x", "w0"], ["y"], name="a"), np.array([-1, 4], np.int64))
    pads = np.array([0, 0, 60000, 0, 0, 0, 0, 60000], np.int64)
    one("too_large", helper.make_node("Pad", ["x", "w0"], ["y"], name="a"), pads)
    one("cut", helper.make_node("Pad", ["x", "w0"], ["y"], name="a"), np.array([0, 0, -1, 0, 0, 0, 0, 0], np.int64))
    one("matrix", helper.make_node("MatMul", ["x", "w0"], ["y"], name="a"), np.ones((4, 4), np.float32))
    one("softmax", helper.make_node("Softmax", ["x"], ["y"], name="a", axis=0))
    by = np.array([1, 1, 1.5, 2], np.float32)
    one("resized", helper.make_node("Resize", ["x", "", "w0"], ["y"], name="a"), by)
    one("cubic", helper.make_node("Resize", ["x", "", "w0"], ["y"], name="a", mode="cubic"), np.rint(by))
    one("unmade", helper.make_node("Add", ["x", "nobody"], ["y"], name="a"))
    one("picture", helper.make_node("Mul", ["x", "w0"], ["y"], name="a"), np.ones((2, 4, 4), np.float32))
    one("places", helper.make_node("MaxPool", ["x"], ["z", "y"], name="a", kernel_shape=[2, 2]))
    one("arg_max", helper.make_node("ArgMax", ["x"], ["y"], name="a", axis=0))
    one("open_size", helper.make_node("Relu", ["x"], ["y"], name="a"), shape=("n", 2, "h", "w"))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    warnings.filterwarnings("ignore")
    for name, net, shape, options in PYTORCH:
        export(folder, name, net, shape, **options)
    keras_classifier(folder)
    keras_mobilenet(folder)
    other_pools(folder)
    refused(folder)
    newer(folder)
    newer_norms(folder)
    unpool(folder)


if __name__ == "__main__":
    main()
