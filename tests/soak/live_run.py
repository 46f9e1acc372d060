# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""The live program without a window on fake cameras, its clock running fast, and what it says and takes meanwhile."""

import json
import os
import queue
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fake_camera"))
from fake_cameras import FakeCameras, demo_film

SIZE, RATE_HZ = "320x240", int(os.environ.get("RATE", "30"))
# The film: the demo face with its smiles, then a while without anybody.
PERIOD_S, SMILES_S, SMILE_S, ALONE_S = 24.0, (2.0, 8.0, 14.0), 3.0, 18.0
PATIENCE_S = 120  # machines are slow at times


def make_film(demo_frames, path):
    nobody = f"drawbox=t=fill:color=0x507060:enable='gte(t,{ALONE_S})'"
    demo_film(demo_frames, path, SIZE, RATE_HZ, PERIOD_S, "yuyv", nobody, "noise=alls=3:allf=t")


class LiveRun:
    def __init__(self, smilecam, library, demo_frames, folder, speed, *arguments):
        self.speed, self.folder = speed, folder
        self.film = os.path.join(folder, "film.yuyv")
        make_film(demo_frames, self.film)
        self.cameras = FakeCameras(library, os.path.join(folder, "machine"))
        self.events, self.samples = [], []
        self.news = queue.Queue()
        self.serial, self.number = "0001", 0
        self.plug(0)
        self.process = subprocess.Popen(
            [smilecam, "live", "--headless", "--source", self.cameras.stable_path(self.serial), "--width", "320",
             "--height", "240", "--min-face", "60", "--events", "-", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.cameras.environment(speed))
        threading.Thread(target=self._read_events, daemon=True).start()
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()

    def plug(self, number):
        self.number = number
        self.cameras.plug(number, self.serial, size=SIZE, rate=RATE_HZ, yuyv=self.film)

    def unplug(self):
        self.cameras.unplug(self.number)

    def set_fault(self, fault):
        self.cameras.set(self.number, fault=fault)

    def now_s(self):
        """As the program's clock shows it."""
        return time.monotonic() * self.speed

    def _read_events(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event["heard_s"] = self.now_s()
            self.events.append(event)
            self.news.put(event)
        self.news.put(None)

    def wait_for(self, kind):
        """The next event of that kind."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                event = self.news.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} within {PATIENCE_S} s: {self.errors[-3:]}") from None
            if event is None:
                raise AssertionError(f"it ended before {kind}: {self.errors[-3:]}")
            if event["event"] == kind:
                return event

    def sample(self):
        """What the process holds now: kilobytes, files, threads."""
        folder = f"/proc/{self.process.pid}"
        try:
            with open(f"{folder}/status", encoding="ascii") as lines:
                status = dict(line.split(":", 1) for line in lines)
            sample = (self.now_s(), int(status["VmRSS"].split()[0]), len(os.listdir(f"{folder}/fd")), int(status["Threads"]))
        except (OSError, KeyError):
            return None  # it has just ended
        self.samples.append(sample)
        return sample

    def stop(self):
        """Its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)
