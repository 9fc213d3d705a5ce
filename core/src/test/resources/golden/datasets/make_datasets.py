"""Makes the small data sets of this folder, and what is expected of them.

    python3 -m venv venv && venv/bin/pip install numpy h5py lz4 zstandard pillow flatbuffers aedat
    venv/bin/python make_datasets.py

Files are written by the libraries that users write them with, or from the formats' descriptions; AEDAT 4
files are read back by the `aedat` package before they count. What is expected is computed with NumPy.
"""

import gzip
import io
import json
import struct

import aedat
import flatbuffers
import h5py
import lz4.frame
import numpy as np
import zstandard
from PIL import Image

rng = np.random.default_rng(7)
expected = {}


def events(count, width, height, start, span):
    t = np.sort(rng.integers(start, start + span, count))
    t[0], t[-1] = start, start + span
    return {
        "t": t,
        "x": rng.integers(0, width, count),
        "y": rng.integers(0, height, count),
        "p": rng.integers(0, 2, count),
    }


def columns(e):
    return [[int(e[k][i]) for k in "txyp"] for i in range(len(e["t"]))]


# Frames, by the definitions of spikingjelly.datasets, one event after the other.


def count_into(e, frame_of, frames, height, width):
    out = np.zeros((frames, 2, height, width), np.float32)
    for i, (t, x, y, p) in enumerate(columns(e)):
        out[frame_of(i, t), int(p != 0), y, x] += 1
    return out


