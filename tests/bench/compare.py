#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Compares the network's speed with ONNX Runtime, OpenCV's dnn module and PyTorch.

    tests/bench/compare.py BUILD_FOLDER [--peers FOLDER] [--rounds N] [--seconds S] [--output FILE.md]
                           [--network NAME]

Installs ONNX Runtime by npm into the peers' folder (default BUILD_FOLDER/peers) and builds OpenCV's
program where libopencv-dnn-dev is; PyTorch is Debian's python3-torch. What is missing is left
out and named. All contenders take turns, a short burst each, round after round; a time is the median of
the rounds' medians, a ratio the median of the rounds' ratios.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NETWORKS = [ROOT / "models/architectures/smile.net"] + sorted((HERE / "networks").glob("*.net"))
TRAINED = ("smile", "mobile")


def burst(command):
    """The last line of a contender's output, None if it could not run."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{command[0]}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def take_turns(contenders, rounds):
    """Results by contender, one for each round; a contender that fails once is left out."""
    results = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            if name in results:
                result = burst(command)
                if result is None:
                    del results[name]
                else:
                    results[name].append(result)
    return results


def median(results, key):
    return statistics.median(r[key] for r in results)


def ratio(ours, theirs, key="median_ms"):
    """Our time by theirs, round by round."""
    return statistics.median(o[key] / t[key] for o, t in zip(ours, theirs))


def both_ratios(ours, theirs):
    """Of the medians, and of the least times, which other programs on the machine disturb less."""
    return f"{ratio(ours, theirs):.2f} ({ratio(ours, theirs, 'min_ms'):.2f})"


def install_peers(build, folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ninja", "-C", build, "tests/bench/opencv_dnn"], check=False, capture_output=True)
    if not (folder / "node_modules/onnxruntime-node").is_dir():
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix", folder,
                        "onnxruntime-node"], check=False, stdout=subprocess.DEVNULL)


def torch_python():
    for python in ("/usr/bin/python3", sys.executable):
        if subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def chosen(options):
    return [net for net in NETWORKS if options.network in (None, net.stem)]


def inference_rows(build, peers, options):
    bench, opencv = build / "tests/bench/bench_network", build / "tests/bench/opencv_dnn"
    peak = burst([bench, "peak"])["gflops"]
    yield f"One core's peak with FMA: {peak:.0f} GFLOP/s.\n"
    yield "| network | batch | threads | direct, ms | fast, ms | ONNX Runtime, ms | OpenCV, ms | direct / ORT | fast / ORT | direct, share of peak |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for net in chosen(options):
        model = ROOT / "models/smile.onnx"
        if net.stem != "smile":
            model = peers / (net.stem + ".onnx")
            subprocess.run([bench, "write", net, model], check=True)
        for batch in (1, 16):
            for threads in (1, 2):
                tail = [model, batch, threads, options.seconds]
                contenders = {"direct": [bench, "direct", *tail], "fast": [bench, "run", *tail]}
                if (peers / "node_modules/onnxruntime-node").is_dir():
                    contenders["ort"] = ["node", HERE / "onnxruntime.js", peers, *tail]
                if opencv.exists():
                    contenders["opencv"] = [opencv, *tail]
                r = take_turns(contenders, options.rounds)
                ms = {name: f"{median(r[name], 'median_ms'):.3f}" if name in r else "-"
                      for name in ("direct", "fast", "ort", "opencv")}
                by = {name: both_ratios(r[name], r["ort"]) if "ort" in r else "-" for name in ("direct", "fast")}
                share = median(r["direct"], "gflops") / (peak * min(threads, batch))
                yield (f"| {net.stem} | {batch} | {threads} | {ms['direct']} | {ms['fast']} | {ms['ort']} | "
                       f"{ms['opencv']} | {by['direct']} | {by['fast']} | {100 * share:.0f} % |")


def training_rows(build, options):
    python = torch_python()
    yield "| network | batch | threads | smilecam, images/s | PyTorch, images/s | smilecam / PyTorch |"
    yield "|---|---|---|---|---|---|"
    runs = [(net, threads) for net in chosen(options) if net.stem in TRAINED for threads in (1, 2)]
    for net, threads in runs:
        tail = [net, 64, threads, 3 * options.seconds]
        contenders = {"ours": [build / "tests/bench/bench_network", "train", *tail]}
        if python:
            contenders["torch"] = [python, HERE / "torch_train.py", *tail]
        r = take_turns(contenders, options.rounds)
        ours = f"{median(r['ours'], 'images_per_s'):.0f}"
        theirs, by = "-", "-"
        if "torch" in r:
            theirs = f"{median(r['torch'], 'images_per_s'):.0f}"
            by = both_ratios(r["torch"], r["ours"])
        yield f"| {net.stem} | 64 | {threads} | {ours} | {theirs} | {by} |"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=False).stdout.strip()
    return (f"{names[0] if names else os.uname().machine}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} "
            f"before the start, commit {commit}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--peers", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--network", choices=[net.stem for net in NETWORKS], help="only this one")
    options = parser.parse_args()
    build = options.build.resolve()
    peers = (options.peers or build / "peers").resolve()
    install_peers(build, peers)
    lines = ["# Speed compared with other libraries", "",
             f"`tests/bench/compare.py` on {machine()}; {options.rounds} rounds, bursts of {options.seconds} s. "
             "Times are medians; in brackets the ratio of the best times. Each thread has a plan of its own. \"direct\" is the "
             "plan without Winograd, \"fast\" the one with it, which smilecam uses.", "", "## Inference", "", "A ratio below 1 means that smilecam is faster.", ""]
    for line in inference_rows(build, peers, options):
        print(line, flush=True)
        lines.append(line)
    lines += ["", "From the file to a plan that is ready: "
              f"{burst([build / 'tests/bench/bench_network', 'load', ROOT / 'models/smile.onnx'])['median_ms']:.1f} ms.",
              "", "## Training", "", "Forward, backward and AdamW. smilecam's time includes cropping and augmentation.", ""]
    for line in training_rows(build, options):
        print(line, flush=True)
        lines.append(line)
    if options.output:
        options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
