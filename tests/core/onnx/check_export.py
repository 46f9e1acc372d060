#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What we write as ONNX, judged by others: ONNX's own checker, OpenCV DNN and ONNX Runtime, where they are installed
(Debian: python3-onnx, python3-opencv; npm install --ignore-scripts onnxruntime-node, with its folder in NODE_PATH).
What is not there is left out, saying so.

usage: check_export.py EXPORT FILE.net|FILE.onnx...
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
except ImportError:
    print("SKIPPED: python3-onnx and python3-numpy are not installed")
    sys.exit(77)
try:
    import cv2
except ImportError:
    cv2 = None

TOLERANCE = 1e-4  # relative to the largest output
# What OpenCV 4.6 cannot read: bounds of Clip as tensors, LpPool, a product with a constant on its left, padding of
# ConvTranspose that differs from side to side, a pool of which only the places are read. Of the shipped architectures only the autoencoder has any.
NOT_FOR_OPENCV = ("autoencoder.net.untrained", "borders", "pools", "spectral", "transposed", "unpool")

RUN_ORT = """
const ort = require('onnxruntime-node');
const [path, shape, values] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
ort.InferenceSession.create(path, {logSeverityLevel: 3}).then(async session => {
    const input = new ort.Tensor('float32', Float32Array.from(values), shape);
    const result = await session.run({[session.inputNames[0]]: input});
    console.log(JSON.stringify(session.outputNames.map(name => Array.from(result[name].data))));
}).catch(error => { console.error(String(error)); process.exit(1); });
"""


def has_onnxruntime():
    node = shutil.which("node")
    return node and subprocess.run([node, "-e", "require('onnxruntime-node')"], stderr=subprocess.DEVNULL,
                                   check=False).returncode == 0


def run_onnxruntime(path, x):
    request = json.dumps([path, list(x.shape), x.reshape(-1).tolist()])
    result = subprocess.run(["node", "-e", RUN_ORT], input=request, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    return [np.array(output) for output in json.loads(result.stdout)]


def run_opencv(path, x):
    """Sample by sample, since OpenCV 4.6 scales an instance norm of several wrongly."""
    names = [output.name for output in onnx.load(path).graph.output]
    net, outputs = cv2.dnn.readNetFromONNX(path), []
    for sample in x:
        net.setInput(sample[None])
        outputs.append(net.forward(names) if len(names) > 1 else [net.forward().copy()])
    return [np.concatenate(parts) for parts in zip(*outputs)]


def by_sample(outputs):
    """The outputs of each sample, one after the other."""
    return np.concatenate([np.asarray(output).reshape(2, -1) for output in outputs], 1).reshape(-1)


def check(path, engines):
    """Prints a line for each engine; whether all agree."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    dims = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim[1:]]
    values = np.fromfile(path[:-5] + ".bin", "<f4")
    n = 2 * int(np.prod(dims))
    x, wanted = values[:n].reshape(2, *dims), values[n:]
    ok = True
    for name, run in engines.items():
        try:
            worst = np.abs(by_sample(run(path, x)) - wanted).max() / np.abs(wanted).max()
            good = bool(worst < TOLERANCE)
            print(f"{'ok' if good else 'FAILED'}: {os.path.basename(path)}: {name} differs by {worst:.1e}")
            ok = ok and good
        except (RuntimeError, ValueError, *([cv2.error] if cv2 else [])) as error:
            expected = run is run_opencv and os.path.basename(path)[:-5] in NOT_FOR_OPENCV
            print(f"{'left out' if expected else 'FAILED'}: {os.path.basename(path)}: {name} cannot read it: "
                  f"{' '.join(str(error).split())[-200:]}")
            ok = ok and expected
    return ok


def main():
    engines = {}
    if cv2:
        engines["OpenCV " + cv2.__version__] = run_opencv
    else:
        print("left out: OpenCV, since python3-opencv is not installed")
    if has_onnxruntime():
        engines["ONNX Runtime"] = run_onnxruntime
    else:
        print("left out: ONNX Runtime, since node does not find onnxruntime-node")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder, *sys.argv[2:]], check=True)
        paths = sorted(glob.glob(folder + "/*.onnx"))
        results = [check(path, engines) for path in paths]
    print(f"{len(results)} files, {sum(results)} of them agreed with by all")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
