#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Drives the real window on a display of its own: every key, resizing, full screen, the smile
shutter, Chinese; and looks at what was drawn. Prints TAP.

usage: drive_window.py SMILECAM MODEL
"""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import screen


def is_plate(r, g, b):
    """What text stands on."""
    return r < 70 and g < 75 and b < 80 and abs(r - b) < 30


def is_red(r, g, b):
    return r > 200 and g < 120 and b < 120


def is_accent(r, g, b):
    return g > 190 and r < 130 and 130 < b < 210


def is_black(r, g, b):
    return r + g + b == 0


def is_violet(r, g, b):
    return b > g + 10


LEFT = dict(left=0.0, top=0.12, right=0.2, bottom=0.4)  # where the figures lie
CORNER = dict(left=0.0, top=0.0, right=0.25, bottom=0.12)  # of the recording mark
FOOT = dict(left=0.35, top=0.88, right=0.65, bottom=1.0)  # of messages


class Test:
    def __init__(self, program, display, folder):
        self.program, self.display, self.folder = program, display, folder

    def open(self, *arguments, **environment):
        command = [self.program, "--source", "demo", "--width", "640", "--height", "360", *arguments]
        places = dict(HOME=self.folder, XDG_CONFIG_HOME=self.folder, XDG_PICTURES_DIR=self.folder,
                      XDG_VIDEOS_DIR=self.folder)
        return screen.Window(self.display, command, {**places, **environment}, self.folder)

    def files(self, pattern):
        return sorted(glob.glob(os.path.join(self.folder, pattern)))

    def toggle(self, window, key, what, is_on):
        """The key switches something on, and again off."""
        window.sees(f"no {what} yet", lambda p: not is_on(p))
        window.press(key)
        window.sees(what, is_on)
        window.press(key)
        window.sees(f"{what} gone", lambda p: not is_on(p))

    def face_has_box_and_counter(self):
        window = self.open()
        window.sees("a smile's box", lambda p: p.share(is_accent, 0.3, 0.1, 0.7, 0.9) > 0.01)
        window.sees("the counter", lambda p: p.share(is_plate, 0.9, 0.0, 1.0, 0.1) > 0.2)
        assert window.end() == 0

    def keys_switch_panels(self):
        window = self.open()
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        self.toggle(window, "i", "figures", lambda p: p.share(is_plate, **LEFT) > 0.5)
        for key in ("h", "question", "F1"):
            self.toggle(window, key, "help", lambda p: p.share(is_plate, 0.3, 0.2, 0.7, 0.8) > 0.5)
        self.toggle(window, "g", "a strip", lambda p: p.share(is_plate, 0.1, 0.9, 0.5, 0.95) > 0.5)
        window.sees("a box", lambda p: p.share(is_plate, 0.3, 0.6, 0.7, 1.0) > 0.03)
        self.toggle(window, "d", "a number", lambda p: p.share(is_plate, 0.36, 0.33, 0.42, 0.42) > 0.2)
        window.press("n")
        window.sees("that there is no other camera", lambda p: p.share(is_plate, **FOOT) > 0.3)
        assert window.end("Escape") == 0

    def map_lies_over_the_face(self):
        window = self.open()
        window.sees("a face", lambda p: p.share(is_plate, 0.3, 0.6, 0.7, 1.0) > 0.03)
        self.toggle(window, "x", "a map", lambda p: p.share(is_violet, 0.35, 0.3, 0.65, 0.8) > 0.2)
        assert window.end() == 0

    def text_grows_and_contrast_is_high(self):
        window = self.open("--text-size", "large", "--high-contrast")
        window.sees("black behind the counter alone", lambda p: p.share(is_black, 0.8, 0.0, 1.0, 0.2) > 0.05 and
                    p.share(is_black, 0.8, 0.2, 1.0, 0.9) == 0)
        large = window.look().share(is_black, 0.8, 0.0, 1.0, 0.2)
        window.press("l")
        window.sees("larger text", lambda p: p.share(is_black, 0.8, 0.0, 1.0, 0.2) > 1.1 * large)
        window.press("l")
        window.sees("the usual text", lambda p: 0 < p.share(is_black, 0.8, 0.0, 1.0, 0.2) < 0.9 * large)
        window.press("v")
        window.sees("the usual colours", lambda p: p.share(is_black) == 0)
        assert window.end() == 0

    def pause_holds_and_mirror_flips(self):
        window = self.open()
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        first = window.look()
        window.sees("a motion", lambda p: p.difference(first) > 0)
        window.press("space")
        window.sees("the word paused", lambda p: p.share(is_plate, **CORNER) > 0.1)
        still = window.look()
        assert window.look().difference(still, top=0.15, bottom=0.85) == 0, "it moves while it is paused"
        window.press("m")
        window.sees("the mirrored picture", lambda p: p.difference(still, True, 0.2, 0.35) < 3 <
                    p.difference(still, False, 0.2, 0.35))
        assert window.end() == 0

    def record_shows_a_mark_and_keeps_a_file(self):
        window = self.open()
        window.sees("a face", lambda p: p.share(is_plate, 0.3, 0.6, 0.7, 1.0) > 0.03)
        window.press("r")
        window.sees("a red mark", lambda p: p.share(is_red, **CORNER) > 0.005)
        screen.wait_for("a recording", lambda: sum(map(os.path.getsize, self.files("smilecam-*.mkv"))) > 9000)
        window.press("r")
        window.sees("the mark gone", lambda p: p.share(is_red, **CORNER) == 0)
        assert window.end() == 0
        (video,) = self.files("smilecam-*.mkv")
        assert "recorded" in window.log, window.log

    def snapshot_is_a_picture(self):
        window = self.open()
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        window.press("s")
        screen.wait_for("the file", lambda: self.files("smilecam-*.png"))
        window.sees("a message", lambda p: p.share(is_plate, **FOOT) > 0.3)
        assert window.end() == 0
        (path,) = self.files("smilecam-*.png")
        size = subprocess.run(["identify", "-format", "%wx%h", path], capture_output=True, text=True, check=True)
        assert size.stdout == "640x360", size.stdout

    def shutter_waits_for_the_smile(self):
        window = self.open("--smile-shutter", "--pictures", "photos", "--picture-format", "jpg")
        window.sees("the countdown", lambda p: p.share(is_plate, 0.44, 0.03, 0.56, 0.2) > 0.4)
        screen.wait_for("a photograph", lambda: self.files("photos/smilecam-*.jpg"))
        assert window.end() == 0

    def timer_counts_down(self):
        window = self.open("--pictures", "photos", "--picture-format", "jpg")
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        self.toggle(window, "t", "the countdown", lambda p: p.share(is_plate, 0.44, 0.03, 0.56, 0.2) > 0.4)
        assert not self.files("photos/smilecam-*.jpg")
        window.press("t")
        screen.wait_for("a photograph", lambda: self.files("photos/smilecam-*.jpg"))
        assert window.end() == 0

    def sizes_keep_the_shape(self):
        window = self.open()
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        window.resize(500, 700)
        window.sees("bars above and below", lambda p: (p.width, p.height) == (500, 700) and
                    p.share(is_black, 0.4, 0.25, 0.6, 0.28) == 1 and p.share(is_black, 0, 0.35, 1, 0.65) < 0.05)
        window.press("f")
        whole = (self.display.width, self.display.height)
        screen.wait_for("full screen", lambda: window.size() == whole)
        window.sees("a large picture", lambda p: p.share(is_black, 0, 0.2, 1, 0.8) < 0.05)
        window.press("Escape")
        screen.wait_for("the former size", lambda: window.size() == (500, 700))
        assert window.end() == 0

    def displays_are_counted(self):
        window = self.open("--display", "7")
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        assert "there is no display 7" in window.said(), window.said()
        assert window.end() == 0

    def trouble_is_told_in_the_window(self):
        os.mkdir(os.path.join(self.folder, "dev"))
        command = [self.program, "--width", "640", "--height", "360"]
        window = screen.Window(self.display, command,
                               dict(SMILECAM_DEV_ROOT=os.path.join(self.folder, "dev"), HOME=self.folder), self.folder)
        window.sees("that there is no camera", lambda p: p.share(is_plate, **FOOT) > 0.3)
        assert "no camera found" in window.said(), window.said()
        assert window.end() == 0

    def figures_leave_a_face_alone_in_a_small_window(self):
        window = self.open("--width", "320", "--height", "240")
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        window.press("i")
        window.sees("figures", lambda p: p.share(is_plate, **LEFT) + p.share(is_plate, 0.8, 0.12, 1.0, 0.4) > 0.3)
        for _ in range(5):
            covered = window.look().share(is_plate, 0.36, 0.36, 0.64, 0.64)
            assert covered < 0.1, f"{covered:.0%} of the face are covered"
        assert window.end() == 0

    def film(self, seconds=1):
        path = os.path.join(self.folder, "film.mkv")
        subprocess.run([self.program, "--source", "demo", "--headless", "--width", "640", "--height", "360", "--duration",
                        str(seconds), "--record", path], check=True, stderr=subprocess.DEVNULL)
        return path

    def stays_at_the_end_of_a_file(self):
        events = os.path.join(self.folder, "events.jsonl")
        command = [self.program, self.film(), "--events", events]
        window = screen.Window(self.display, command, dict(HOME=self.folder), self.folder)
        screen.wait_for("the end", lambda: '"cut":true' in open(events, encoding="utf-8").read())
        window.sees("the last picture and a word", lambda p: p.share(is_black) < 0.1 and p.share(is_plate, **FOOT) > 0.2)
        assert window.process.poll() is None
        assert window.end() == 0
        window = screen.Window(self.display, [*command, "--keep-open", "no"], dict(HOME=self.folder), self.folder)
        assert window.process.wait(screen.PATIENCE_S) == 0

    def title(self, window):
        return self.display.run("xdotool", "getwindowname", window.window).stdout.decode().strip()

    def a_file_is_wound(self):
        def has_smile(p):
            return p.share(is_accent, 0.3, 0.2, 0.7, 0.8) > 0.01

        path = self.film(4)
        window = screen.Window(self.display, [self.program, path], dict(HOME=self.folder), self.folder)
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        assert self.title(window) == "film.mkv - smilecam", self.title(window)
        window.press("space", "Right")
        window.sees("a smile near the end", has_smile)
        first = window.look()
        window.press("comma", "comma", "comma")
        window.sees("an earlier picture", lambda p: p.difference(first, top=0.2, bottom=0.8) > 0)
        window.press("period", "period", "e")
        window.sees("the same picture", lambda p: p.difference(first, top=0.2, bottom=0.8) == 0)
        window.press("Left")
        window.sees("no smile at the beginning", lambda p: not has_smile(p))
        window.press("Down", "Down", "space")
        window.sees("the speed", lambda p: p.share(is_plate, **FOOT) > 0.1)
        assert window.end() == 0
        window = screen.Window(self.display, [self.program, path, "--events", "e.jsonl"], dict(HOME=self.folder), self.folder)
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        window.press("Right")
        window.sees("that it cannot be wound", lambda p: p.share(is_plate, **FOOT) > 0.3)
        assert window.end() == 0

    def what_is_kept_goes_into_the_users_folders(self):
        places = dict(HOME=self.folder, XDG_CONFIG_HOME=self.folder)
        os.mkdir(os.path.join(self.folder, "here"))
        window = screen.Window(self.display, [self.program, "--source", "demo", "--width", "640", "--height", "360"], places,
                               os.path.join(self.folder, "here"))
        window.sees("a picture", lambda p: p.share(is_black) < 0.1)
        window.press("s", "r")
        screen.wait_for("a picture and a video", lambda: self.files("Pictures/smilecam-*.png") and self.files("Videos/smilecam-*.mkv"))
        assert window.end() == 0
        assert not self.files("here/smilecam-*"), self.files("here/*")

    def a_kiosk_reloads_without_a_dark_screen(self):
        os.mkdir(os.path.join(self.folder, "smilecam"))
        settings = os.path.join(self.folder, "smilecam", "smilecam.conf")
        window = self.open("--kiosk", XDG_STATE_HOME=self.folder)
        window.sees("a picture", lambda p: p.share(is_plate) < 0.3)
        for setting in ("rotate = 180\n", "rotate = 180\nmin-face = 40\n"):
            with open(settings, "w", encoding="utf-8") as out:
                out.write(setting)
            before = window.look()
            window.process.send_signal(signal.SIGHUP)
            for _ in range(12):
                picture = window.look()
                assert picture.share(is_plate) < 0.3, "the screen is dark while settings are read"
            assert "rotate = 180\n" != setting or picture.difference(before, top=0.2, bottom=0.8) > 5, "it was not rotated"
        window.press("q", "u", "i", "t")
        assert window.end("q") == 0

    def has_an_icon(self):
        if not shutil.which("xprop"):
            return "SKIP no xprop"
        window = self.open()
        screen.wait_for("an icon", lambda: re.search(b"64 x 64|= 64, 64", self.display.run(
            "xprop", "-id", window.window, "_NET_WM_ICON").stdout))
        assert window.end() == 0
        return ""

    def chinese_looks_different(self):
        if not subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout:
            return "SKIP no font for Chinese (fonts-wqy-microhei)"
        pictures = []
        for language in ("C", "zh_CN"):
            window = self.open(LC_ALL="C.UTF-8", LANGUAGE=language)
            window.sees("a picture", lambda p: p.share(is_black) < 0.1)
            window.press("h")
            window.sees("help", lambda p: p.share(is_plate, 0.4, 0.3, 0.6, 0.7) > 0.5)
            pictures.append(window.look())
            assert "no installed font" not in window.said(), window.said()
            assert window.end() == 0
        assert pictures[0].difference(pictures[1], top=0.2, bottom=0.8) > 2, "the help is the same in both"
        return ""


def main():
    program, model = os.path.abspath(sys.argv[1]), sys.argv[2]
    if screen.missing() or not os.path.exists(model):
        print("1..0 # SKIP needs a model and " + " ".join(screen.NEEDED))
        return
    display = screen.Screen()
    steps = [name for name, step in vars(Test).items() if name not in ("open", "files", "film", "title", "toggle") and
             callable(step) and not name.startswith("_")]
    wanted = sys.argv[3:] or steps
    print(f"1..{len(wanted)}", flush=True)
    for number, name in enumerate(wanted, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                note = getattr(Test(program, display, folder), name)()
                print(f"ok {number} - {name}" + (f" # {note}" if note else ""), flush=True)
            except AssertionError as problem:
                print(f"not ok {number} - {name}: {problem}", flush=True)
                display.close()
                display = screen.Screen()  # what is left over goes with it
    display.close()


main()
