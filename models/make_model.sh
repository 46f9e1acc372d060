#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
# Makes the models from the data sets, as their card (README.md) says: landmarks.dat and faces.onnx in two to three
# hours on two cores, smile.onnx and expression.onnx in less than two more.
# Interrupted, the same command goes on where it was.
#
# usage: make_model.sh SMILECAM DATA FOLDER
#   SMILECAM  the program
#   DATA      a folder with faces.tar.gz, genki4k.tar, press.tar and fer2013.tar.gz
#   FOLDER    for what is made on the way, and the models, scores.csv and the logs in the end; 1 GB
set -eu
[ $# -eq 3 ] || { sed -n 's/^# \{0,1\}//; 4,11p' "$0" >&2; exit 1; }
smilecam=$(readlink -f "$1")
data=$(readlink -f "$2")
mkdir -p "$3"
cd "$3"

[ -f landmarks.dat ] || "$smilecam" landmarks "$data/faces.tar.gz" -o landmarks.dat
[ -f first.onnx ] || "$smilecam" detector "$data/faces.tar.gz" -o first.onnx --windows 16384 --epochs 36
[ -f faces.onnx ] || "$smilecam" detector "$data/faces.tar.gz" -o faces.onnx --init first.onnx --windows 16384 --epochs 80
"$smilecam" eval --boxes "$data/faces.tar.gz" --held-out-boxes --detector-model faces.onnx

# prepare NAME DATASET: its crops; pictures that cannot be read (exit code 3) are said and left out
prepare() {
    [ -f "$1.crops" ] || "$smilecam" prepare "$2" -o "$1.crops" >"$1.missed" || [ $? -eq 3 ]
}

prepare genki4k "$data/genki4k.tar"
prepare press "$data/press.tar"
prepare fer_train "$data/fer2013.tar.gz/fer2013/train"

# First FER2013's seven expressions: press helps to begin with, but calls things by other names.
seven="--arch expression --batch 128 --weight-decay 0.03 --label-smoothing 0.1 --validation 0.04 --test 0"
# shellcheck disable=SC2086
[ -f seven.onnx ] || "$smilecam" train fer_train.crops press.crops -o seven.onnx $seven --others 0.5 --bootstrap 0.2 \
    --epochs 40 --learning-rate 0.003 --log seven.csv
# shellcheck disable=SC2086
[ -f expression.onnx ] || "$smilecam" train fer_train.crops -o expression.onnx $seven --init seven.onnx \
    --augmentation 0.5 --epochs 8 --learning-rate 0.001 --log expression.csv

# Then GENKI-4K's idea of a smile, and so many of the other faces that grimaces are not forgotten: held out for the
# figures, and all of it for the model.
smile="press.crops fer_train.crops --smile --others 0.5 --init expression.onnx --learning-rate 0.0005 --epochs 15"
# shellcheck disable=SC2086
[ -f scores.csv ] || "$smilecam" cv genki4k.crops $smile --scores scores.csv
# shellcheck disable=SC2086
[ -f raw.onnx ] || "$smilecam" train genki4k.crops $smile --seed 2 --validation 0 --test 0 --log smile.csv -o raw.onnx
"$smilecam" model calibrate raw.onnx scores.csv -o smile.onnx

"$smilecam" eval --list "$data/genki4k.tar" --model smile.onnx --held-out scores.csv --report report
for model in smile expression; do
    "$smilecam" eval --list "$data/fer2013.tar.gz/fer2013/test" --model $model.onnx
done
