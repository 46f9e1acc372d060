#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""From photographs to a measured model, by the commands a person would type, on pictures of the demo face:
prepare, train (interrupted and resumed), model check, eval, classify, cv. Needs no data.

usage: train_toy.py SMILECAM MODEL
"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from typed import expect, read, run

ARCHITECTURE = """input 1x64x64
conv 6 5x5 stride 4
batch_norm
relu
conv 8 3x3 stride 2
batch_norm
relu
pool global
dense 2
softmax
"""


def draw_pictures(smilecam):
    """Frames of the demo face, sorted by what its schedule says of them."""
    run(smilecam, "live", "--source", "demo", "--headless", "--duration", "14", "--width", "480", "--height", "270",
        "--record", "demo.mkv", "--events", "events.jsonl")
    run("ffmpeg", "-v", "error", "-i", "demo.mkv", "-vf", "fps=5", "%03d.png")
    for label in ("smile", "neutral"):
        os.makedirs(f"pictures/{label}")
    lines = ["path,label"]
    for i in range(1, 71):
        t = (i - 1) / 5
        phase = t % 6 - 2  # a smile begins at 2 s and lasts 3 s of every 6
        label = "smile" if 0.4 <= phase <= 2.6 else "neutral" if phase <= -0.4 or phase >= 3.4 else None
        if label and os.path.exists(f"{i:03}.png"):
            os.rename(f"{i:03}.png", f"pictures/{label}/{i:03}.png")
            lines.append(f"pictures/{label}/{i:03}.png,{label}")
    with open("list.csv", "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return len(lines) - 1


def train(smilecam, output, *more):
    return [smilecam, "train", "toy.crops", "-o", output, "--arch", "toy.net", "--epochs", "60", "--batch", "8", "--frames",
            "--learning-rate", "0.01", *more]


def check_archive(smilecam, n):
    run("tar", "czf", "sets.tar.gz", "pictures")
    run(smilecam, "prepare", "sets.tar.gz/pictures", "-o", "packed.crops")
    expect(len(read("packed.crops")) == len(read("toy.crops")), f"the folder of an archive gives the same {n} crops")
    missing = run(smilecam, "prepare", "sets.tar.gz/elsewhere", "-o", "none.crops", code=2)
    expect("sets.tar.gz: has no folder elsewhere" in missing.stderr, "a folder that the archive lacks is named")


def check_training(smilecam):
    whole = run(*train(smilecam, "whole.onnx", "--threads", "1", "--log", "whole.csv"))
    expect("held-out pictures" in whole.stderr, "training ends with the accuracy on held-out pictures")
    expect(len(read("whole.csv").splitlines()) == 61, "the loss curve has a line for each epoch")
    run(*train(smilecam, "again.onnx", "--threads", "2"))
    expect(read("whole.onnx") == read("again.onnx"), "the same seed gives the same model on one thread and on two")
    process = subprocess.Popen(train(smilecam, "resumed.onnx"), stderr=subprocess.DEVNULL)
    while process.poll() is None and not os.path.exists("resumed.onnx.checkpoint"):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    code = process.wait()
    expect(code in (0, 4), f"an interrupted training says so (exit code {code})")
    if code == 4:
        run(*train(smilecam, "resumed.onnx"))
    expect(read("whole.onnx") == read("resumed.onnx"), "a resumed training ends with the same model")
    expect(not os.path.exists("resumed.onnx.checkpoint"), "the checkpoint goes when the model is there")
    with open("whole.onnx.checkpoint", "wb") as file:
        file.write(b"SMCHECK3 damaged")
    damaged = run(*train(smilecam, "whole.onnx"), code=2)
    expect("delete it to start again" in damaged.stderr, "a damaged checkpoint is refused in a sentence")


def check_model(smilecam, n):
    run(smilecam, "model", "check", "whole.onnx")
    expect("conv 5x5" in run(smilecam, "model", "info", "whole.onnx").stdout, "model info lists the layers")
    result = run(smilecam, "eval", "--list", "list.csv", "--model", "whole.onnx", "--json")
    measured = json.loads(result.stdout.splitlines()[-1])
    print(measured)
    expect(list(measured) == ["n", "detected", "accuracy", "accuracy_detected", "balanced_accuracy", "auc", "ece",
                              "model_sha256"], "eval's keys are those of the design")
    expect(measured["n"] == n and measured["detected"] == n, "every picture counts, every face is found")
    expect(measured["accuracy"] > 0.9, "the toy has learnt the demo face")
    with open("list.csv", "a", encoding="utf-8") as out:
        out.write("missing.png,smile\n")
    result = run(smilecam, "eval", "--list", "list.csv", "--model", "whole.onnx", "--json", code=3)
    measured = json.loads(result.stdout.splitlines()[-1])
    expect(measured["n"] == n + 1 and measured["accuracy"] < 1, "a picture that cannot be read counts as an error")


def check_fine_tuning(smilecam, n):
    tuned = run(smilecam, "train", "toy.crops", "toy.crops", "-o", "tuned.onnx", "--arch", "toy.net", "--epochs", "2", "--frames",
                "--init", "whole.onnx", "--batch", "8", "--learning-rate", "0.0001")
    learnt, *held = map(int, re.findall(r"(\d+) (?:faces to learn from,|pictures for validation|for the final test)", tuned.stderr))
    expect(learnt == 2 * (n - sum(held)), "copies of what is held out are not learnt")
    info = run(smilecam, "model", "info", "tuned.onnx").stdout
    for key in ("smilecam.others: smilecam", "smilecam.init: whole.onnx; smilecam"):
        expect(key in info, f"the model says where it comes from: {key}")
    with open("other.net", "w", encoding="utf-8") as out:
        out.write(ARCHITECTURE.replace("conv 8", "conv 9"))
    other = run(smilecam, "train", "toy.crops", "-o", "other.onnx", "--arch", "other.net", "--frames", "--init", "whole.onnx",
                code=1)
    expect("whole.onnx: has another architecture" in other.stderr, "weights of another architecture are refused")
    shipped = run(smilecam, "train", "toy.crops", "-o", "other.onnx", "--arch", "toy.net", "--frames", "--init", "smile", code=1)
    expect("models/smile.onnx: has another architecture" in shipped.stderr, "a shipped model goes by its name")


def check_sources(smilecam):
    """Each of two files learnt from the other."""
    options = ("--epochs", "3", "--batch", "8", "--frames", "--arch", "toy.net")
    for half in range(2):
        for name in ("smile", "neutral"):
            os.makedirs(f"half{half}/{name}")
            for path in sorted(os.listdir(f"pictures/{name}"))[half::2]:
                os.symlink(os.path.abspath(f"pictures/{name}/{path}"), f"half{half}/{name}/{path}")
        run(smilecam, "prepare", f"half{half}", "-o", f"half{half}.crops")
    files = ("half0.crops", "half1.crops", "--leave-out")
    result = run(smilecam, "cv", *files, "--against", "whole.onnx", "--per-source", "30", "--source-bias", "--scores", "left.csv",
                 *options).stdout
    rows = [line.split()[0] for line in result.splitlines() if line.strip()]
    expect(rows[:6] == ["n", "half0.crops", "the", "half1.crops", "the", "all"], "each file is left out, and the other model measured")
    expect(len(read("left.csv").splitlines()) == len(read("scores.csv").splitlines()), "all of them have scores")
    run(smilecam, "cv", "toy.crops", "toy.crops", "--leave-out", *options, code=1)  # nothing but copies
    run(smilecam, "cv", "toy.crops", "--leave-out", *options, code=1)
    run(smilecam, "cv", "half0.crops", "half1.crops", "--against", "whole.onnx", *options, code=1)
    run(smilecam, "cv", *files, "--against", "expression", *options, code=1)


def check_more_labels(smilecam):
    """A third label, starting from the network that knows two."""
    for i, (label, name) in enumerate((("happy", "smile"), ("neutral", "neutral"), ("sad", "neutral"))):
        os.makedirs(f"three/{label}")
        for path in sorted(os.listdir(f"pictures/{name}"))[i % 2::2]:
            os.symlink(os.path.abspath(f"pictures/{name}/{path}"), f"three/{label}/{path}")
    with open("three.net", "w", encoding="utf-8") as out:
        out.write(ARCHITECTURE.replace("dense 2", "dense 3"))
    run(smilecam, "prepare", "three", "-o", "three.crops")
    options = ("--arch", "three.net", "--epochs", "2", "--frames", "--batch", "8", "--augmentation", "0.5", "--init", "whole.onnx")
    trained = run(smilecam, "train", "three.crops", "-o", "three.onnx", *options)
    expect("whole.onnx: has other labels" in trained.stderr, "the last layer starts from scratch for other labels")
    expect("top-1 accuracy over 3 labels: " in trained.stderr, "training says how often the label is right")
    result = run(smilecam, "eval", "--list", "three", "--model", "three.onnx", "--report", "three-report")
    expect("top-1 accuracy over 3 labels " in result.stdout and "\nneutral " in result.stdout, "eval shows which label is called which")
    expect("Which label" in read("three-report/index.html").decode(), "and so does its report")
    crossed = run(smilecam, "cv", "three.crops", "--folds", "2", *options)
    expect("top-1 accuracy over 3 labels: " in crossed.stdout, "cv says how often the label is right")
    seen = run(smilecam, "classify", "--model", "three.onnx", "--json", f"three/sad/{os.listdir('three/sad')[0]}").stdout
    expect(all(word in seen for word in ("happy", "neutral", "sad")), "classify tells all labels of the model")


def check_autoencoder(smilecam):
    """Without labels: the faces themselves."""
    with open("auto.net", "w", encoding="utf-8") as out:
        out.write("input 1x64x64\nconv 4 5x5 stride 2\nrelu\npool max 2x2\nname p\nconv 4 3x3\nrelu\nunpool p\nupsample 2\n"
                  "conv 1 3x3\n")
    options = ("--arch", "auto.net", "--epochs", "20", "--batch", "8", "--frames", "--log", "auto.csv", "--learning-rate", "0.01")
    trained = run(smilecam, "train", "toy.crops", "-o", "auto.onnx", *options).stderr
    expect("held-out pictures: loss 0." in trained, "an autoencoder learns without labels")
    expect(read("auto.csv").startswith(b"epoch,loss,validation_loss\n"), "the loss curve is of its losses")
    said = run(smilecam, "model", "check", "auto.onnx").stdout
    expect("ok: an autoencoder" in said, "model check knows what it is")
    run(smilecam, "explain", f"pictures/smile/{os.listdir('pictures/smile')[0]}", "-o", "auto.png", "--model", "auto.onnx")
    expect(os.path.getsize("auto.png") > 10000, "explain draws what it makes of a face")
    wrong = run(smilecam, "explain", f"pictures/smile/{os.listdir('pictures/smile')[0]}", "-o", "auto.png", "--model", "auto.onnx",
                "--label", "smile", code=1).stderr
    expect("an autoencoder, which has no labels" in wrong, "but it has no labels")
    run(smilecam, "cv", "toy.crops", "--folds", "2", *options[:6], code=1)


def check_groups(smilecam):
    """A list with more columns, packed; only a part of it; figures by group."""
    names = [f"{label}/{name}" for label in ("smile", "neutral") for name in sorted(os.listdir(f"pictures/{label}"))]
    with open("pictures/people.csv", "w", encoding="utf-8") as out:
        places = [f"place{k}" for k in range(12)]
        out.write(f"path,smiling,{','.join(places)},hat\n")
        for i, name in enumerate(names):
            out.write(f"{name},{int(name.startswith('smile'))},{','.join(str(i) for _ in places)},{i % 2}\n")
    run("tar", "cf", "people.tar", "pictures")
    os.unlink("pictures/people.csv")
    said = run(smilecam, "eval", "--list", "people.tar/pictures/people.csv", "--model", "whole.onnx", "--report", "people").stdout
    expect("\nhat=0 " in said and "\nhat=1 " in said, "figures by group")
    expect("place" not in said, "but not by what is different for each picture")
    expect("<td>hat=1<td>" in read("people/index.html").decode(), "in the report, too")
    said = run(smilecam, "prepare", "people.tar/pictures/people.csv", "--only", "smile/", "-o", "part.crops").stderr
    expect(f"{len(os.listdir('pictures/smile'))} pictures read" in said, "only a part")
    run(smilecam, "prepare", "people.tar/pictures/people.csv", "--only", "nobody", "-o", "none.crops", code=2)
    run(smilecam, "prepare", "people.tar/pictures/nobody.csv", "-o", "none.crops", code=2)
    with open("ragged.csv", "w", encoding="utf-8") as out:
        out.write("path,label,hat\na.png,1,0\nb.png,1\n")
    said = run(smilecam, "eval", "--list", "ragged.csv", code=2).stderr
    expect("ragged.csv, line 3: expected 3 columns" in said, "a ragged list is refused")


def check_lopsided(smilecam):
    """A label with hardly any pictures, and a picture under both labels."""
    faces = {label: sorted(os.listdir(f"pictures/{label}")) for label in ("smile", "neutral")}
    with open("lopsided.csv", "w", encoding="utf-8") as out:
        out.write("path,label\n")
        out.writelines(f"pictures/neutral/{name},neutral\n" for name in faces["neutral"])
        out.writelines(f"pictures/smile/{name},smile\n" for name in faces["smile"][:2])
        out.write(f"pictures/neutral/{faces['neutral'][0]},smile\n")
    n = len(faces["neutral"])
    prepared = run(smilecam, "prepare", "lopsided.csv", "-o", "lopsided.crops").stderr
    expect(f"pictures: {n} neutral, 3 smile" in prepared, "prepare counts the labels")
    expect(f"of {n + 3} pictures only 3 labelled 'smile'" in prepared, "and warns of a label with hardly any pictures")
    expect("one picture under two labels: pictures/" in prepared, "and of a picture under two labels")
    for name in faces["smile"]:  # chance decides who is held out
        with open("alone.csv", "w", encoding="utf-8") as out:
            out.write("path,label\n")
            out.writelines(f"pictures/neutral/{other},neutral\n" for other in faces["neutral"])
            out.write(f"pictures/smile/{name},smile\n")
        run(smilecam, "prepare", "alone.csv", "-o", "alone.crops")
        trained = run(smilecam, "train", "alone.crops", "-o", "alone.onnx", "--arch", "toy.net", "--epochs", "1", "--batch",
                      "8", "--frames", "--log", "alone.log").stderr
        if "neutral, 0 smile" in trained.split("final test:")[-1].splitlines()[0]:
            break
    expect("nan" not in trained and "nan" not in read("alone.log").decode(), "what is not defined is no nan")
    expect("final test: no picture is labelled 'smile'" in trained, "train warns of a label that the test lacks")
    expect("auc unknown" in trained and "balanced accuracy (%) unknown" in trained, "and says what it cannot know")
    expect("is \\ called" in trained, "train ends with a confusion matrix")


def check_report(smilecam):
    run(smilecam, "eval", "--list", "pictures", "--model", "whole.onnx", "--report", "report")
    page = read("report/index.html").decode()
    for part in ("Confusion", "ROC curve", "Reliability", "By size of the face", "JPEG, quality 20"):
        expect(part in page, f"the report has: {part}")
    expect("http" not in page and page.count("<svg") == page.count("</svg>") > 3, "the page needs nothing else")
    run(smilecam, "eval", "--list", "pictures", "--model", "whole.onnx", "--held-out", "scores.csv", "--report", "report")
    page = read("report/index.html").decode()
    expect("Scores, held out: scores.csv" in page and "JPEG, quality 20" not in page, "held-out scores replace the model's")
    with open("scores.csv", encoding="utf-8") as lines:
        wrong = sum((float(score or 0.5) >= 0.5) != (label == "smile")
                    for _, label, score in (line.strip().split(",") for line in list(lines)[1:]))
    expect(len(read("report/disputed.csv").splitlines()) == wrong + 1, f"the {wrong} disputed pictures are listed")
    with open("broken.csv", "w", encoding="utf-8") as out:
        out.write("file,label,score\na.png,smile,2\n")
    broken = run(smilecam, "eval", "--list", "pictures", "--model", "whole.onnx", "--held-out", "broken.csv", code=2)
    expect("broken.csv, line 2" in broken.stderr, "a file of scores that makes no sense is refused in a sentence")


def main():
    smilecam = os.path.abspath(sys.argv[1])
    if not os.path.exists(sys.argv[2]):
        print("SKIPPED: the live view needs the shipped model, which is not there")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("toy.net", "w", encoding="utf-8") as out:
            out.write(ARCHITECTURE)
        n = draw_pictures(smilecam)
        prepared = run(smilecam, "prepare", "pictures", "-o", "toy.crops")
        expect(f"{n} pictures read" in prepared.stderr and "faces found in 100.00 %" in prepared.stderr, prepared.stderr.strip())
        expect("processor time per picture: " in prepared.stderr, "what each step costs")
        check_archive(smilecam, n)
        check_training(smilecam)
        check_model(smilecam, n)
        scores = run(smilecam, "cv", "toy.crops", "--folds", "2", "--epochs", "3", "--batch", "8", "--frames", "--arch", "toy.net",
                     "--scores", "scores.csv")
        expect("fold 2" in scores.stdout and len(read("scores.csv").splitlines()) == n + 1, "cv scores every picture once")
        check_sources(smilecam)
        check_fine_tuning(smilecam, n)
        check_more_labels(smilecam)
        check_lopsided(smilecam)
        check_report(smilecam)
        check_autoencoder(smilecam)
        check_groups(smilecam)
        os.chdir("/")


if __name__ == "__main__":
    main()
