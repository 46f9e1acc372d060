#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Makes the pictures of docs/gallery.md anew, with the demo face on a display of its own (Xvfb).

usage: docs/gallery/make.py build/app/smilecam
"""

import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "cli"))
import screen


def is_smile(r, g, b):
    """The colour of a smile's box."""
    return g > 190 and r < 130 and 130 < b < 210


def smiles(picture):
    return picture.share(is_smile, 0.2, 0.3, 0.8, 0.95) > 0.003


# name, width, height, keys, options, language
SCENES = (
    ("smile", 1280, 720, [], [], "en"),
    ("figures", 1280, 720, ["i"], [], "en"),
    ("map", 1280, 720, ["x"], [], "en"),
    ("help", 1280, 720, ["h"], [], "en"),
    ("recording", 1280, 720, ["r"], [], "en"),
    ("small", 640, 360, ["i"], [], "en"),
    ("portrait", 720, 1280, ["i"], [], "en"),
    ("chinese", 1280, 720, ["i", "r"], [], "zh_CN"),
)


def take(display, program, scene):
    name, width, height, keys, options, language = scene
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--source", "demo", "--width", str(width), "--height", str(height), *options]
        window = screen.Window(display, command, dict(LC_ALL="C.UTF-8", LANGUAGE=language, HOME=folder), folder)
        window.sees("a smile", smiles)
        window.press(*keys)
        time.sleep(1.5)
        if name not in ("help", "map"):  # which cover it
            window.sees("the smile again", smiles)
        window.save(os.path.join(HERE, f"{name}.jpg"))
        window.end()


def main():
    if screen.missing():
        sys.exit("install " + ", ".join(screen.missing()))
    display = screen.Screen(1600, 1600)
    for scene in SCENES:
        if len(sys.argv) < 3 or scene[0] in sys.argv[2:]:
            take(display, os.path.abspath(sys.argv[1]), scene)
            print(scene[0], flush=True)
    display.close()


main()
