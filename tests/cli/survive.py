#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What a live recording outlives: kills, signals, full, slow and vanished disks, clocks that jump. Prints TAP.

The table of faces (--csv), whose lines are there at once, is the witness of what should have been recorded.

usage: survive.py SMILECAM MODEL [CLOCK_JUMPS] [--kills N] [--signals N]   (CLOCK_JUMPS: a library to preload)
"""
import argparse
import contextlib
import fcntl
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 120
MOST_LOST_S = 1.0
number, failures = 0, 0


def check(description, good, detail=""):
    global number, failures
    number += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {number} - {description}{': ' + detail if detail else ''}", flush=True)


def skip(description, why):
    global number
    number += 1
    print(f"ok {number} - {description} # SKIP {why}", flush=True)


def wait_until(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Recorder:
    """The drawn face, recorded at its own pace."""

    def __init__(self, smilecam, path, scratch, more=(), environment=None, file_limit=None):
        def prepare():
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            if file_limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

        self.path, self.table, self.said = path, f"{scratch}/faces.csv", f"{scratch}/said"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.table)
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                [smilecam, "live", "--source", "demo", "--realtime", "yes", "--headless", "--width", "320", "--height",
                 "240", "--record", path, "--csv", self.table, *more],
                stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **(environment or {})}, preexec_fn=prepare)

    def times(self):
        """Media seconds of what was analysed, from the first on."""
        try:
            with open(self.table, encoding="ascii") as table:
                lines = table.read().split("\n")[1:-1]  # the last may be half a line
        except FileNotFoundError:
            return []
        times = [float(line.split(",")[1]) for line in lines]
        return [t - times[0] for t in times]

    def run_for(self, seconds):
        wait_until(lambda: self.times() or self.process.poll() is not None)
        time.sleep(seconds)
        return self

    def end(self, *signals):
        for one in signals:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(one)
            time.sleep(0.02)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def has_said(self, words):
        with open(self.said, encoding="utf-8") as said:
            return words in said.read()


def recorded(path):
    """Times of the pictures, and the length that the file claims (None: no claim)."""
    def ask(*what):
        return subprocess.run(["ffprobe", "-v", "quiet", "-of", "csv=p=0", *what, path], stdout=subprocess.PIPE,
                              check=False, text=True).stdout.split()
    times = [float(t.strip(",")) for t in ask("-select_streams", "v", "-show_entries", "packet=pts_time")]
    length = ask("-show_entries", "format=duration")
    return times, float(length[0]) if length and length[0] != "N/A" else None


def is_complete(recorder, path):
    times, length = recorded(path)
    witnessed = recorder.times()
    return bool(times) and length is not None and abs(times[-1] - witnessed[-1]) < 1 and length >= times[-1]


def test_kills(smilecam, scratch, kills):
    worst, unreadable = 0, 0
    for _ in range(kills):
        path = f"{scratch}/killed.mkv"
        recorder = Recorder(smilecam, path, scratch).run_for(random.uniform(0, 4))
        recorder.end(signal.SIGKILL)
        witnessed, (times, _) = recorder.times(), recorded(path)
        if not witnessed:
            check("it records", False, open(recorder.said, encoding="utf-8").read())
            return
        if times:
            worst = max(worst, witnessed[-1] - times[-1])
        else:
            unreadable += witnessed[-1] > MOST_LOST_S
            worst = max(worst, witnessed[-1])
    check(f"{kills} kills", not unreadable and worst <= MOST_LOST_S, f"{worst:.2f} s lost at most")


def test_signals(smilecam, scratch, rounds):
    for name, signals in {"SIGTERM": [signal.SIGTERM], "SIGINT": [signal.SIGINT], "SIGHUP": [signal.SIGHUP],
                          "two signals": [signal.SIGTERM, signal.SIGINT]}.items():
        codes, broken = set(), []
        for i in range(rounds):
            path = f"{scratch}/stopped.{'mp4' if i % 2 else 'mkv'}"
            recorder = Recorder(smilecam, path, scratch).run_for(random.uniform(0, 2))
            codes.add(recorder.end(*signals))
            if not is_complete(recorder, path):
                broken.append(f"{path}, {len(recorder.times())} pictures seen, {len(recorded(path)[0])} kept")
        check(f"{rounds} times {name}", codes == {4} and not broken, f"exit codes {codes}{''.join(broken[:5])}")


def test_file_limit(smilecam, scratch):
    path = f"{scratch}/limited.mkv"
    recorder = Recorder(smilecam, path, scratch, ["--quality", "best"], file_limit=100000)
    code = recorder.end()
    check("a file that may grow no further", code == 6 and recorder.has_said("cannot be written any further") and
          len(recorded(path)[0]) > 5, f"exit code {code}")


@contextlib.contextmanager
def small_disk(scratch, size):
    """A folder of so many bytes; None where one may not mount."""
    folder = f"{scratch}/disk"
    os.makedirs(folder, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False,
                      stderr=subprocess.DEVNULL).returncode != 0:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def test_full_disk(smilecam, scratch):
    with small_disk(scratch, 200000) as disk:
        if not disk:
            skip("a full disk", "mounting is not allowed here")
            return
        for kind in ("mkv", "mp4"):
            path = f"{disk}/full.{kind}"
            recorder = Recorder(smilecam, path, scratch, ["--quality", "best"])
            code = recorder.end()
            check(f"a full disk, {kind}", code == 6 and recorder.has_said("check that there is room") and
                  len(recorded(path)[0]) > 5, f"exit code {code}")
            os.unlink(path)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        recorder = Recorder(smilecam, f"{disk}/none.mkv", scratch)
        code = recorder.end()
        check("a disk that is read only", code == 6 and recorder.has_said("Read-only file system"), f"exit code {code}")


def test_keep_free(smilecam, scratch):
    recorder = Recorder(smilecam, f"{scratch}/none.mkv", scratch, ["--keep-free", "900TB"])
    code = recorder.end()
    check("no room to begin with", code == 6 and recorder.has_said("make room first") and
          not os.path.exists(f"{scratch}/none.mkv"), f"exit code {code}")
    with small_disk(scratch, "8m") as disk:
        if not disk:
            skip("the disk fills up", "mounting is not allowed here")
            return
        path = f"{disk}/ends.mkv"
        recorder = Recorder(smilecam, path, scratch, ["--keep-free", "5MB"]).run_for(1)
        with open(f"{disk}/others", "wb") as others:
            others.write(bytes(4 << 20))
        code = recorder.end()
        check("others fill the disk", code == 6 and recorder.has_said("to stay free") and is_complete(recorder, path),
              f"exit code {code}")


def test_vanished(smilecam, scratch):
    folder = f"{scratch}/folder"
    os.mkdir(folder)
    recorder = Recorder(smilecam, f"{folder}/gone.mkv", scratch).run_for(1)
    shutil.rmtree(folder)
    code = recorder.end()
    check("a folder that vanishes", code == 6 and recorder.has_said("has been removed"), f"exit code {code}")


def test_slow_disk(smilecam, scratch):
    path = f"{scratch}/slow.mkv"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    recorder = Recorder(smilecam, path, scratch).run_for(3)  # not a byte is read
    before = recorder.times()[-1]
    watched = wait_until(lambda: recorder.times()[-1] > before + 2)
    recorder.process.send_signal(signal.SIGTERM)

    def drain():
        with contextlib.suppress(BlockingIOError):
            os.read(reader, 65536)
        return recorder.process.poll() is not None
    wait_until(drain)
    os.close(reader)
    code = recorder.end()
    check("a disk that hangs: the camera is watched on, what is left out is counted",
          watched and code == 4 and recorder.has_said("were left out"), f"exit code {code}")


def rises_evenly(times):
    return len(times) > 5 and all(0 < b - a < 60 for a, b in zip(times, times[1:]))


def test_clock(smilecam, scratch, library):
    if not library:
        skip("a clock that jumps", "no library to preload")
        return
    path = f"{scratch}/clock.mkv"
    recorder = Recorder(smilecam, path, scratch, environment={"LD_PRELOAD": library}).run_for(3)
    code = recorder.end(signal.SIGTERM)
    check("a clock that jumps to and fro", code == 4 and is_complete(recorder, path) and
          rises_evenly(recorded(path)[0]) and rises_evenly(sorted(set(recorder.times()))), f"exit code {code}")


def test_suspend(smilecam, scratch):
    path = f"{scratch}/slept.mkv"
    recorder = Recorder(smilecam, path, scratch).run_for(1)
    recorder.process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    recorder.process.send_signal(signal.SIGCONT)
    before = recorder.times()[-1]
    awake = wait_until(lambda: recorder.times()[-1] > before + 0.5)
    code = recorder.end(signal.SIGTERM)
    check("stopped and continued", awake and code == 4 and is_complete(recorder, path), f"exit code {code}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("smilecam")
    parser.add_argument("model")
    parser.add_argument("clock_jumps", nargs="?")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--signals", type=int, default=2)
    options = parser.parse_args()
    if not os.path.exists(options.model) or not shutil.which("ffprobe"):
        print("1..0 # SKIP no model, or no ffprobe")
        sys.exit()
    with tempfile.TemporaryDirectory() as scratch:
        test_kills(options.smilecam, scratch, options.kills)
        test_signals(options.smilecam, scratch, options.signals)
        test_file_limit(options.smilecam, scratch)
        test_full_disk(options.smilecam, scratch)
        test_keep_free(options.smilecam, scratch)
        test_vanished(options.smilecam, scratch)
        test_slow_disk(options.smilecam, scratch)
        test_clock(options.smilecam, scratch, options.clock_jumps)
        test_suspend(options.smilecam, scratch)
    print(f"1..{number}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
