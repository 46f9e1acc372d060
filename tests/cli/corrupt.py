#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Files that somebody broke, by accident or on purpose: each is refused with the exit code of the design and one
sentence that names it, in bounded memory, without a hang, and nothing is written.

usage: corrupt.py SMILECAM MODEL
"""
import gzip
import io
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib

HANGS_S = 120
MEMORY = 1 << 30  # bytes, at most
WEIGHTS = 1, 2, 3, 4


# ---- ONNX, just enough of protocol buffers ----

def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 0x7f:
        out.append(n & 0x7f | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def node(op, inputs, output, *attributes):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, op) +
                 b"".join(field(5, attribute) for attribute in attributes))


def ints(name, *values):
    return field(1, name) + b"".join(field(8, value) for value in values)


def tensor(name, dims, floats=b"", more=b""):
    return field(5, b"".join(field(1, d) for d in dims) + field(2, 1) + field(8, name) + field(9, floats) + more)


def picture_of(name, *dims):
    shape = b"".join(field(1, field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def model(body, size=(1, 1, 8, 8), output="y", metadata=()):
    graph = body + field(11, picture_of("x", *size)) + field(12, picture_of(output, 1, 2))
    return (field(1, 8) + field(7, graph) + field(8, field(2, 13)) +
            b"".join(field(14, field(1, key) + field(2, value)) for key, value in metadata))


def small(weights=struct.pack("<4f", *WEIGHTS), dims=(2, 2), more=b"", **kinds):
    """A pool, a dense layer of 2x2 weights and softmax."""
    return model(tensor("w", dims, weights, more) + node("GlobalAveragePool", ["x"], "p") + node("Flatten", ["p"], "f") +
                 node("MatMul", ["f", "w"], "m") + node("Softmax", ["m"], "y"), **kinds)


def chain(n):
    return model(b"".join(node("Relu", [f"n{i - 1}" if i else "x"], f"n{i}") for i in range(n)), output=f"n{n - 1}")


MODELS = {
    "nan": (small(struct.pack("<4f", 1, float("nan"), 3, 4)), "not a finite number"),
    "infinite": (small(struct.pack("<4f", 1, float("inf"), 3, 4)), "not a finite number"),
    "negative": (small(dims=(-2, -2)), "values"),
    "overflow": (small(dims=(1 << 32, 1 << 32)), "values"),
    "wraps": (small(dims=(65536, 65536, 65536, 65536)), "values"),
    "many_axes": (small(dims=(1,) * 5000), "axes"),
    "few_weights": (small(struct.pack("<3f", 1, 2, 3)), "does not have the 4 values"),
    "elsewhere": (small(b"", more=field(13, field(1, "location") + field(2, "/etc/passwd")) + field(14, 1)),
                  "only read from a file in the model's own folder"),
    "big_picture": (small(size=(1, 1, 65536, 65536)), "input"),
    "no_picture": (small(size=(1, 1, -8, 0)), "input"),
    "cycle": (model(node("Relu", ["b"], "a") + node("Relu", ["a"], "b"), output="b"), "not made by any node before it"),
    "itself": (model(node("Relu", ["y"], "y")), "not made by any node before it"),
    "many_nodes": (chain(5000), "nodes"),
    "million_nodes": (chain(1000000), "million_nodes"),
    "many_inputs": (model(tensor("w", (1,), struct.pack("<f", 1)) + node("Sum", ["w"] * 300000, "y")), "inputs"),
    "huge_kernel": (model(tensor("w", (1, 1, 1, 1), struct.pack("<f", 1)) + node(
        "Conv", ["x", "w"], "y", ints("pads", *[65535] * 4))), "huge_kernel"),
    "wide_pads": (model(tensor("w", (1, 2, 3, 3), struct.pack("<18f", *range(18))) + node(
        "ConvTranspose", ["x", "w"], "c", ints("pads", *[1 << 40] * 4)) + node("GlobalAveragePool", ["c"], "p") + node(
            "Flatten", ["p"], "f") + node("Softmax", ["f"], "y")), "pads must be"),
    "no_stride": (model(node("MaxPool", ["x"], "y", ints("kernel_shape", 2, 2), ints("strides", 0, 0))), "no_stride"),
    "labels": (small(struct.pack("<2f", 1, 2), dims=(1, 2), metadata=[("smilecam.labels", "\u7b11,smile")]),
               "not plain words"),
    "ranges": (small(struct.pack("<2f", 1, 2), dims=(1, 2), metadata=[("smilecam.ranges", "-7")]), "ranges"),
    "text": (b"This is no model.\n", "not an ONNX model"),
    "empty": (b"", "empty"),
}


# ---- pictures, films, archives, lists ----

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data=b""):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


PICTURES = {
    "bomb.png": png(60000, 60000),
    "long.png": png(0x7fffffff, 1),
    "none.png": png(0, 0),
    "cut.png": png(8, 8, bytes(72))[:-20],
    "changed.png": png(8, 8, bytes(72)).replace(b"IDAT", b"IDAS"),
    "bomb.ppm": b"P6 99999 99999 255\n",
    "bomb.pgm": b"P2 99999 99999 255\n1 2 3\n",
    "bomb.bmp": b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 1 << 30, 1 << 30, 1, 24, 0, 0, 0,
                                                                       0, 0, 0),
    "loop.tif": b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 65535) + bytes(64),
    "cut.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0",
    "cut.webp": b"RIFF\xff\xff\xff\x7fWEBPVP8L",
    "text.jpg": b"This is no picture.\n",
    "empty.jpg": b"",
}
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n"
FILMS = {
    "empty.mp4": b"",
    "zeros.mkv": bytes(4096),
    "header.mkv": b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01",
    "sizes.mp4": struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomiso2" + struct.pack(">I", 0xffffffff) + b"moov",
    "sound.wav": b"RIFF" + struct.pack("<I", 8036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) +
                 b"data" + struct.pack("<I", 8000) + bytes(8000),
    "wide.y4m": b"YUV4MPEG2 W1000000 H1000000 F25:1 C420\nFRAME\n",
    "files.m3u8": (PLAYLIST % "file:///etc/passwd").encode(),
    "address.m3u8": (PLAYLIST % "http://127.0.0.1:9/secret.ts").encode(),
    "list.ffconcat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "listen.sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
                  b"a=rtpmap:96 H264/90000\n",
}


def tar(*files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def with_size(archive, octal):
    """The first file says that it is of another size; the header's sum is made right."""
    header = bytearray(archive[:512])
    header[124:136] = octal
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + archive[512:]


