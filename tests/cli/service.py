#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""The kiosk as a service: what it tells systemd, and that SIGHUP has it read its settings anew. Prints TAP.

usage: service.py SMILECAM MODEL
"""

import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60


class Service:
    """The program, and the socket to which it tells how it goes."""

    def __init__(self, program, folder, settings, *arguments, watchdog_s=0.6):
        self.folder, self.settings = folder, os.path.join(folder, "smilecam", "smilecam.conf")
        os.makedirs(os.path.dirname(self.settings))
        self.set(settings)
        path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.errors = open(os.path.join(folder, "err"), "w+", encoding="utf-8")
        surroundings = dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder, LC_ALL="C.UTF-8",
                            SDL_VIDEODRIVER="dummy", NOTIFY_SOCKET=path, WATCHDOG_USEC=str(int(watchdog_s * 1e6)))
        self.process = subprocess.Popen([program, "live", *arguments], cwd=folder, env=surroundings,
                                        stderr=self.errors)

    def set(self, text):
        with open(self.settings, "w", encoding="utf-8") as out:
            out.write(text)

    def hears(self, patience_s=PATIENCE_S):
        self.socket.settimeout(patience_s)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return None

    def waits_for(self, state):
        end = time.monotonic() + PATIENCE_S
        heard = []
        while time.monotonic() < end:
            heard.append(self.hears(end - time.monotonic()))
            if heard[-1] and state in heard[-1].split("\n"):
                return
        raise AssertionError(f"not told {state}, but {heard[-5:]}; it said: {self.said()}")

    def waits_for_text(self, *words):
        end = time.monotonic() + PATIENCE_S
        heard = ""
        while not all(word in heard for word in words):
            assert time.monotonic() < end, f"not told {words}; it said: {self.said()}"
            heard = self.hears(1) or ""

    def forgets(self):
        while self.hears(0.01):
            pass

    def said(self):
        with open(self.errors.name, encoding="utf-8") as lines:
            return lines.read()

    def says(self, words):
        end = time.monotonic() + PATIENCE_S
        while words not in self.said():
            assert time.monotonic() < end, f"it never said '{words}', but: {self.said()}"
            time.sleep(0.1)

    def file(self, name):
        end = time.monotonic() + PATIENCE_S
        while not os.path.exists(os.path.join(self.folder, name)):
            assert time.monotonic() < end, f"{name} was not made; it said: {self.said()}"
            time.sleep(0.1)

    def ends(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.errors.close()
            self.socket.close()


DEMO = "kiosk = yes\nsource = demo\nwidth = 320\nheight = 240\n"


def tells_that_it_is_ready_and_alive(program, folder):
    service = Service(program, folder, DEMO)
    service.waits_for("READY=1")
    for _ in range(4):
        service.waits_for("WATCHDOG=1")
    assert service.ends() == 4


def says_how_it_is(program, folder):
    service = Service(program, folder, DEMO + "health = health.json\nhours = mo-su 0:00-24:00\n")
    service.waits_for_text("STATUS=running: demo face")
    with open(os.path.join(folder, "health.json"), encoding="utf-8") as file:
        health = json.loads(file.read())
    assert list(health) == ["v", "wall", "state", "camera", "fps", "uptime", "smiles", "memory"], health
    assert health["state"] == "running" and health["camera"].startswith("demo face"), health
    assert 10e6 < health["memory"] < 2e9 and 0 <= health["uptime"] < PATIENCE_S, health
    assert abs(datetime.datetime.fromisoformat(health["wall"]).timestamp() - time.time()) < PATIENCE_S, health
    service.set("hours = never\n" + DEMO)
    service.process.send_signal(signal.SIGHUP)
    service.waits_for_text("STATUS=running", "last problem: the settings stay as they were")
    assert service.ends() == 4
    with open(os.path.join(folder, "health.json"), encoding="utf-8") as file:
        health = json.loads(file.read())
    assert (health["state"], health["fps"]) == ("ended", 0) and "settings" in health["problem"], health


def is_silent_without_pictures(program, folder):
    service = Service(program, folder, DEMO + "rate = 0.1\n")  # one in ten seconds
    service.waits_for("READY=1")
    service.forgets()
    end, heard = time.monotonic() + 3, 0
    while time.monotonic() < end:
        heard += "WATCHDOG" in (service.hears(0.1) or "")
    assert heard <= 2, f"it said {heard} times that it is alive, for one picture or two"
    assert service.ends() == 4


def reads_its_settings_anew(program, folder):
    service = Service(program, folder, DEMO)
    service.waits_for("READY=1")
    service.set(DEMO + "events = anew.jsonl\nallow-recording = yes\nrotate = 90\n")
    service.process.send_signal(signal.SIGHUP)
    service.waits_for("RELOADING=1")
    service.waits_for("READY=1")
    service.file("anew.jsonl")
    assert service.ends() == 4


def goes_on_with_bad_settings(program, folder):
    service = Service(program, folder, DEMO)
    service.waits_for("READY=1")
    service.set(DEMO + "min-face = large\n")
    service.process.send_signal(signal.SIGHUP)
    service.says("smilecam.conf, line 5: 'min-face'")
    service.says("the settings stay as they were")
    service.forgets()
    service.waits_for("WATCHDOG=1")
    service.set(DEMO + "model = not-there.onnx\n")  # makes sense, but does not work
    service.process.send_signal(signal.SIGHUP)
    service.waits_for("RELOADING=1")
    service.says("going on with the former ones")
    service.waits_for("READY=1")
    assert service.ends() == 4


def ends_by_hangup_when_it_is_no_kiosk(program, folder):
    service = Service(program, folder, "source = demo\nheadless = yes\nevents = e.jsonl\n", "--realtime", "yes")
    service.waits_for("READY=1")
    assert service.ends(signal.SIGHUP) == 4


def main():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the program leaves it ignored where nohup has it so
    program = os.path.abspath(sys.argv[1])
    if not os.path.exists(sys.argv[2]):
        print("1..0 # SKIP the shipped model is not there")
        return
    steps = (tells_that_it_is_ready_and_alive, says_how_it_is, is_silent_without_pictures, reads_its_settings_anew,
             goes_on_with_bad_settings, ends_by_hangup_when_it_is_no_kiosk)
    print(f"1..{len(steps)}", flush=True)
    for number, step in enumerate(steps, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                step(program, folder)
                print(f"ok {number} - {step.__name__}", flush=True)
            except AssertionError as problem:
                print(f"not ok {number} - {step.__name__}: {problem}", flush=True)


main()
