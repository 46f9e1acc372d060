#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What the program does when an allocation of its own, or a write, fsync, rename or close of its outputs fails:
it neither crashes nor hangs, says so in a sentence, returns no success without a good output, and leaves no half
of a file under the final name and no temporary one.

Each fault is one run: allocations by a preloaded library, system calls by strace. A sample of them is taken, all
with --all, which takes an hour or two.

usage: faults.py SMILECAM MODEL FAIL_ALLOC.so [--all | --only NAME]
"""
import argparse
import collections
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SAMPLE = 3  # of each kind of fault and each command
RENAMES = "?rename,?renameat,?renameat2"
ERRORS = {"write": "ENOSPC", "fsync": "EIO", RENAMES: "EACCES", "close": "EIO"}

# What is run, by name. OUT is a folder that is made anew for each run, IN one with inputs.
COMMANDS = {
    "info": ["model", "info", "MODEL"],
    "classify": ["classify", "--json", "IN/face.png"],
    "explain": ["explain", "IN/face.png", "-o", "OUT/sheet.png"],
    "prepare": ["prepare", "IN/photos", "-o", "OUT/crops"],
    "train": ["train", "IN/crops", "-o", "OUT/net.onnx", "--epochs", "1", "--frames"],
    "quantise": ["model", "quantise", "MODEL", "IN/crops", "-o", "OUT/int8.onnx"],
    "calibrate": ["model", "calibrate", "MODEL", "IN/scores.csv", "-o", "OUT/calibrated.onnx"],
    "cv": ["cv", "IN/crops", "--folds", "2", "--epochs", "1", "--frames", "--scores", "OUT/scores.csv"],
    "eval": ["eval", "--list", "IN/list.csv", "--report", "OUT/report"],
    "live": ["live", "--source", "demo", "--headless", "--duration", "1", "--events", "OUT/events",
             "--csv", "OUT/faces.csv", "--record", "OUT/film.mkv"],
    "annotate": ["annotate", "IN/film.mkv", "-o", "OUT/film.mkv"],
}
# Written as they come, or kept to go on from; others are there whole or not at all.
STREAMS = (".mkv", "events", ".csv", "stdout", ".checkpoint")


class Bench:
    def __init__(self, smilecam, model, library, scratch):
        self.smilecam, self.model, self.library = smilecam, model, library
        self.inputs, self.out = scratch / "in", scratch / "out"
        self.good, self.log = scratch / "good", scratch / "log"
        self.stable = set()
        self.env = dict(os.environ, SMILECAM_MODEL=str(model), SDL_VIDEODRIVER="dummy", HOME=str(scratch),
                        XDG_CONFIG_HOME=str(scratch), SMILECAM_DEV_ROOT=str(scratch))

    def run(self, name, before=(), **env):
        """One run into a new OUT: exit code (None: it hung) and standard error."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        words = [str(self.smilecam)] + [
            word.replace("MODEL", str(self.model)).replace("IN/", f"{self.inputs}/").replace("OUT/", f"{self.out}/")
            for word in COMMANDS[name]]
        with open(self.out / "stdout", "wb") as stdout:
            try:
                result = subprocess.run([*before, *words], stdout=stdout, stderr=subprocess.PIPE, timeout=180,
                                        env=dict(self.env, **env), stdin=subprocess.DEVNULL, check=False)
            except subprocess.TimeoutExpired:
                return None, ""
        return result.returncode, result.stderr.decode(errors="replace")

    def make(self, name):
        """Runs a command without faults; ends everything when that fails."""
        code, said = self.run(name)
        if code != 0:
            sys.exit(f"{name} without any fault: exit code {code}\n{said}")

    def make_inputs(self):
        photos = self.inputs / "photos"
        for label in ("smile", "neutral"):
            (photos / label).mkdir(parents=True)
        self.make("live")
        shutil.copy(self.out / "film.mkv", self.inputs)
        subprocess.run(["ffmpeg", "-v", "error", "-i", self.inputs / "film.mkv", "-vf", "fps=8", photos / "%d.png"],
                       check=True, stdin=subprocess.DEVNULL)
        shutil.copy(photos / "1.png", self.inputs / "face.png")
        for i, path in enumerate(sorted(photos.glob("*.png"))):
            path.rename(photos / ("smile" if i % 2 else "neutral") / path.name)
        (self.inputs / "list.csv").write_text("face.png,smile\nphotos/neutral/1.png,neutral\n", encoding="utf-8")
        self.make("prepare")
        shutil.copy(self.out / "crops", self.inputs)
        self.make("cv")
        shutil.copy(self.out / "scores.csv", self.inputs)

    def keep_good(self, name):
        """What comes out without faults, and which files are the same each time; films have a date in them."""
        self.make(name)
        shutil.rmtree(self.good, ignore_errors=True)
        shutil.copytree(self.out, self.good)
        self.make(name)
        files = {path.relative_to(self.good) for path in self.good.rglob("*") if path.is_file()}
        self.stable = {path for path in files if filecmp.cmp(self.good / path, self.out / path, shallow=False)}

    def is_good(self, path):
        name = path.relative_to(self.out)
        if name in self.stable:
            return filecmp.cmp(path, self.good / name, shallow=False)
        if path.suffix == ".mkv":
            return subprocess.run(["ffprobe", "-v", "error", path], check=False, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode == 0
        return (self.good / name).exists()

    def problem(self, code, said):
        """What is wrong with how a run with a fault went; None when nothing is."""
        files = {path for path in self.out.rglob("*") if path.is_file()}
        if code is None:
            return "hangs"
        if code < 0 or code > 6:
            return f"exit code {code}"
        if code != 0 and "smilecam: error: " not in said:
            return f"exit code {code} without a word"
        if code == 0:
            wanted = {self.out / path.relative_to(self.good) for path in self.good.rglob("*") if path.is_file()}
            bad = [path.name for path in wanted if path not in files or not self.is_good(path)]
            return f"exit code 0 with a bad {', '.join(bad)}" if bad else None
        if code == 3:  # some of the input was left out
            return None
        whole = [path for path in files if not path.name.endswith(STREAMS)]
        bad = [path.name for path in whole if not self.is_good(path)]
        return f"leaves {', '.join(bad)}" if bad else None


def allocations(bench, name):
    """Faults as (what it is, arguments before the command, environment)."""
    count = bench.log.with_suffix(".count")
    count.unlink(missing_ok=True)
    bench.run(name, LD_PRELOAD=str(bench.library), ALLOC_COUNT=str(count))
    n = int(count.read_text(encoding="utf-8"))
    return [(f"allocation {i} of {n}", [], {"LD_PRELOAD": str(bench.library), "FAIL_ALLOC": str(i)})
            for i in range(1, n + 1)]


def system_calls(bench, name, call):
    """strace counts the calls of each thread from 1; wanted are those on files of ours."""
    bench.run(name, ["strace", "-f", "-y", "-o", str(bench.log), "-e", f"trace={call}"])
    seen, wanted = collections.Counter(), []
    for line in bench.log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = re.match(r"(\d+) (\w+)\((.*)", line)
        if match:
            seen[match[1]] += 1
            if str(bench.out) in match[3].split(", ")[0] and seen[match[1]] not in wanted:
                wanted.append(seen[match[1]])
    word = call.split(",")[0].strip("?")
    return [(f"{word} {i}", ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                             f"inject={call}:error={ERRORS[call]}:when={i}"], {}) for i in wanted]


