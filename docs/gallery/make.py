#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Makes the pictures of docs/gallery.md anew, with the demo face on a display of its own (Xvfb), by ffmpeg also with
several of them at a time.

usage: docs/gallery/make.py build/app/smilecam
"""

import os
import subprocess
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


def invites(picture):
    return picture.at(2, 2) == bytes((20, 27, 33))  # the idle scene's ground


def crowd(program, film, width, height, columns, rows):
    """A film of demo faces side by side, each in its own time."""
    frames = os.path.join(os.path.dirname(program), "..", "tests", "fake_camera", "demo_frames")
    tile = (width // columns // 16 * 16, height // rows // 16 * 16)
    one = film + ".one.mkv"
    with subprocess.Popen([frames, *map(str, tile), "15", "12"], stdout=subprocess.PIPE) as drawn:
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", "bgr0", "-video_size",
                        f"{tile[0]}x{tile[1]}", "-framerate", "15", "-i", "-", "-c:v", "libx264",
                        "-preset", "ultrafast", "-crf", "5", "-g", "15", one], check=True,
                       stdin=drawn.stdout)
    n = columns * rows
    inputs = [word for k in range(n) for word in ("-stream_loop", "2", "-ss", f"{1.3 * k % 6:.2f}", "-i", one)]
    places = "|".join(f"{k % columns * tile[0]}_{k // columns * tile[1]}" for k in range(n))
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *inputs, "-filter_complex", f"xstack=inputs={n}:layout={places}",
                    "-t", "25", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", film], check=True)


# name, width, height, keys, options, language; --crowd COLUMNSxROWS is ours, for as many faces
SCENES = (
    ("smile", 1280, 720, [], [], "en"),
    ("figures", 1280, 720, ["i"], [], "en"),
    ("map", 1280, 720, ["x"], [], "en"),
    ("help", 1280, 720, ["h"], [], "en"),
    ("recording", 1280, 720, ["r"], [], "en"),
    ("small", 640, 360, ["i"], [], "en"),
    ("portrait", 720, 1280, ["i"], [], "en"),
    ("chinese", 1280, 720, ["i", "r"], [], "zh_CN"),
    ("crowd", 1280, 720, [], ["--crowd", "4x2"], "en"),
    ("kiosk", 720, 1280, [], ["--crowd", "2x3", "--kiosk"], "en"),
    ("kiosk_idle", 1280, 720, [], ["--kiosk", "--min-face", "2000"], "en"),  # the face is too small to count
)


def source_of(program, scene, folder):
    """The options that give the scene its picture, and those that are left."""
    _, width, height, _, options, _ = scene
    if "--crowd" not in options:
        return ["--source", "demo", "--width", str(width), "--height", str(height)], options
    film = os.path.join(folder, "crowd.mkv")
    crowd(program, film, width, height, *map(int, options[1].split("x")))
    return ["--source", film], options[2:]


def take(program, scene):
    name, width, height, keys, _, language = scene
    with tempfile.TemporaryDirectory() as folder:
        source, options = source_of(program, scene, folder)
        kiosk = "--kiosk" in options  # fills the screen
        display = screen.Screen(width, height) if kiosk else screen.Screen(1600, 1600)
        window = screen.Window(display, [program, *source, *options],
                               dict(LC_ALL="C.UTF-8", LANGUAGE=language, HOME=folder, XDG_STATE_HOME=folder), folder)
        if name == "kiosk_idle":
            window.sees("the invitation", invites)
        else:
            window.sees("a smile", smiles)
        window.press(*keys)
        time.sleep(1.5)
        if name not in ("help", "map", "kiosk_idle"):  # which cover it
            window.sees("the smile again", smiles)
        window.save(os.path.join(HERE, f"{name}.jpg"))
        if kiosk:
            window.press(*"qui")
        window.end("t" if kiosk else "q")
        display.close()


def main():
    if screen.missing():
        sys.exit("install " + ", ".join(screen.missing()))
    for scene in SCENES:
        if len(sys.argv) < 3 or scene[0] in sys.argv[2:]:
            take(os.path.abspath(sys.argv[1]), scene)
            print(scene[0], flush=True)


main()
