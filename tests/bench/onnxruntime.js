// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Times a network in ONNX Runtime: node onnxruntime.js FOLDER FILE.onnx batch threads seconds
// FOLDER is where npm installed onnxruntime-node. The binding's own run is called, without the
// promise around it, so that nothing but the library is timed.
'use strict';
const path = require('path');
const [folder, file, batch, threads, seconds] = process.argv.slice(2);
const root = path.join(folder, 'node_modules');
const ort = require(path.join(root, 'onnxruntime-node'));
const { binding, initOrt } = require(path.join(root, 'onnxruntime-node', 'dist', 'binding.js'));

const now = () => Number(process.hrtime.bigint()) / 1e6;
initOrt();
const session = new binding.InferenceSession();
session.loadModel(file, {
    intraOpNumThreads: Number(threads), interOpNumThreads: 1, executionMode: 'sequential',
    graphOptimizationLevel: 'all',
});
const n = Number(batch);
const values = Float32Array.from({ length: n * 64 * 64 }, () => Math.random() - 0.5);
const feeds = { [session.inputMetadata[0].name]: new ort.Tensor('float32', values, [n, 1, 64, 64]) };
const fetches = { [session.outputMetadata[0].name]: null };
const times = [];
const until = now() + 1000 * Number(seconds);
while (times.length < 5 || now() < until) {
    const began = now();
    session.run(feeds, fetches, {});
    times.push(now() - began);
}
const warm = times.slice(times.length / 10 | 0).sort((a, b) => a - b);
console.log(JSON.stringify({
    version: require(path.join(root, 'onnxruntime-node', 'package.json')).version,
    min_ms: warm[0], median_ms: warm[warm.length >> 1],
}));