SETS = {
    "text.tar": b"This is no archive.\n",
    "cut.tar": tar(("smile/a.jpg", bytes(4000)), ("sad/b.jpg", bytes(4000)))[:3000],
    "huge.tar": with_size(tar(("smile/a.jpg", b"x")), b"77777777777\0"),
    "negative.tar": with_size(tar(("smile/a.jpg", b"x")), b"\xff" * 12),
    "bomb.tar.gz": gzip.compress(with_size(tar(("smile/a.jpg", b"x")), b"10000000000\0") + bytes(50 << 20)),
    "out.tar": tar(("../../smile/a.jpg", b"x"), ("/tmp/../sad/b.jpg", b"y")),
    "genki.tar": tar(("g/labels.txt", b"7 0 0 0\n"), ("g/files/file0001.jpg", b"x")),
    "zero.tar": tar(("g/labels.txt", b"1 0 0 0\n\0\0"), ("g/files/file0001.jpg", b"x")),
    "comma.csv": b"a.jpg\n",
    "binary.csv": b"a.jpg,1\n\0\0\0",
    "empty.csv": b"",
    "missing.csv": b"/nowhere/a.jpg,1\n/nowhere/b.jpg,0\n",
}
NETS = {
    "picture.net": b"input 1x65536x65536\n",
    "repeats.net": b"input 1x8x8\n" + b"repeat 256\n" * 12 + b"relu\n" + b"end\n" * 12,
    "deep.net": b"input 1x8x8\n" + b"residual\n" * 100000,
    "numbers.net": b"input 1x8x8\nconv 99999999999999999999 3x3\n",
    "values.net": b"input 1x8x8\nconv 65536 512x512\nconv 65536 512x512\n",
    "binary.net": b"input 1x8x8\n\0\xff\n",
}