def sample(faults, everything):
    if everything or len(faults) <= SAMPLE:
        return faults
    return [faults[(2 * i + 1) * len(faults) // (2 * SAMPLE)] for i in range(SAMPLE)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("smilecam", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", choices=COMMANDS)
    options = parser.parse_args()
    if subprocess.run(["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        print("strace cannot trace here; skipped")
        sys.exit(SKIPPED)
    n_runs = n_bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options.smilecam.resolve(), options.model.resolve(), options.library.resolve(),
                      pathlib.Path(scratch))
        bench.make_inputs()
        for name in [options.only] if options.only else COMMANDS:
            bench.keep_good(name)
            kinds = [allocations(bench, name)] + [system_calls(bench, name, call) for call in ERRORS]
            faults = [fault for kind in kinds for fault in sample(kind, options.all)]
            for what, before, env in faults:
                code, said = bench.run(name, before, **env)
                problem = bench.problem(code, said)
                if problem:
                    print(f"{name}, {what} fails: {problem}\n{said.strip()}\n", flush=True)
                    n_bad += 1
            n_runs += len(faults)
            print(f"{name}: {len(faults)} faults of {sum(map(len, kinds))}", flush=True)
    print(f"{n_runs} faults, {n_bad} not borne")
    sys.exit(1 if n_bad else 0)


if __name__ == "__main__":
    main()
