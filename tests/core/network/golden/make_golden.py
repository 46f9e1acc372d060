#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Records what PyTorch makes of small networks: outputs, and the gradients of <output, dy> by the input and by
every parameter, in double precision. What PyTorch has no layer for (spectral, stochastic, mixed pooling, tiled
convolution) is written here from its formula. test_golden.c compares ours with the recording; only a change of
this file needs PyTorch (Debian: python3-torch).

usage: make_golden.py > golden.txt
"""

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
BATCH = 2


def numbers(n, salt):
    """n values in [-1, 1) that test_golden.c makes in the same way."""
    i = np.arange(n, dtype=np.uint64) + np.uint64(1000003 * salt)
    mixed = (i * np.uint64(2654435761)) % np.uint64(1 << 32)
    mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519) % np.uint64(1 << 32)
    return mixed.astype(np.float64) / (1 << 31) - 1


class Weights:
    """The parameters in the order in which the network declares them, cut from one row of numbers."""

    def __init__(self):
        self.tensors, self.used = [], 0

    def take(self, *shape, positive=False):
        n = int(np.prod(shape))
        values = numbers(self.used + n, 2)[self.used:]
        self.used += n
        tensor = torch.tensor(1.5 + values if positive else values).reshape(shape).requires_grad_(not positive)
        self.tensors.append(tensor)
        return tensor


def conv(filters, kernel, bias=True, border="constant", pads=None, **options):
    """pads: left, right, top, bottom, as F.pad wants them"""
    def run(x, w):
        groups = options.get("groups", 1)
        weight = w.take(filters, x.shape[1] // groups, *kernel)
        shift = w.take(filters) if bias else None
        return F.conv2d(F.pad(x, pads, mode=border) if pads else x, weight, shift, **options)
    return run


def conv_transpose(filters, kernel, **options):
    """Ours keeps the weights of the convolution that follows the gaps: (K, C/g, R, S), turned around."""
    def run(x, w):
        groups, c = options.get("groups", 1), x.shape[1]
        weight, bias = w.take(filters, c // groups, *kernel), w.take(filters)
        turned = weight.reshape(groups, filters // groups, c // groups, *kernel).transpose(1, 2)
        turned = turned.reshape(c, filters // groups, *kernel).flip(2, 3)
        return F.conv_transpose2d(x, turned, bias, **options)
    return run


def tiled(filters, kernel, tiles, stride=1, pads=(0, 0, 0, 0)):
    """Goodfellow et al., eq. 9.9: every output pixel with the kernel whose turn it is."""
    def run(x, w):
        weight = w.take(tiles * tiles * filters, x.shape[1], *kernel)
        bias = w.take(tiles * tiles * filters)
        padded, rows = F.pad(x, pads), []
        height = (padded.shape[2] - kernel[0]) // stride + 1
        width = (padded.shape[3] - kernel[1]) // stride + 1
        for i in range(height):
            for j in range(width):
                turn = (i % tiles * tiles + j % tiles) * filters
                patch = padded[:, :, i * stride:i * stride + kernel[0], j * stride:j * stride + kernel[1]]
                mine = weight[turn:turn + filters]
                rows.append(torch.einsum("ncrs,kcrs->nk", patch, mine) + bias[turn:turn + filters])
        return torch.stack(rows, 2).reshape(x.shape[0], filters, height, width)
    return run


def windows(x, kernel, stride):
    """(N, C, H', W', window) of a picture without padding"""
    return x.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1]).flatten(4)


def lp(kernel, stride, exponent):
    return lambda x, w: (windows(x, kernel, stride).abs() ** exponent).sum(4) ** (1 / exponent)


def stochastic(kernel, stride):
    def run(x, w):
        positive = windows(x, kernel, stride).clamp(min=0)
        total = positive.sum(4, keepdim=True)
        return (positive / torch.where(total > 0, total, torch.ones_like(total)) * positive).sum(4)
    return run


def unpooled(inside, kernel):
    def run(x, w):
        y, places = F.max_pool2d(x, kernel, return_indices=True)
        return F.max_unpool2d(inside(y, w), places, kernel, output_size=x.shape)
    return run


def mixed(kernel, stride):
    return lambda x, w: (F.max_pool2d(x, kernel, stride) + F.avg_pool2d(x, kernel, stride)) / 2


def cut(spectrum, size, axis):
    """The lowest `size` frequencies of one axis; a highest one without a partner is the mean of k and -k."""
    n, half = spectrum.shape[axis], size // 2
    if size == n:
        return spectrum
    low = spectrum.narrow(axis, 0, (size + 1) // 2)
    high = spectrum.narrow(axis, n - (size - 1) // 2, (size - 1) // 2)
    if size % 2:
        return torch.cat([low, high], axis)
    both = (spectrum.narrow(axis, half, 1) + spectrum.narrow(axis, n - half, 1)) / 2
    return torch.cat([low, both, high], axis)


def spectral(h, w):
    def run(x, weights):
        spectrum = cut(cut(torch.fft.fft2(x), h, 2), w, 3)
        y = torch.fft.ifft2(spectrum) * (h * w) / (x.shape[2] * x.shape[3])
        assert y.imag.abs().max() < 1e-12, "conjugate symmetry is lost"
        return y.real
    return run


def batch_norm(training, epsilon=1e-5):
    def run(x, w):
        c = x.shape[1]
        scale, shift, mean, variance = w.take(c), w.take(c), w.take(c), w.take(c, positive=True)
        mean = mean.detach()
        w.tensors[-2] = mean
        return F.batch_norm(x, mean.clone(), variance.detach().clone(), scale, shift, training, 0.1, epsilon)
    return run


def prelu(x, w):
    return F.prelu(x, w.take(x.shape[1]))


def affine(x, w):
    scale, shift = w.take(x.shape[1]), w.take(x.shape[1])
    return x * scale.reshape(1, -1, 1, 1) + shift.reshape(1, -1, 1, 1)


def group_norm(groups):
    return lambda x, w: F.group_norm(x, groups, w.take(x.shape[1]), w.take(x.shape[1]))


def dense(units):
    def run(x, w):
        return F.linear(x.flatten(1), w.take(units, x[0].numel()), w.take(units))[:, :, None, None]
    return run


def just(function):
    return lambda x, w: function(x)


def then(*layers):
    def run(x, w):
        for layer in layers:
            x = layer(x, w)
        return x
    return run


def residual(lines, shortcut=then()):
    return lambda x, w: lines(x, w) + shortcut(x, w)


def branches(*lines):
    return lambda x, w: torch.cat([line(x, w) for line in lines], 1)


def softmax(x, w):
    return F.softmax(x, 1)


def logistic(x, w):
    p = torch.sigmoid(x)
    return torch.cat([1 - p, p], 1)


# input shape, our lines, the same in PyTorch; "train" before the lines: statistics of the batch
CASES = [
    ((1, 5, 7), "conv 3 3x3 pad valid", conv(3, (3, 3))),
    ((2, 6, 5), "conv 4 3x2 stride 2 pad valid", conv(4, (3, 2), stride=2)),
    ((3, 4, 3), "conv 2 1x1", conv(2, (1, 1))),
    ((1, 1, 1), "conv 2 3x3 bias no", conv(2, (3, 3), bias=False, padding=1)),
    ((2, 3, 3), "conv 2 3x3 stride 5", conv(2, (3, 3), stride=5)),
    ((2, 7, 6), "conv 2 3x3 dilation 2 pad full", conv(2, (3, 3), dilation=2, padding=4)),
    ((4, 5, 6), "conv 6 3x3 groups 2 stride 2x1 pad 1", conv(6, (3, 3), groups=2, stride=(2, 1), padding=1)),
    ((3, 5, 4), "conv 3 3x3 groups 3", conv(3, (3, 3), groups=3, padding=1)),
    ((1, 5, 6), "conv 2 4x4", conv(2, (4, 4), pads=(1, 2, 1, 2))),
    ((1, 5, 6), "conv 2 3x3 pad 0,1,2,3", conv(2, (3, 3), pads=(1, 3, 0, 2))),
    ((1, 7, 8), "conv 2 3x3 stride 2", conv(2, (3, 3), stride=2, pads=(0, 1, 1, 1))),
    ((2, 4, 5), "conv 2 3x3 border replicate", conv(2, (3, 3), pads=(1, 1, 1, 1), border="replicate")),
    ((1, 4, 5), "conv 2 3x3 pad full border replicate", conv(2, (3, 3), pads=(2, 2, 2, 2), border="replicate")),
    ((1, 4, 5), "conv 2 3x3 pad 2,1,0,3 border reflect", conv(2, (3, 3), pads=(1, 3, 2, 0), border="reflect")),
    ((2, 3, 4), "conv_transpose 3 3x3 stride 2 pad valid", conv_transpose(3, (3, 3), stride=2)),
    ((2, 3, 4), "conv_transpose 3 3x3 stride 2",
     then(conv_transpose(3, (3, 3), stride=2), just(lambda y: y[:, :, :-1, :-1]))),
    ((4, 3, 2), "conv_transpose 6 2x3 stride 3x2 dilation 2 groups 2 pad 1",
     conv_transpose(6, (2, 3), stride=(3, 2), dilation=2, groups=2, padding=1)),
    ((1, 6, 5), "conv 2 3x3 tiles 2", tiled(2, (3, 3), 2, 1, (1, 1, 1, 1))),
    ((2, 8, 7), "conv 2 2x3 tiles 3 stride 2 pad valid", tiled(2, (2, 3), 3, 2)),
    ((2, 3, 4), "relu", just(F.relu)),
    ((2, 3, 4), "leaky_relu 0.1", just(lambda x: F.leaky_relu(x, 0.1))),
    ((2, 3, 4), "random_relu", just(lambda x: F.rrelu(x, training=False))),
    ((2, 3, 4), "prelu", prelu),
    ((2, 3, 4), "elu 1.3", just(lambda x: F.elu(x, 1.3))),
    ((2, 3, 4), "sigmoid", just(torch.sigmoid)),
    ((2, 3, 4), "tanh", just(torch.tanh)),
    ((2, 3, 4), "clip -0.5 0.25", just(lambda x: F.hardtanh(x, -0.5, 0.25))),
    ((2, 3, 4), "affine\nhard_sigmoid", then(affine, just(F.hardsigmoid))),
    ((2, 6, 7), "pool max 2x2", just(lambda x: F.max_pool2d(x, 2))),
    ((2, 7, 5), "pool max 3x3 stride 2 pad 1", just(lambda x: F.max_pool2d(x, 3, 2, 1))),
    ((2, 7, 5), "pool average 3x3 stride 2 pad 1",
     just(lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))),
    ((2, 7, 5), "pool average 3x3 stride 2 pad 1 count_padding yes", just(lambda x: F.avg_pool2d(x, 3, 2, 1))),
    ((2, 6, 4), "pool max 2x2\nname p\nconv 2 3x3\nunpool p", unpooled(conv(2, (3, 3), padding=1), 2)),
    ((1, 7, 5), "tanh\npool max 3x2\nname p\nsoftplus\nunpool p",
     then(just(torch.tanh), unpooled(just(F.softplus), (3, 2)))),
    ((1, 3, 2), "pool max 1x2 stride 5", just(lambda x: F.max_pool2d(x, (1, 2), 5))),
    ((2, 5, 6), "pool l2 2x3", lp((2, 3), (2, 3), 2)),
    ((2, 5, 5), "pool lp 3x2 stride 1 exponent 3.5", lp((3, 2), (1, 1), 3.5)),
    ((2, 6, 7), "pool stochastic 2x3 stride 2", stochastic((2, 3), (2, 2))),
    ((2, 6, 7), "pool mixed 3x3 stride 2", mixed(3, 2)),
    ((1, 7, 6), "pool spectral 3x4", spectral(3, 4)),
    ((1, 6, 5), "pool spectral 4x5", spectral(4, 5)),
    ((1, 8, 8), "pool spectral 8x1", spectral(8, 1)),
    ((3, 5, 4), "pool global", just(lambda x: x.mean((2, 3), keepdim=True))),
    ((3, 4, 3), "batch_norm", batch_norm(False)),
    ((3, 4, 3), "train\nbatch_norm", batch_norm(True)),
    ((6, 3, 2), "group_norm 3", group_norm(3)),
    ((3, 4, 2), "group_norm 3", group_norm(3)),
    ((2, 3, 4), "softplus", just(F.softplus)),
    ((2, 3, 4), "erf", just(torch.erf)),
    ((2, 3, 4), "power 2", just(lambda x: x ** 2)),
    ((2, 3, 4), "dense 5", dense(5)),
    ((5, 1, 1), "softmax", softmax),
    ((3, 4, 2), "softmax", softmax),
    ((2, 3, 4), "upsample 2", just(lambda x: F.interpolate(x, scale_factor=2, mode="nearest"))),
    ((2, 3, 4), "upsample 2x3 bilinear",
     just(lambda x: F.interpolate(x, scale_factor=(2, 3), mode="bilinear", align_corners=False))),
    ((2, 3, 2), "dense 1\nlogistic", then(dense(1), logistic)),
    ((3, 5, 4), "train\nresidual\nbatch_norm\nrelu\nconv 3 3x3\nbatch_norm\nrelu\nconv 3 3x3\nend",
     residual(then(batch_norm(True), just(F.relu), conv(3, (3, 3), bias=False, padding=1), batch_norm(True),
                   just(F.relu), conv(3, (3, 3), padding=1)))),
    ((2, 5, 5), "residual\nconv 3 3x3 stride 2\nshortcut\nconv 3 1x1 stride 2\nend\nrelu",
     then(residual(conv(3, (3, 3), stride=2, padding=1), conv(3, (1, 1), stride=2)), just(F.relu))),
    ((2, 4, 5), "branches\nconv 2 1x1\nbranch\nconv 1 1x1\nrelu\nconv 2 3x3\nbranch\npool max 3x3 stride 1 pad 1\nend",
     branches(conv(2, (1, 1)), then(conv(1, (1, 1)), just(F.relu), conv(2, (3, 3), padding=1)),
              just(lambda x: F.max_pool2d(x, 3, 1, 1)))),
]


def row(word, values):
    flat = values.reshape(-1).tolist()
    print(f"{word} {len(flat)} " + " ".join(f"{value:.8g}" for value in flat))


def record(shape, lines, network):
    n = BATCH * int(np.prod(shape))
    x = torch.tensor(numbers(n, 1)).reshape(BATCH, *shape).requires_grad_()
    weights = Weights()
    y = network(x, weights)
    dy = torch.tensor(numbers(y.numel(), 3)).reshape(y.shape)
    (y * dy).sum().backward()
    gradients = [w.grad if w.grad is not None else torch.zeros_like(w) for w in weights.tensors]
    training, lines = lines.startswith("train\n"), lines.replace("train\n", "")
    print(f"case {'training' if training else 'inference'}\ninput {'x'.join(map(str, shape))}\n{lines}\nvalues")
    row("y", y)
    row("dx", x.grad)
    row("dw", torch.cat([gradient.reshape(-1) for gradient in gradients] or [torch.zeros(0)]))


def main():
    print(f"# made by make_golden.py with PyTorch {torch.__version__}: test_golden.c compares")
    for case in CASES:
        record(*case)


if __name__ == "__main__":
    main()