def by_number(e, frames, height, width):
    each = len(e["t"]) // frames
    return count_into(e, lambda i, t: min(i // each, frames - 1), frames, height, width)


def by_time(e, frames, height, width):
    dt = int(e["t"][-1] - e["t"][0]) // frames
    return count_into(e, lambda i, t: min((t - int(e["t"][0])) // dt, frames - 1), frames, height, width)


def by_duration(e, duration, height, width):
    least = int(e["t"].min())
    frames = -(-(int(e["t"][-1]) - least) // duration)
    return count_into(e, lambda i, t: min((t - least) // duration, frames - 1), frames, height, width)


def sparse(frames):
    flat = frames.reshape(-1)
    return {"shape": list(frames.shape), "at": np.flatnonzero(flat).tolist(), "values": flat[flat != 0].tolist()}


# AEDAT 3.1: packets of polarity events, one of special events, one with an invalid event.


def aedat3(name, e, packet, overflow_at):
    out = io.BytesIO()
    out.write(b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 0: DVS128\r\n#!END-HEADER\r\n")
    for first in range(0, len(e["t"]), packet):
        part = range(first, min(first + packet, len(e["t"])))
        overflow = int(e["t"][first]) >> 31
        part = [i for i in part if int(e["t"][i]) >> 31 == overflow]
        out.write(struct.pack("<hhiiiiii", 0, 0, 8, 4, overflow, 1, 1, 1) + struct.pack("<ii", 3, 0))
        rest = [i for i in range(first, min(first + packet, len(e["t"]))) if i not in part]
        for which in (part, rest):
            if not which:
                continue
            over = int(e["t"][which[0]]) >> 31
            out.write(struct.pack("<hhiiiiii", 1, 0, 8, 4, over, len(which) + 1, len(which) + 1, len(which)))
            out.write(struct.pack("<Ii", 0, 5))  # not marked as valid
            for i in which:
                data = int(e["x"][i]) << 17 | int(e["y"][i]) << 2 | int(e["p"][i]) << 1 | 1
                out.write(struct.pack("<Ii", data, int(e["t"][i]) & 0x7FFFFFFF))
    open(name, "wb").write(out.getvalue())
    assert overflow_at is None or int(e["t"][0]) < overflow_at < int(e["t"][-1])


gesture = events(600, 128, 128, 2**31 - 40_000, 90_000)
aedat3("gesture.aedat", gesture, 100, 2**31)
start = 2**31 - 40_000
segments = [(3, start + 1_000, start + 20_000), (1, start + 20_000, start + 41_000), (11, start + 50_000, start + 89_000)]
with open("gesture_labels.csv", "w") as f:
    f.write("class,startTime_usec,endTime_usec\n")
    f.writelines(f"{c},{a},{b}\n" for c, a, b in segments)
cut = []
for c, a, b in segments:
    mask = (gesture["t"] >= a) & (gesture["t"] < b)
    part = {k: v[mask] for k, v in gesture.items()}
    cut.append(
        {
            "label": c - 1,
            "events": columns(part),
            "number": sparse(by_number(part, 4, 128, 128)),
            "time": sparse(by_time(part, 3, 128, 128)),
            "duration": sparse(by_duration(part, 6_000, 128, 128)),
            "steps": [[(t - a) // 1_000, (p * 128 + y) * 128 + x] for t, x, y, p in columns(part)],
        }
    )
expected["gesture"] = {"events": columns(gesture), "samples": cut}


# AEDAT 4: FlatBuffers packets of two streams.

INFO = (
    '<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/">'
    '<node name="0" path="/mainloop/Recorder/outInfo/0/"><attr key="compression" type="string">NONE</attr>'
    '<attr key="originalModuleName" type="string">capture</attr><attr key="typeIdentifier" type="string">TRIG</attr></node>'
    '<node name="1" path="/mainloop/Recorder/outInfo/1/"><attr key="typeIdentifier" type="string">EVTS</attr>'
    '<node name="info" path="/mainloop/Recorder/outInfo/1/info/"><attr key="sizeX" type="int">40</attr>'
    '<attr key="sizeY" type="int">30</attr><attr key="source" type="string">test</attr></node></node></node></dv>'
)


def event_packet(part):
    b = flatbuffers.Builder(1024)
    b.StartVector(16, len(part), 8)
    for t, x, y, p in reversed(part):
        b.Prep(8, 16)
        b.Pad(3)
        b.PrependBool(bool(p))
        b.PrependInt16(y)
        b.PrependInt16(x)
        b.PrependInt64(t)
    vector = b.EndVector()
    b.StartObject(1)
    b.PrependUOffsetTRelativeSlot(0, vector, 0)
    b.FinishSizePrefixed(b.EndObject(), file_identifier=b"EVTS")
    return bytes(b.Output())


def trigger_packet(t):
    b = flatbuffers.Builder(64)
    b.StartObject(2)
    b.PrependInt64Slot(0, t, 0)
    b.PrependInt8Slot(1, 1, 0)
    trigger = b.EndObject()
    b.StartVector(4, 1, 4)
    b.PrependUOffsetTRelative(trigger)
    vector = b.EndVector()
    b.StartObject(1)
    b.PrependUOffsetTRelativeSlot(0, vector, 0)
    b.FinishSizePrefixed(b.EndObject(), file_identifier=b"TRIG")
    return bytes(b.Output())


def aedat4(name, e, packet, compression, compress):
    b = flatbuffers.Builder(1024)
    info = b.CreateString(INFO)
    b.StartObject(3)
    b.PrependInt32Slot(0, compression, 0)
    b.PrependInt64Slot(1, -1, 0)
    b.PrependUOffsetTRelativeSlot(2, info, 0)
    b.FinishSizePrefixed(b.EndObject(), file_identifier=b"IOHE")
    out = bytearray(b"#!AER-DAT4.0\r\n" + bytes(b.Output()))
    rows = columns(e)
    for first in range(0, len(rows), packet):
        for stream, raw in ((0, trigger_packet(rows[first][0])), (1, event_packet(rows[first : first + packet]))):
            data = compress(raw)
            out += struct.pack("<ii", stream, len(data)) + data
    open(name, "wb").write(out)
    read = [r for p in aedat.Decoder(name) if "events" in p for r in p["events"].tolist()]
    assert [[t, x, y, int(on)] for t, x, y, on in read] == rows, name


def linked(data):
    return lz4.frame.compress(data, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=True)


camera = events(9_000, 40, 30, 1_600_000_000_000_000, 300_000)
few = {k: v[:60] for k, v in camera.items()}
aedat4("none.aedat4", few, 25, 0, lambda d: d)
aedat4("zstd.aedat4", few, 25, 3, lambda d: zstandard.ZstdCompressor().compress(d))
# One packet of more than two LZ4 blocks, which refer to each other: few places, so that there is something to refer to.
busy = {k: (v % 5 if k in "xy" else v) for k, v in camera.items()}
busy["t"] = busy["t"] // 50 * 50
aedat4("lz4.aedat4", busy, 9_000, 1, linked)
aedat4("lz4_small.aedat4", few, 25, 2, lambda d: lz4.frame.compress(d, compression_level=9))
expected["few"] = columns(few)
expected["busy"] = {
    "count": len(busy["t"]),
    "number": sparse(by_number(busy, 2, 30, 40)),
}

# N-MNIST.

saccade = events(120, 34, 34, 37, 300_000)
raw = bytearray()
for t, x, y, p in columns(saccade):
    raw += bytes([x, y, p << 7 | t >> 16, t >> 8 & 255, t & 255])
open("00002.bin", "wb").write(raw)
expected["saccade"] = columns(saccade)

# .npz as SpikingJelly saves events and frames.

np.savez("events.npz", **saccade)
np.savez_compressed("events_small.npz", **{k: v.astype(d) for (k, v), d in zip(saccade.items(), "iHBB")})
frames = by_number(saccade, 3, 34, 34).astype(np.float64)
np.savez_compressed("frames.npz", frames=frames)
expected["frames"] = sparse(frames)

# SHD: lists of half-precision seconds and 16-bit units.

with h5py.File("shd.h5", "w") as f:
    group = f.create_group("spikes")
    count = 7
    times = group.create_dataset("times", (count,), h5py.vlen_dtype(np.float16))
    units = group.create_dataset("units", (count,), h5py.vlen_dtype(np.uint16))
    labels = rng.integers(0, 20, count)
    samples = []
    for n in range(count):
        size = 0 if n == 3 else int(rng.integers(5, 40))
        t = np.sort(rng.uniform(0, 1.2, size)).astype(np.float16)
        if size:
            t[0] = 0.5  # exactly a step's beginning
            t = np.sort(t)
        u = rng.integers(0, 700, size).astype(np.uint16)
        times[n], units[n] = t, u
        # Exact: a half-precision number is a whole number of 2^-24 seconds.
        steps = [int(float(v) * 2**24) * 1000 // 2**24 for v in t]
        samples.append({"label": int(labels[n]), "steps": [[s, int(i)] for s, i in zip(steps, u)]})
    f.create_dataset("labels", data=labels.astype(np.uint8))
    extra = f.create_group("extra")
    extra.create_dataset("speaker", data=np.zeros(count, np.uint8))
expected["shd"] = samples
with h5py.File("ssc.h5", "w") as f:
    for name, kind in (("times", np.float16), ("units", np.uint16)):
        with h5py.File("shd.h5") as source:
            f.create_dataset(
                "spikes/" + name, data=source["spikes/" + name][:], dtype=h5py.vlen_dtype(kind), chunks=(2,), maxshape=(None,)
            )
            if name == "units":
                f.create_dataset("labels", data=source["labels"][:].astype(np.int64), chunks=(3,), compression="gzip")

# Images.

grey = rng.integers(0, 256, (5, 7), np.uint8)
colour = rng.integers(0, 256, (5, 7, 3), np.uint8)
Image.fromarray(grey).save("grey.png")
Image.fromarray(colour).save("colour.png")
Image.fromarray(np.dstack([colour, np.full((5, 7), 128, np.uint8)])).save("alpha.png")
Image.fromarray(grey.astype(np.uint16) * 257).save("grey16.png")
Image.fromarray(grey // 128 * 255).convert("1").save("bits.png")
Image.fromarray(colour // 64 * 64).quantize(64).save("palette.png")
expected["images"] = {
    "grey.png": grey.reshape(-1).tolist(),
    "grey16.png": grey.reshape(-1).tolist(),
    "colour.png": colour.transpose(2, 0, 1).reshape(-1).tolist(),
    "alpha.png": colour.transpose(2, 0, 1).reshape(-1).tolist(),
    "bits.png": (grey // 128 * 255).reshape(-1).tolist(),
    "palette.png": np.asarray(Image.open("palette.png").convert("RGB")).transpose(2, 0, 1).reshape(-1).tolist(),
}
flat = np.full((16, 16), 200, np.uint8)
Image.fromarray(flat).save("flat.jpg")

# MNIST.

digits = rng.integers(0, 256, (4, 3, 2), np.uint8)
classes = np.array([7, 0, 2, 1], np.uint8)
with gzip.GzipFile("digits-idx3-ubyte.gz", "wb", mtime=0) as f:
    f.write(struct.pack(">BBBBiii", 0, 0, 8, 3, 4, 3, 2) + digits.tobytes())
open("digits-idx1-ubyte", "wb").write(struct.pack(">BBBBi", 0, 0, 8, 1, 4) + classes.tobytes())
np.save("dense.npy", digits.astype(np.float32).reshape(4, 6))
np.save("dense_labels.npy", classes.astype(np.int64))
expected["digits"] = {"pixels": digits.reshape(4, 6).tolist(), "labels": classes.tolist()}

json.dump(expected, open("expected.json", "w"))
