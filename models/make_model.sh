#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
# Makes the models from the data sets, as their card (README.md) says: landmarks.dat and faces.onnx in two to three
# hours on two cores, smile.onnx and expression.onnx in less than two more.
# Interrupted, the same command goes on where it was.
#
# usage: make_model.sh SMILECAM DATA FOLDER
#   SMILECAM  the program
#   DATA      a folder with faces.tar.gz, smiles.tar.gz, genki4k.tar, press.tar and fer2013.tar.gz
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

# prepare NAME DATASET [OPTION...]: its crops; pictures that cannot be read (exit code 3) are said and left out
prepare() {
    name=$1
    shift
    [ -f "$name.crops" ] || "$smilecam" prepare "$@" -o "$name.crops" >"$name.missed" || [ $? -eq 3 ]
}

prepare genki4k "$data/genki4k.tar"
prepare celeba "$data/smiles.tar.gz/smiles/celeba.csv"
prepare lfw "$data/faces.tar.gz/faces/points.csv" --only lfw/
prepare aflw "$data/faces.tar.gz/faces/points.csv" --only aflw/
prepare press "$data/press.tar"
prepare fer_train "$data/fer2013.tar.gz/fer2013/train"

# First FER2013's seven expressions: press helps to begin with, but calls things by other names.
seven="--arch expression --batch 128 --weight-decay 0.03 --label-smoothing 0.1 --validation 0.04 --test 0"
# shellcheck disable=SC2086
[ -f seven.onnx ] || "$smilecam" train fer_train.crops press.crops -o seven.onnx $seven --others 0.5 --bootstrap 0.2 \
    --epochs 40 --learning-rate 0.003 --log seven.csv
# shellcheck disable=SC2086
[ -f expression.onnx ] || "$smilecam" train fer_train.crops press.crops -o expression.onnx $seven --init seven.onnx \
    --others 0.3 --bootstrap 0.1 --epochs 9 --learning-rate 0.0015 --log expression.csv

# Then smiles, from all sources alike: each left out for the figures, GENKI-4K in folds, and all for the model.
all="genki4k.crops celeba.crops lfw.crops aflw.crops press.crops fer_train.crops"
smile="--smile --per-source 3000 --source-bias --init expression.onnx --learning-rate 0.001 --epochs 7"
# shellcheck disable=SC2086
[ -f left_out.csv ] || "$smilecam" cv $all $smile --leave-out --against smile --scores left_out.csv
# shellcheck disable=SC2086
[ -f scores.csv ] || "$smilecam" cv $all $smile --scores scores.csv
# shellcheck disable=SC2086
[ -f raw.onnx ] || "$smilecam" train $all $smile --validation 0 --test 0 --log smile.csv -o raw.onnx

# Calibrated on as many left-out faces of each, without LFW and AFLW: too many of MTFL's labels are wrong to say how sure
# a verdict is.
pick() { # evenly spread: those whose names match
    grep -E "$1" left_out.csv | awk '{ line[NR] = $0 } END { for (i = 0; i < 3000; i++) print line[int(i * NR / 3000) + 1] }'
}
{
    head -n 1 left_out.csv
    pick '^files/'
    pick '^celeba/'
    pick '^[^/]*\.jpg,'
    pick '^(angry|disgust|fear|happy|neutral|sad|surprise)/'
} >mixture.csv
"$smilecam" model calibrate raw.onnx mixture.csv -o smile.onnx

"$smilecam" eval --list "$data/genki4k.tar" --model smile.onnx --held-out scores.csv --report report
for model in smile expression; do
    "$smilecam" eval --list "$data/fer2013.tar.gz/fer2013/test" --model $model.onnx
done
