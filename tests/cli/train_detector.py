#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""From images with boxes to a measured detector, by the commands a person would type, on drawn rings: detector
(interrupted and resumed), model info, eval --boxes; and broken inputs. Needs no data.

usage: train_detector.py SMILECAM MODEL
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from typed import expect, read, run

INTERRUPTED = 4  # exit code
ARCHITECTURE = """input 1x64x64
conv 8 3x3 stride 2
batch_norm
relu
conv 12 3x3 stride 2
batch_norm
relu
conv 16 3x3 stride 2
batch_norm
relu
name at8
conv 16 3x3 stride 2
batch_norm
relu
name at16
upsample 2
add at8
conv 5 1x1
output
from at16
conv 5 1x1
output
"""


def draw(path, boxes, side=160):
    """Rings on noise."""
    pixels = bytearray(random.randrange(80, 140) for _ in range(side * side))
    for x, y, w, h in boxes:
        for i in range(side):
            for j in range(side):
                d = ((j + 0.5 - x) / w * 2 - 1) ** 2 + ((i + 0.5 - y) / h * 2 - 1) ** 2
                if d < 1:
                    pixels[i * side + j] = 60 if d < 0.3 else 230
    with open(path, "wb") as out:
        out.write(b"P5 %d %d 255\n" % (side, side) + pixels)


def draw_set(n):
    random.seed(1)
    os.makedirs("set/images")
    lines = ["path,x,y,w,h,flags"]
    for k in range(n):
        name = f"images/{k:03}.pgm"
        boxes = [] if k % 4 == 3 else [(random.uniform(0, 20) + 80 * i, random.uniform(0, 100), size, size)
                                      for i, size in enumerate((random.uniform(20, 55), random.uniform(20, 55)))]
        draw("set/" + name, boxes)
        for i, box in enumerate(boxes):
            lines.append(name + ",%.1f,%.1f,%.1f,%.1f," % box + ("blur=1;occl=1" if i else ""))
        if not boxes:
            lines.append(name + ",,,,,")
    with open("set/boxes.csv", "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def train(smilecam, output, *more):
    return [smilecam, "detector", "set", "-o", output, "--arch", "rings.net", "--epochs", "3", "--windows", "256",
            "--batch", "16", "--learning-rate", "0.01", *more]


def last_loss(run):
    return float(re.findall(r"epoch +3/3 +loss ([0-9.]+)", run.stderr)[0])


def check_training(smilecam):
    whole = run(*train(smilecam, "whole.onnx", "--threads", "1"))
    expect("epoch   3/3" in whole.stderr and "wrote whole.onnx" in whole.stderr, "a detector is trained")
    with subprocess.Popen(train(smilecam, "parts.onnx", "--threads", "2"), stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if "epoch   2/3" in line:
                process.terminate()
    expect(process.returncode == INTERRUPTED or os.path.exists("parts.onnx"), "it is interrupted")
    if process.returncode == INTERRUPTED:
        again = run(*train(smilecam, "parts.onnx"))
        expect("resuming" in again.stderr, "and resumes")
    expect(read("whole.onnx") == read("parts.onnx"), "with the same result, whatever the threads")
    expect(not os.path.exists("parts.onnx.checkpoint"), "and leaves no checkpoint")
    more = run(*train(smilecam, "more.onnx", "--init", "whole.onnx"))
    expect(last_loss(more) < last_loss(whole), "what a model has learnt is a beginning")
    expect("whole.onnx" in run(smilecam, "model", "info", "more.onnx").stdout, "and is noted")
    run(*train(smilecam, "no.onnx", "--init", "smile"), code=1)
    info = run(smilecam, "model", "info", "whole.onnx").stdout
    expect("resize" in info and "smilecam.training" in info, "model info shows its layers and where it comes from")


def check_measuring(smilecam):
    text = run(smilecam, "eval", "--boxes", "set/boxes.csv", "--detector-model", "whole.onnx", "--side", "160").stdout
    expect(all(word in text for word in ("network", "hog", "blurred", "images without a face")), "eval --boxes measures it")
    run(smilecam, "eval", "--boxes", "set", "--detector-model", "whole.onnx", "--side", "160", "--report", "page")
    page = read("page/index.html").decode()
    expect("<h2>Missed</h2>" in page and "data:image/jpeg" in page and "<svg" in page, "its page has curve and misses")
    run(smilecam, "eval", "--boxes", "set", "--detector-model", "whole.onnx", "--report", "/proc/no", code=6)
    rows = [json.loads(line) for line in run(smilecam, "eval", "--boxes", "set", "--detector-model", "whole.onnx", "--json",
                                             "--side", "160").stdout.splitlines()]
    expect(len(rows) == 6 and rows[0]["faces"] > 50 and rows[0]["images_without_faces"] == 15, "as JSON, too")
    expect(0 <= rows[0]["average_precision"] <= 1 and rows[0]["recall"] is not None, "with figures")


def check_broken(smilecam):
    def refused(text, *words, code=2):
        with open("set/broken.csv", "w", encoding="utf-8") as out:
            out.write(text)
        said = run(smilecam, "detector", "set/broken.csv", "-o", "no.onnx", "--arch", "rings.net", code=code).stderr
        expect(all(word in said for word in words) and not os.path.exists("no.onnx"), f"refused: {words[-1]}")
    refused("path,x,y,w,h,flags\nimages/000.pgm,1,2,3\n", "broken.csv, line 2", "expected \"path,x,y,w,h,flags\"")
    refused("images/000.pgm,1,2,x,4,\n", "line 1", "expected")
    refused("images/000.pgm,1,2,-3,4,\n", "line 1", "expected")
    refused("images/000.pgm,nan,2,3,4,\n", "line 1", "expected")
    refused("images/nobody.pgm,1,2,30,40,\n", "none of the images")
    refused("", "none of the images")
    run(smilecam, "detector", "nothing.csv", "-o", "no.onnx", "--arch", "rings.net", code=2)
    run(smilecam, "detector", "set", code=1)
    run(smilecam, "detector", "set", "-o", "no.onnx", "--arch", "lenet5", code=1)
    run(smilecam, "eval", "--boxes", "set", "--detector-model", "set/boxes.csv", code=1)
    with open("set/images/000.pgm", "r+b") as file:
        file.truncate(100)
    partly = run(*train(smilecam, "partly.onnx"), code=3)
    expect("000.pgm" in partly.stderr and os.path.exists("partly.onnx"), "an unreadable image is named and left out")


def main():
    smilecam = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("rings.net", "w", encoding="utf-8") as out:
            out.write(ARCHITECTURE)
        draw_set(60)
        check_training(smilecam)
        check_measuring(smilecam)
        check_broken(smilecam)


if __name__ == "__main__":
    main()
