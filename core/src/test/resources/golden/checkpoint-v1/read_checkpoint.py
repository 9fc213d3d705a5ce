"""Reads and verifies a checkpoint with the stock safetensors package.

    pip install -r requirements.txt
    python read_checkpoint.py RUN                          prints the newest checkpoint as JSON
    python read_checkpoint.py RUN --expect expected.json   and fails if it is anything else

RUN is the directory that holds checkpoint/. The format is described in
core/docs/checkpoint-format.md; everything needed to read it is in this file.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open

BLOCK_BYTES = 4 << 20
MANIFEST_NAME = re.compile(r"\d{20}\.json", re.ASCII)
PART_NAME = re.compile(r"\d{20}\.part-\d{5}\.json", re.ASCII)
RANGE_NAME = re.compile(
    r"r\d{12,19}-\d{12,19}\.s\d{8,19}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.safetensors",
    re.ASCII,
)
RECORDING_PATH = re.compile(r"(?=.{1,1024}$)[\w=-][\w.=-]*(/[\w=-][\w.=-]*)*", re.ASCII)
RECORDING_KIND = re.compile(r"[a-z][a-z0-9_-]{0,63}")
HEADER_CRC = re.compile(rb'"header_crc32c":"([0-9a-f]{8})"')


def _crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


CRC_TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return f"{crc ^ 0xFFFFFFFF:08x}"


def require(condition, message):
    if not condition:
        raise SystemExit(f"checkpoint unusable: {message}")


def require_readable(format_, name, features, path):
    require(format_["name"] == name, f"{path} is not a {name} file")
    require(format_["major"] == 1, f"{path} has major version {format_['major']}")
    unknown = set(format_["required"]) - features
    require(not unknown, f"{path} requires unknown features {sorted(unknown)}")


def read_lines(path):
    """The JSON of a manifest or a part, and its checksum, or None if the file is damaged."""
    if not path.is_file():
        return None
    match = re.fullmatch(rb"(.*\n)crc32c:([0-9a-f]{8})\n", path.read_bytes(), re.DOTALL)
    if match is None or crc32c(match[1]) != match[2].decode():
        return None
    return json.loads(match[1]), match[2].decode()


def read_part(directory, listed):
    """The ranges of a part of a large manifest, or None if it is damaged."""
    require(PART_NAME.fullmatch(listed["file"]), f"strange file name {listed['file']!r}")
    path = directory / listed["file"]
    read = read_lines(path)
    if read is None or read[1] != listed["crc32c"] or path.stat().st_size != listed["bytes"]:
        return None
    require_readable(read[0]["format"], "velella-manifest-part", set(), path)
    return read[0]["ranges"]


def read_manifest(path):
    """The manifest of a file, with the ranges of its parts, or None if any of it is damaged."""
    read = read_lines(path)
    if read is None:
        return None
    manifest = read[0]
    require_readable(manifest["format"], "velella-manifest", {"two-level"}, path)
    require(manifest["version"] == int(path.stem), f"{path} holds another version")
    if "parts" in manifest:
        manifest["ranges"] = []
        for listed in manifest["parts"]:
            ranges = read_part(path.parent, listed)
            if ranges is None:
                return None
            manifest["ranges"] += ranges
    return manifest


def newest_manifest(run):
    directory = run / "checkpoint" / "manifests"
    paths = sorted(p for p in directory.iterdir() if MANIFEST_NAME.fullmatch(p.name))
    for path in reversed(paths):
        manifest = read_manifest(path)
        if manifest is not None:
            return manifest
        print(f"{path} is damaged, trying the one before", file=sys.stderr)
    raise SystemExit(f"checkpoint unusable: no readable manifest in {directory}")


def verify_range_file(path, listed):
    require(path.is_file(), f"{path} is listed but missing")
    data = path.read_bytes()
    require(len(data) == listed["bytes"], f"{path} has {len(data)} bytes")
    start = 8 + int.from_bytes(data[:8], "little")
    header = data[:start]
    match = HEADER_CRC.search(header)
    require(match is not None, f"{path} has no header checksum")
    zeroed = header[: match.start(1)] + b"0" * 8 + header[match.end(1) :]
    require(crc32c(zeroed) == match[1].decode(), f"the header of {path} is damaged")
    require(match[1].decode() == listed["crc32c"], f"{path} is not the listed file")
    blocks = json.loads(header[8:])["__metadata__"]["block_crc32c"]
    for index, begin in enumerate(range(start, len(data), BLOCK_BYTES)):
        found = crc32c(data[begin : begin + BLOCK_BYTES])
        require(found == blocks[8 * index : 8 * index + 8], f"block {index} of {path} is damaged")


def verify_recording(run, listed):
    """Since a minor version, recordings say what their files are; before, nobody can check them."""
    require(RECORDING_PATH.fullmatch(listed["file"]), f"strange file name {listed['file']!r}")
    require(RECORDING_KIND.fullmatch(listed["kind"]), f"strange kind {listed['kind']!r}")
    if "bytes" not in listed:
        return
    published = run / listed["kind"] / Path(listed["file"]).name
    path = published if published.is_file() else run / listed["file"]
    require(path.is_file(), f"{path} is listed but missing")
    data = path.read_bytes()
    require(len(data) == listed["bytes"], f"{path} has {len(data)} bytes")
    require(crc32c(data) == listed["crc32c"], f"{path} is damaged")


DTYPES = {
    "F32": np.float32,
    "F64": np.float64,
    "I32": np.int32,
    "I64": np.int64,
    "U8": np.uint8,
    "BOOL": np.bool_,
}


def require_fits(array, entry, samples, path):
    shape = tuple(entry["shape"])
    if entry["batch_axis"] is not None:
        shape = (samples, *shape)
    fits = array.dtype == DTYPES[entry["dtype"]] and array.shape == shape
    require(fits, f"{entry['name']} in {path} is {array.dtype} {array.shape}, not {entry}")


def read_range_file(path, listed):
    """Metadata, sample ids, memories and accumulators; memories in their order."""
    verify_range_file(path, listed)
    with safe_open(path, framework="np") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    require_readable(
        json.loads(metadata["format"]), "velella-range", {"block-crc32c"}, path
    )
    described = json.loads(metadata["range"])
    lo, hi, step = (int(digits) for digits in re.findall(r"\d+", path.name)[:3])
    named = (lo, hi, step) == (described["lo"], described["hi"], described["step"])
    require(named, f"{path} holds another range or step than its name says")
    ids = tensors["sample_ids"]
    fits = ids.dtype == np.int64 and ids.ndim == 1 and len(ids) <= hi - lo
    require(fits, f"the sample ids of {path} are {ids.dtype} {ids.shape}")
    memories, accumulators = {}, {}
    for kind, schema, target in (
        ("memory", described["run"]["memories"], memories),
        ("accumulator", described["run"]["accumulators"], accumulators),
    ):
        for index, entry in enumerate(schema):
            array = tensors[f"{kind}:{index:06d}:{entry['name']}"]
            require_fits(array, entry, len(ids), path)
            target[entry["name"]] = array
    shared = hashlib.sha256()
    for entry in described["run"]["memories"]:
        if entry["batch_axis"] is None:
            shared.update(memories[entry["name"]].tobytes())
    if described["shared_sha256"] is not None:
        require(shared.hexdigest() == described["shared_sha256"], f"{path}: shared memories")
    return described, ids, memories, accumulators


def plain(array):
    """Nested lists; floats as hexadecimal text, which keeps every bit."""
    if array.dtype.kind == "f":
        return np.vectorize(lambda x: float(x).hex(), otypes=[object])(array).tolist()
    return array.tolist()


def summary(run):
    manifest = newest_manifest(run)
    ranges = []
    for entry in manifest["ranges"]:
        newest = entry["files"][-1]
        require(RANGE_NAME.fullmatch(newest["file"]), f"strange file name {newest['file']!r}")
        path = run / "checkpoint" / "ranges" / newest["file"]
        described, ids, memories, accumulators = read_range_file(path, newest)
        require(described["run"] == manifest["run"], f"{path} belongs to another run")
        for recording in entry["recordings"]:
            verify_recording(run, recording)
        ranges.append(
            {
                "lo": entry["lo"],
                "hi": entry["hi"],
                "step": newest["step"],
                "sample_ids": plain(ids),
                "memories": [[name, str(a.dtype), plain(a)] for name, a in memories.items()],
                "accumulators": [
                    [name, str(a.dtype), plain(a)] for name, a in accumulators.items()
                ],
                "recordings": [[r["file"], r["rows"]] for r in entry["recordings"]],
            }
        )
    return {
        "version": manifest["version"],
        "run_id": manifest["run"]["run_id"],
        "dt": float.fromhex(manifest["run"]["dt"]),
        "samples": manifest["samples"],
        "target_steps": manifest["target_steps"],
        "ranges": ranges,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--expect", type=Path)
    arguments = parser.parse_args()
    found = summary(arguments.run)
    if arguments.expect is None:
        json.dump(found, sys.stdout, indent=1)
        print()
    elif found != json.loads(arguments.expect.read_text()):
        raise SystemExit(f"the checkpoint differs from {arguments.expect}: {json.dumps(found)}")
    else:
        print(f"the checkpoint of {arguments.run} is as expected")


if __name__ == "__main__":
    main()