class Bench:
    def __init__(self, smilecam, shipped, folder):
        self.smilecam, self.shipped, self.folder = smilecam, shipped, folder
        self.n = self.n_bad = 0
        settings = folder / "settings"
        self.env = dict(os.environ, HOME=str(settings), XDG_CONFIG_HOME=str(settings), XDG_CONFIG_DIRS=str(settings),
                        SDL_VIDEODRIVER="dummy", SMILECAM_MODEL=str(shipped))

    def expect(self, code, name, words, *arguments, lines=1):
        before = sorted(path.name for path in self.folder.iterdir())
        with tempfile.TemporaryFile() as err:
            process = subprocess.Popen([self.smilecam, *arguments], cwd=self.folder, env=self.env, stderr=err,
                                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (HANGS_S, HANGS_S)))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            err.seek(0)
            said = err.read().decode(errors="replace")
        problems = []
        if process.returncode != code:
            problems.append(f"exit code {process.returncode} instead of {code}")
        if said.count("\n") > lines or name not in said or words not in said:
            problems.append(f"not one sentence with {name} and '{words}'")
        if usage.ru_maxrss * 1024 > MEMORY:
            problems.append(f"{usage.ru_maxrss >> 10} MB")
        if sorted(path.name for path in self.folder.iterdir()) != before:
            problems.append("left a file")
        self.n += 1
        self.n_bad += bool(problems)
        if problems:
            print(f"not ok {self.n} - {' '.join(arguments)}")
            print("".join(f"# {line}\n" for line in problems + said.splitlines()[:5]), end="", flush=True)
        else:
            print(f"ok {self.n} - {name}", flush=True)

    def expect_plain(self):
        """What a model says of itself is printed, but moves no cursor."""
        name = self.write("escape.onnx", small(struct.pack("<2f", 1, 2), dims=(1, 2), metadata=[("a\x1b[2J", "b\x1b[2J")]))
        said = subprocess.run([self.smilecam, "model", "info", name], cwd=self.folder, env=self.env, check=False,
                              stdout=subprocess.PIPE).stdout
        good = b"a?[2J: b?[2J" in said and b"\x1b" not in said
        self.n += 1
        self.n_bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - no control characters are printed")

    def write(self, name, data):
        (self.folder / name).write_bytes(data)
        return name


def main():
    smilecam, shipped = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    crops = pathlib.Path(__file__).resolve().parent.parent / "fuzz" / "corpus" / "crops"
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        bench = Bench(smilecam, shipped, folder)
        for name, (data, words) in MODELS.items():
            name = bench.write(f"{name}.onnx", data)
            if name not in ("labels.onnx", "ranges.onnx"):
                bench.expect(2, name, words, "model", "info", name)
            if name in ("labels.onnx", "ranges.onnx", "nan.onnx", "elsewhere.onnx"):
                bench.expect(1, name, words, "classify", "none.jpg", "--model", name)
        for name, data in PICTURES.items():
            bench.expect(2, bench.write(name, data), "", "classify", name)
        for name, data in FILMS.items():
            bench.expect(2, bench.write(name, data), "", "annotate", name, "-o", "out.mkv")
        for name, data in SETS.items():
            bench.expect(2, bench.write(name, data), "", "prepare", name, "-o", "out.crops", lines=3)
        for path in sorted(crops.iterdir()):
            if path.name != "good":
                bench.expect(2, path.name, "", "train", str(path), "-o", "out.onnx")
        for name, data in NETS.items():
            bench.expect(1, bench.write(name, data), "", "train", str(crops / "good"), "--arch", name, "-o", "out.onnx")
        bench.expect_plain()
        bench.expect(2, "file", "not a supported protocol", "live", "--headless", "--source", "file:///etc/passwd")
        print(f"1..{bench.n}")


if __name__ == "__main__":
    main()
