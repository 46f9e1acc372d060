# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""A display of its own (Xvfb), and the live window on it: press keys, look at pixels."""

import os
import shutil
import subprocess
import time

NEEDED = ("Xvfb", "xdotool", "import", "convert")
PATIENCE_S = 60  # machines are slow under sanitizers
HANGING_S = 15


def missing():
    return [tool for tool in NEEDED if not shutil.which(tool)]


def wait_for(what, true, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {patience_s} s")
        time.sleep(0.1)


class Picture:
    """Pixels of the window: (red, green, blue) each."""

    def __init__(self, width, height, pixels):
        self.width, self.height, self.pixels = width, height, pixels

    def at(self, x, y):
        i = 3 * (int(y) * self.width + int(x))
        return self.pixels[i:i + 3]

    def share(self, is_so, left=0.0, top=0.0, right=1.0, bottom=1.0):
        """Of the pixels in a part of the window, how many are so; every second one is looked at."""
        xs = range(int(left * self.width), int(right * self.width), 2)
        ys = range(int(top * self.height), int(bottom * self.height), 2)
        return sum(is_so(*self.at(x, y)) for y in ys for x in xs) / max(1, len(xs) * len(ys))

    def difference(self, other, mirrored=False, top=0.0, bottom=1.0):
        """Mean absolute difference of the reds."""
        total = n = 0
        for y in range(int(top * self.height), int(bottom * self.height), 3):
            for x in range(0, self.width, 3):
                total += abs(self.at(x, y)[0] - other.at(self.width - 1 - x if mirrored else x, y)[0])
                n += 1
        return total / n


class Screen:
    def __init__(self, width=1400, height=1000):
        self.width, self.height = width, height
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            self.display = ":" + answer.readline().strip()

    def close(self):
        self.server.terminate()
        self.server.wait()

    def run(self, *command):
        try:
            return subprocess.run(command, env=dict(os.environ, DISPLAY=self.display), check=False,
                                  capture_output=True, timeout=HANGING_S)
        except subprocess.TimeoutExpired:  # ImageMagick's import, now and then; whoever called tries again
            return subprocess.CompletedProcess(command, 1, b"", b"")


class Window:
    """The live program on a screen. environment: what differs from this process's."""

    def __init__(self, screen, command, environment=None, folder="."):
        self.screen = screen
        self.errors = open(os.path.join(folder, "window.err"), "w+", encoding="utf-8")
        surroundings = dict(os.environ, DISPLAY=screen.display, SDL_VIDEODRIVER="x11",
                            SDL_RENDER_DRIVER="software", **(environment or {}))
        self.process = subprocess.Popen(command, cwd=folder, stderr=self.errors, env=surroundings)
        self.window = None
        wait_for("a window", self.find)

    def find(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: {self.said()}")
        found = self.screen.run("xdotool", "search", "--onlyvisible", "--class", "smilecam").stdout.split()
        self.window = found[0].decode() if found else None
        return self.window

    def said(self):
        self.errors.flush()
        with open(self.errors.name, encoding="utf-8") as lines:
            return lines.read()

    def press(self, *keys):
        self.size()  # the window as it is now
        for key in keys:  # there is no window manager to give it the focus
            self.screen.run("xdotool", "windowfocus", self.window, "key", key)

    def size(self):
        values = {}
        while "HEIGHT" not in values:  # SDL may have made the window anew
            wait_for("a window", self.find)
            words = self.screen.run("xdotool", "getwindowgeometry", "--shell", self.window).stdout.split()
            values = dict(word.decode().split("=") for word in words)
        return int(values["WIDTH"]), int(values["HEIGHT"])

    def resize(self, width, height):
        """And moves into the corner, lest a part of it lies outside the screen."""
        self.screen.run("xdotool", "windowmove", self.window, "0", "0", "windowsize", self.window,
                        str(width), str(height))

    def look(self):
        for _ in range(20):
            width, height = self.size()
            pixels = self.screen.run("import", "-window", self.window, "-depth", "8", "rgb:-").stdout
            if len(pixels) == 3 * width * height:
                return Picture(width, height, pixels)
            time.sleep(0.1)  # it was being resized
        raise AssertionError("the window's pixels cannot be read")

    def save(self, path):
        self.screen.run("import", "-window", self.window, path)

    def sees(self, what, true):
        wait_for(what, lambda: true(self.look()))

    def end(self, key="q"):
        """Its exit code."""
        self.press(key)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"key {key} did not end it") from late
        finally:
            self.process.kill()
            self.log = self.said()
            self.errors.close()
