#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""The whole program on fake cameras: two at once, none, one that others use, that comes back under another number,
whose lens is covered, that lie on their side; and the key that switches between two. Prints TAP.

usage: cameras.py SMILECAM MODEL LIBRARY DEMO_FRAMES [WORD]   (only the tests with this word in their names)
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "fake_camera")]
import screen
from fake_cameras import FakeCameras, demo_film, film

PATIENCE_S = 60


class Test:
    def __init__(self, smilecam, library, demo_frames, folder):
        self.smilecam, self.demo_frames, self.folder = os.path.abspath(smilecam), demo_frames, folder
        self.cameras = FakeCameras(library, os.path.join(folder, "machine"))
        self.environment = self.cameras.environment()

    def run(self, *arguments):
        return subprocess.run([self.smilecam, *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)

    def start(self, *arguments):
        return subprocess.Popen([self.smilecam, "live", "--headless", "--events", "-", *arguments],
                                env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def unplug_all(self):
        for number in list(self.cameras.files):
            self.cameras.unplug(number)

    def wait_until_in_use(self, number):
        def is_locked():
            with open(self.cameras.path(number), encoding="ascii") as camera:
                try:
                    fcntl.flock(camera, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True
            return False

        screen.wait_for("a program with the camera", is_locked)
        time.sleep(2)  # its first pictures

    def lists_two_cameras(self):
        self.cameras.plug(0, "0001", name="Front")
        self.cameras.plug(2, name="Back", size="320x240", rate=15)
        front, back = [json.loads(line) for line in self.run("devices", "--json").stdout.splitlines()]
        assert (front["name"], front["number"], front["stable"]) == ("Front", 0, self.cameras.stable_path("0001")), front
        assert (back["name"], back["number"]) == ("Back", 2) and "stable" not in back, back
        assert back["modes"] == [{"format": "YUYV", "width": 320, "height": 240, "rates": [15.0]}], back

    def opened(self, source):
        """What a session with this source says on the way to its first pictures, and its recording's size."""
        recording = os.path.join(self.folder, "opened.mkv")
        ended = self.run("live", "--headless", "--source", source, "--duration", "0.5", "--record", recording)
        assert ended.returncode == 0, ended
        probe = ["ffprobe", "-v", "error", "-show_entries", "stream=width", "-of", "csv=p=0", recording]
        width = subprocess.run(probe, capture_output=True, text=True, check=True).stdout.split(",")[0].split()[0]
        return ended.stderr, int(width)

    def lists_what_can_be_opened_and_why_not(self):
        self.cameras.plug(0, name="Sensor", kind="raw")
        self.cameras.plug(1, name="IR", kind="grey")
        self.cameras.plug(2, name="Front", fault="denied")
        self.cameras.plug(3, name="Planes", kind="planes")
        text = self.run("devices").stdout.split("\n3: ")
        assert "cannot be opened: it gives the raw values of a sensor" in text[0], text
        assert "it gives grey or infrared pictures" in text[0] and "group video" in text[0], text
        assert "NV12  640x480" in text[1] and "cannot" not in text[1], text
        sensor, grey, denied, planes = [json.loads(line) for line in self.run("devices", "--json").stdout.splitlines()]
        assert sensor["kind"] == "sensor" and "pw-v4l2" in sensor["error"], sensor
        assert grey["kind"] == "grey" and "error" not in grey, grey
        assert denied["kind"] == "unknown" and "group video" in denied["error"], denied
        assert planes["kind"] == "colour" and planes["modes"][0]["format"] == "NV12", planes

    def auto_takes_the_first_good_one(self):
        self.cameras.plug(0, name="Front", size="320x240")
        self.cameras.plug(1, name="Back", size="640x480")
        said, width = self.opened("auto")
        assert width == 320 and "passed over" not in said and "is used" not in said, said

    def auto_takes_colour_before_the_rest(self):
        for bad, why in (({"kind": "raw"}, "raw values of a sensor"), ({"kind": "grey"}, "grey or infrared"),
                         ({"name": "Integrated IR Camera"}, "grey or infrared"), ({"kind": "nothing"}, "no kind"),
                         ({"kind": "loopback"}, "another program feeds in"), ({"fault": "denied"}, "group video"),
                         ({"fault": "busy"}, "another program is using it")):
            self.cameras.plug(0, size="320x240", **bad)
            self.cameras.plug(1, name="Good")
            said, width = self.opened("auto")
            assert width == 640 and why in said and "camera 1 (Good) is used" in said, (bad, said)
            self.unplug_all()

    def auto_goes_past_what_does_not_open(self):
        for fault in "stall", "streamon":
            self.cameras.plug(0, size="320x240", fault=fault)
            self.cameras.plug(1, name="Good")
            said, width = self.opened("auto")
            assert width == 640 and "cannot open the camera" in said and "camera 1 (Good) is used" in said, said
            self.unplug_all()

    def auto_takes_grey_rather_than_nothing(self):
        self.cameras.plug(0, name="Eye", kind="grey")
        said, _ = self.opened("auto")
        assert "camera 0 (Eye) is used, although it gives grey or infrared pictures" in said, said

    def one_name_means_the_colour_one(self):
        self.cameras.plug(0, name="Integrated Camera", kind="grey", size="320x240")
        self.cameras.plug(2, name="Integrated Camera")
        assert self.opened("integrated")[1] == 640
        assert self.opened("0")[1] == 320

    def marks_the_demo_where_no_camera_opens(self):
        self.cameras.plug(0, kind="raw")
        recording = os.path.join(self.folder, "demo.mkv")
        for source, marked in ("auto", True), ("demo", False):
            ended = self.run("live", "--headless", "--source", source, "--duration", "4", "--events", "-",
                             "--record", recording)
            events = [json.loads(line) for line in ended.stdout.splitlines()]
            assert events and all(("demo" in event) == marked for event in events), events
            assert ("no camera can be opened: here is the demo face" in ended.stderr) == marked, ended.stderr
            plate = subprocess.run(["ffmpeg", "-v", "error", "-ss", "3", "-i", recording, "-frames:v", "1", "-vf",
                                    "crop=200:24:540:675,format=gray", "-f", "rawvideo", "-"], capture_output=True,
                                   check=True).stdout
            assert (sorted(plate)[len(plate) // 2] < 70) == marked, sorted(plate)[len(plate) // 2]

    def reads_a_camera_that_only_gives_h264(self):
        path = os.path.join(self.folder, "demo.h264")
        demo_film(self.demo_frames, path, "640x480", 15, 12, "h264")
        self.cameras.plug(0, rate=15, h264=path)
        run = self.start("--source", "auto")
        assert any("smile_start" in line for line in run.stdout)
        run.terminate()
        assert run.wait(PATIENCE_S) == 4

    def keeps_to_its_kind_while_it_is_away(self):
        self.cameras.plug(0, name="Front")
        self.cameras.plug(1, name="IR", kind="grey")
        run = self.start("--source", "auto")
        lines = (line for line in run.stdout if '"session"' not in line)
        self.wait_until_in_use(0)
        self.cameras.unplug(0)
        assert json.loads(next(lines))["event"] == "camera_lost"
        time.sleep(3)
        self.cameras.plug(0, name="Front")
        back = json.loads(next(lines))
        assert back["event"] == "camera_back" and back["t"] > 3, back
        run.terminate()
        assert run.wait(PATIENCE_S) == 4

    def says_that_there_is_none(self):
        ended = self.run("live", "--source", "0", "--headless")
        assert ended.returncode == 2 and "there is no camera 0" in ended.stderr, ended

    def says_who_uses_it(self):
        self.cameras.plug(0)
        first = self.start("--source", "0")
        self.wait_until_in_use(0)
        second = self.run("live", "--source", "0", "--headless")
        assert "is using it; close that program" in second.stderr, second
        first.terminate()
        assert first.wait(PATIENCE_S) == 4

    def finds_it_under_another_number(self):
        self.cameras.plug(0, name="Front")
        self.cameras.plug(1, name="Other")
        run = self.start("--source", "Front")
        lines = (line for line in run.stdout if '"session"' not in line)
        self.wait_until_in_use(0)
        self.cameras.unplug(0)
        assert json.loads(next(lines))["event"] == "camera_lost"
        self.cameras.plug(4, name="Front")
        assert json.loads(next(lines))["event"] == "camera_back"
        assert self.cameras_open(run.pid) == 1, "the lost camera is still open"
        run.terminate()
        assert run.wait(PATIENCE_S) == 4

    @staticmethod
    def cameras_open(pid):
        folder = f"/proc/{pid}/fd"
        return sum("fake camera" in os.readlink(os.path.join(folder, name)) for name in os.listdir(folder))

    def takes_another_one_that_nobody_chose(self):
        """But not the demo face, when it is busy at first."""
        self.cameras.plug(0)
        run = self.start("--source", "auto")
        lines = (line for line in run.stdout if '"session"' not in line)
        self.wait_until_in_use(0)
        self.cameras.unplug(0)
        assert json.loads(next(lines))["event"] == "camera_lost"
        self.cameras.plug(3, "0002", name="Another", fault="busy")
        time.sleep(2)
        self.cameras.set(3, fault="")
        assert json.loads(next(lines))["event"] == "camera_back"
        assert self.cameras_open(run.pid) == 1, "something else was taken"
        run.terminate()
        assert run.wait(PATIENCE_S) == 4

    def kiosk_begins_without_one(self):
        for source in ("auto", "Front", self.cameras.path(5)):
            run = self.start("--source", source, "--kiosk", "--counts", os.path.join(self.folder, "counts.csv"))
            lines = (line for line in run.stdout if '"session"' not in line)
            assert json.loads(next(lines))["event"] == "camera_lost"
            time.sleep(1)
            self.cameras.plug(5, name="A Front")
            assert json.loads(next(lines))["event"] == "camera_back"
            run.terminate()
            assert run.wait(PATIENCE_S) == 4
            self.cameras.unplug(5)

    def kiosk_waits_for_no_file(self):
        for typo in ("talk.mp4", "videos/talk", "/nowhere/video0"):
            ended = self.run("live", "--headless", "--kiosk", "--source", typo)
            assert ended.returncode == 2 and f"{typo}: no such file" in ended.stderr, ended

    def kiosk_closes_its_camera(self):
        """And a black screen: outside its hours, from the start and later; it comes back by itself."""
        def is_idle(p):
            return p.at(2, 2) == bytes((20, 27, 33))

        def is_black(p):
            return p.share(lambda r, g, b: r + g + b == 0) == 1

        def is_closed():
            return self.cameras_open(window.process.pid) == 0

        if screen.missing():
            print(f"# not tried: {screen.missing()} missing")
            return
        day = os.path.join(self.folder, "day")
        def set_day(hour):
            with open(day, "w", encoding="ascii"):
                os.utime(day, (1795824000 + 3600 * hour,) * 2)  # of 2026-11-28, a Saturday, UTC
        self.cameras.plug(0)
        events = os.path.join(self.folder, "hours.jsonl")
        display = screen.Screen(320, 240)
        try:
            set_day(9)
            window = screen.Window(display, [self.smilecam, "--kiosk", "--source", "auto", "--hours",
                                             "mo-fr 8:00-18:00, sa 10:00-14:00", "--events", events,
                                             "--allow-recording"],
                                   dict(self.environment, HOME=self.folder, TZ="UTC", SMILECAM_FAKE_DAY=day), self.folder)
            window.sees("a black screen before the opening", is_black)
            for before, hour in (9.99, 10), (24 + 12, 48 + 8):  # nothing on the Sunday
                set_day(before)
                time.sleep(2)
                assert is_closed() and is_black(window.look()), "it is open outside its hours"
                set_day(hour)
                window.sees("the idle scene", is_idle)
                self.wait_until_in_use(0)
                set_day(hour + 10)
                window.sees("a black screen after closing", is_black)
                screen.wait_for("a closed camera", is_closed)
            window.process.terminate()
            assert window.process.wait(PATIENCE_S) == 4
            window.errors.close()
            with open(events, encoding="utf-8") as lines:
                names = [json.loads(line)["event"] for line in lines]
            assert [name for name in names if name != "session"] == ["closed", "opened"] * 2 + ["closed"], names
        finally:
            display.close()

    def kiosk_is_calm_without_one(self):
        if screen.missing():
            print(f"# not tried: {screen.missing()} missing")
            return
        display = screen.Screen(320, 240)
        try:
            for source in ("auto", "HD Camera 2.0"):
                window = screen.Window(display, [self.smilecam, "--kiosk", "--source", source],
                                       dict(self.environment, HOME=self.folder), self.folder)
                window.sees("the idle scene", lambda p: p.at(2, 2) == bytes((20, 27, 33)))
                assert "demo" not in window.said() and "gone" not in window.said(), window.said()
                window.process.terminate()
                assert window.process.wait(PATIENCE_S) == 4
                window.errors.close()
        finally:
            display.close()

    def feeds(self, device, *more):
        return self.run("live", "--headless", "--source", "demo", "--width", "640", "--height", "480", "--realtime", "no",
                        "--duration", "3", "--output", device, *more)

    def is_a_camera_for_others(self):
        """Which get the pictures of a recording, in the size that their device takes."""
        raw, recording = (os.path.join(self.folder, name) for name in ("fed.yuv", "fed.mkv"))
        for size, fault in ((640, 480), ""), ((320, 240), "fixed"):
            self.cameras.plug(5, kind="output", written=raw, size=f"{size[0]}x{size[1]}", fault=fault)
            ended = self.feeds(self.cameras.path(5), "--record", recording)
            assert ended.returncode == 0 and ("it takes 320x240 only" in ended.stderr) == bool(fault), ended
            assert os.path.getsize(raw) == 90 * size[0] * size[1] * 3 // 2, os.path.getsize(raw)
            same = subprocess.run(["ffmpeg", "-v", "info", "-nostdin", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s",
                                   f"{size[0]}x{size[1]}", "-r", "30", "-i", raw, "-i", recording, "-lavfi",
                                   f"[1:v]scale={size[0]}:{size[1]}[b];[0:v][b]psnr", "-f", "null", "-"],
                                  capture_output=True, text=True, check=True).stderr
            assert float(same.split("PSNR y:")[1].split()[0]) > 30, same
            os.remove(raw)
            self.cameras.unplug(5)

    def says_why_a_device_cannot_be_fed(self):
        taken = os.path.join(self.folder, "taken")
        self.cameras.plug(0)
        self.cameras.plug(5, kind="output", written=taken)
        for fault, why in ("busy", "another program is using it"), ("denied", "group video"), ("yuyv", "refuses 640x480"):
            self.cameras.set(5, fault=fault)
            ended = self.feeds(self.cameras.path(5))
            assert ended.returncode == 6 and why in ended.stderr and ended.stderr.count("\n") == 1, ended
        self.cameras.plug(6, kind="loopback")
        for device, why in ((self.cameras.path(6), "another program is using it"), (self.cameras.path(9), "there is no such device; make one by sudo modprobe v4l2loopback"),
                            (self.cameras.path(0), "it gives pictures and takes none"), ("x.mkv", "for a file use --record"),
                            ("/dev/null", "it is no video device")):
            ended = self.feeds(device)
            assert ended.returncode == 6 and why in ended.stderr and ended.stderr.count("\n") == 1, ended
        ended = self.run("live", "--headless", "--source", "0", "--output", self.cameras.path(0))
        assert ended.returncode == 1 and "this is the camera, too" in ended.stderr, ended
        assert not os.path.exists(taken)
        ended = self.run("live", "--headless", "--kiosk", "--source", "demo", "--output", self.cameras.path(5))
        assert ended.returncode == 1 and "a kiosk keeps no pictures unless" in ended.stderr, ended

    def tells_when_the_device_vanishes(self):
        self.cameras.plug(0)
        self.cameras.plug(5, kind="output", written=os.path.join(self.folder, "some.yuv"))
        run = self.start("--source", "0", "--output", self.cameras.path(5))
        screen.wait_for("pictures", lambda: os.path.exists(os.path.join(self.folder, "some.yuv")))
        self.cameras.unplug(5)
        said = run.communicate(timeout=PATIENCE_S)[1]
        assert run.returncode == 6 and "the device is gone" in said, said

    def ends_if_it_is_not_to_wait(self):
        self.cameras.plug(0)
        run = self.start("--source", "0", "--wait", "no")
        self.wait_until_in_use(0)
        self.cameras.unplug(0)
        assert run.wait(PATIENCE_S) == 5

    def tells_a_covered_lens(self):
        jpeg = os.path.join(self.folder, "grey.mjpg")
        film(jpeg, ["-f", "lavfi", "-i", "color=gray:size=1280x720"], "1280x720", 30, 0.1, "mjpg")
        for settings in ({}, {"size": "1280x720", "mjpg": jpeg}):
            self.cameras.plug(0, fault="black", **settings)
            run = self.start("--source", "0")
            said = next(line for line in run.stderr if "black" in line)
            assert "is the lens covered?" in said, said
            run.terminate()
            assert run.wait(PATIENCE_S) == 4
            assert "camera_lost" not in run.stdout.read()
            self.cameras.unplug(0)

    def sideways_film(self):
        path = os.path.join(self.folder, "sideways.yuyv")
        if not os.path.exists(path):
            demo_film(self.demo_frames, path, "480x640", 10, 6, "yuyv", "transpose=cclock")
        return path

    def turns_what_lies_on_its_side(self):
        recording = os.path.join(self.folder, "upright.mkv")
        self.cameras.plug(0, size="640x480", rate=10, yuyv=self.sideways_film())
        for rotation, size in ("90", "480,640"), ("0", "640,480"):
            run = self.start("--source", "0", "--duration", "8", "--camera-rotation", rotation, "--record", recording)
            smiles = [line for line in run.stdout if "smile_start" in line]
            assert run.wait(PATIENCE_S) == 0
            assert bool(smiles) == (rotation == "90"), smiles
            probe = ["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", recording]
            assert subprocess.run(probe, capture_output=True, text=True, check=True).stdout.startswith(size)

    def turns_a_network_camera(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            address = f"udp://127.0.0.1:{free.getsockname()[1]}"
        with subprocess.Popen(["ffmpeg", "-v", "quiet", "-nostdin", "-re", "-stream_loop", "-1", "-f", "rawvideo", "-pix_fmt",
                               "yuyv422", "-s", "640x480", "-r", "10", "-i", self.sideways_film(), "-c:v", "mpeg2video",
                               "-q:v", "4", "-r", "25", "-f", "mpegts", address]) as camera:
            try:
                run = self.start("--source", address, "--camera-rotation", "90")
                assert any("smile_start" in line for line in run.stdout)
                run.terminate()
                assert run.wait(PATIENCE_S) == 4
            finally:
                camera.terminate()

    def says_once_what_stays(self):
        self.cameras.plug(0)
        run = self.start("--source", "0")
        self.wait_until_in_use(0)
        self.cameras.unplug(0)
        lines = (line for line in run.stdout if '"session"' not in line)
        assert json.loads(next(lines))["event"] == "camera_lost"
        self.cameras.plug(0, fault="busy")
        time.sleep(8)
        run.terminate()
        _, said = run.communicate(timeout=PATIENCE_S)
        busy = [line for line in said.splitlines() if "cannot open the camera" in line]
        assert len(busy) == 2 and busy[1].endswith("times more)"), said

    def key_n_switches(self):
        if screen.missing():
            print(f"# not tried: {screen.missing()} missing")
            return
        self.cameras.plug(0)
        self.cameras.plug(1, fault="black")
        display = screen.Screen()
        try:
            window = screen.Window(display, [self.smilecam, "--source", "0"], self.environment, self.folder)
            def is_dark(p):
                return p.share(lambda r, g, b: r + g + b < 60, 0.1, 0.3, 0.9, 0.7) > 0.8
            window.sees("the first camera", lambda p: p.share(lambda r, g, b: r > 120, 0.1, 0.3, 0.9, 0.7) > 0.2)
            window.press("n")
            window.sees("the second camera", is_dark)
            window.press("n")
            window.sees("the first one again", lambda p: not is_dark(p))
            self.cameras.set(1, fault="stall")
            window.press("n")
            before = window.look()
            time.sleep(1)
            assert window.look().difference(before, top=0.3, bottom=0.7) > 0, "the window stands while a camera opens"
            screen.wait_for("the failure said", lambda: "Fake camera" in window.said() or "/dev/video1" in window.said())
            self.cameras.plug(2, fault="black")
            window.press("n")
            window.sees("the one behind the one that fails", is_dark)
            assert window.end() == 0
        finally:
            display.close()

    def a_menu_chooses_and_adjusts(self):
        if screen.missing():
            print(f"# not tried: {screen.missing()} missing")
            return
        self.cameras.plug(0, name="Front")
        self.cameras.plug(1, name="Back", fault="black")
        film = os.path.join(self.folder, "menu.mkv")
        self.run("live", "--headless", "--source", "demo", "--width", "320", "--height", "240", "--duration", "1", "--record", film)
        display = screen.Screen()

        def is_dark(p):
            return p.share(lambda r, g, b: r + g + b < 60, 0.1, 0.15, 0.9, 0.25) > 0.8

        def has_menu(p):
            return p.share(lambda r, g, b: r < 70 and g < 75 and b < 80, 0.05, 0.45, 0.2, 0.55) > 0.5

        def controls():
            try:
                with open(self.cameras.path(0) + ".controls", encoding="ascii") as file:
                    return [int(line) for line in file]
            except FileNotFoundError:
                return None
        try:
            window = screen.Window(display, [self.smilecam, "--source", film], self.environment, self.folder)
            window.sees("the film", lambda p: not is_dark(p))
            window.press("c")
            window.sees("the menu", has_menu)
            window.press("Return")
            window.sees("the first camera", lambda p: p.share(lambda r, g, b: abs(r - g) + abs(g - b) < 9) > 0.7)
            window.press("c")
            window.sees("the menu", has_menu)
            window.press("Down", "Down", "Right")  # brightness, from 0
            screen.wait_for("the brightness", lambda: controls() == [6, 3, 250])
            window.press("Down", "Left")  # exposure, which was automatic
            screen.wait_for("the exposure", lambda: controls() == [6, 1, 188])
            window.press("Return")
            screen.wait_for("an automatic exposure", lambda: controls() == [6, 3, 188])
            window.press("Up", "Up", "Return")
            window.sees("the second camera", is_dark)
            window.press("c", "Escape", "Escape")
            assert window.process.wait(PATIENCE_S) == 0
        finally:
            display.close()
            if controls():
                os.remove(self.cameras.path(0) + ".controls")


def main():
    smilecam, model, library, demo_frames = sys.argv[1:5]
    if not os.path.exists(model):
        print("1..0 # SKIP no model")
        return
    tools = ("run", "start", "feeds", "opened", "sideways_film", "unplug_all", "cameras_open", "wait_until_in_use")
    names = [name for name in vars(Test) if not name.startswith("_") and name not in tools and (len(sys.argv) < 6 or sys.argv[5] in name)]
    print(f"1..{len(names)}")
    with tempfile.TemporaryDirectory() as folder:
        test = Test(smilecam, library, demo_frames, folder)
        for i, name in enumerate(names, 1):
            try:
                getattr(test, name)()
                print(f"ok {i} - {name}", flush=True)
            except Exception as error:  # pylint: disable=broad-except
                print(f"not ok {i} - {name}\n# {type(error).__name__}: {error}", flush=True)
            test.unplug_all()


if __name__ == "__main__":
    main()
