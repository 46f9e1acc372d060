#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Times training steps in PyTorch: torch_train.py FILE.net batch threads seconds

Understands the words of the architecture language that models/architectures/smile.net and
networks/mobile.net use. Random input, no augmentation, AdamW, cross-entropy with smoothed labels.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def parse(lines, channels):
    """Layers up to "end" or "shortcut", that word, and the channels then."""
    layers = []
    while lines:
        word, *args = lines.pop(0)
        if word in ("end", "shortcut"):
            return nn.Sequential(*layers), word, channels
        if word == "conv":
            kernel = int(args[1].split("x")[0])
            stride = int(args[args.index("stride") + 1]) if "stride" in args else 1
            groups = int(args[args.index("groups") + 1]) if "groups" in args else 1
            bias = not (lines and lines[0][0] == "batch_norm")
            layers.append(nn.Conv2d(channels, int(args[0]), kernel, stride, kernel // 2, groups=groups, bias=bias))
            channels = int(args[0])
        elif word == "residual":
            body, stop, out = parse(lines, channels)
            shortcut = parse(lines, channels)[0] if stop == "shortcut" else nn.Identity()
            layers.append(Residual(body, shortcut))
            channels = out
        elif word == "dense":
            layers += [nn.Flatten(), nn.Linear(channels, int(args[0]))]
        elif word != "softmax":  # inside the loss
            layers.append({"batch_norm": lambda: nn.BatchNorm2d(channels), "relu": nn.ReLU,
                           "pool": lambda: nn.AdaptiveAvgPool2d(1),
                           "dropout": lambda: nn.Dropout(float(args[0]))}[word]())
    return nn.Sequential(*layers), None, channels


def main():
    path, batch, threads, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    with open(path, encoding="utf-8") as file:
        lines = [words for words in (line.split("#")[0].split() for line in file) if words]
    shape = [int(s) for s in lines.pop(0)[1].split("x")]
    net = parse(lines, shape[0])[0].train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.01)
    x, labels = torch.randn(batch, *shape), torch.randint(0, 2, (batch,))
    times, until = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < until:
        began = time.perf_counter()
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(x), labels, label_smoothing=0.05).backward()
        optimiser.step()
        times.append(time.perf_counter() - began)
    times = times[len(times) // 10 + 1:]
    print(json.dumps({"version": torch.__version__, "min_ms": 1e3 * min(times),
                      "median_ms": 1e3 * statistics.median(times),
                      "images_per_s": batch / statistics.median(times)}))


if __name__ == "__main__":
    main()
