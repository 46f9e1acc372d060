# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Plugs fake cameras in and out, and tells them what to do (fake_settings.h says what they obey).

Every method acts at once on the programs that run with environment().
"""

import os
import subprocess

MAX_BYTES = 8000  # of a camera's file


class FakeCameras:
    def __init__(self, library, folder):
        """library: libfake_v4l2.so; folder: an empty one, for a /dev and a /sys."""
        self.library = os.path.abspath(library)
        self.dev, self.sys = (os.path.join(folder, name) for name in ("dev", "sys"))
        os.makedirs(self.dev)
        os.makedirs(os.path.join(self.sys, "class", "video4linux"))
        self.files = {}

    def environment(self, speed=1):
        """Of a program that is to see the cameras; speed: how fast its clock runs."""
        return dict(os.environ, LD_PRELOAD=self.library, SMILECAM_DEV_ROOT=self.dev, SMILECAM_SYS_ROOT=self.sys,
                    SMILECAM_FAKE_CLOCK=str(speed),
                    ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")

    def path(self, number):
        return os.path.join(self.dev, f"video{number}")

    def stable_path(self, serial):
        return os.path.join(self.dev, "v4l", "by-id", f"usb-Fake_{serial}-video-index0")

    def plug(self, number, serial=None, **settings):
        """In the order in which udev does it: the device, then its link under by-id, if it has a serial number."""
        sys_folder = os.path.join(self.sys, "class", "video4linux", f"video{number}")
        os.makedirs(sys_folder)
        with open(os.path.join(sys_folder, "name"), "w", encoding="utf-8") as name:
            print(settings.get("name", "Fake camera"), file=name)
        new = os.path.join(self.dev, f".video{number}")
        self._write(new, os.O_CREAT, settings)
        os.rename(new, self.path(number))
        if serial:
            os.makedirs(os.path.join(self.dev, "v4l", "by-id"), exist_ok=True)
            os.symlink(f"../../video{number}", self.stable_path(serial))
        self.files[number] = (settings, serial)

    def unplug(self, number):
        _, serial = self.files.pop(number)
        if serial:
            os.remove(self.stable_path(serial))
            if not os.listdir(os.path.dirname(self.stable_path(serial))):
                os.removedirs(os.path.dirname(self.stable_path(serial)))  # up to the folder with the device
        os.remove(self.path(number))
        sys_folder = os.path.join(self.sys, "class", "video4linux", f"video{number}")
        os.remove(os.path.join(sys_folder, "name"))
        os.rmdir(sys_folder)

    def set(self, number, **settings):
        """Adds to what the camera was told before; fault="" ends a fault."""
        old, serial = self.files[number]
        self.files[number] = ({**old, **settings}, serial)
        self._write(self.path(number), 0, self.files[number][0])

    @staticmethod
    def _write(path, flags, settings):
        text = "".join(f"{key} {value}\n" for key, value in settings.items() if value != "")
        file = os.open(path, os.O_WRONLY | flags, 0o644)
        try:
            os.pwrite(file, text.encode().ljust(MAX_BYTES, b"\n"), 0)  # never half of it
        finally:
            os.close(file)


def film(path, source, size, rate, seconds, kind, *filters, **more):
    """Makes a camera's file from what ffmpeg can read. kind: yuyv, mjpg or h264."""
    codec = {"yuyv": ["-f", "rawvideo", "-pix_fmt", "yuyv422"], "mjpg": ["-f", "mjpeg", "-q:v", "3"],
             "h264": ["-f", "h264", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-bf", "0", "-g",
                      "15", "-x264-params", "aud=1"]}[kind]
    scale = f"scale={size.replace('x', ':')},fps={rate}"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *source, "-t", str(seconds), "-an",
                    "-vf", ",".join([scale, *filters]), *codec, path], check=True, **more)


def demo_film(demo_frames, path, size, rate, seconds, kind, *filters):
    """The same of the demo face, drawn by that program."""
    with subprocess.Popen([demo_frames, *size.split("x"), str(rate), str(seconds)], stdout=subprocess.PIPE) as demo:
        source = ["-f", "rawvideo", "-pix_fmt", "bgr0", "-s", size, "-r", str(rate), "-i", f"pipe:{demo.stdout.fileno()}"]
        film(path, source, size, rate, seconds, kind, *filters, pass_fds=[demo.stdout.fileno()])
