"""Compares NIR files that Velella wrote with those that it had read, with the stock nir package.

    python .ci/judge/nir_written.py FOLDER

FOLDER holds pairs NAME.in.nir and NAME.out.nir; `mvn verify` leaves them in core/target/nir-written.
Every node must have come out with its type and values, every edge with its ends. Ports of nested
graphs have no names in Velella, so they are compared by their kind.
"""

import sys
from pathlib import Path

import h5py
import nir
import numpy as np
from nir.serialization import read_version

# What older files need not have, and the value that it then has.
DEFAULTS = {"v_reset": 0, "w_in": 1, "bias": 0}
# What follows from the edges, and may be wrong or missing in a file.
FOLLOWS = {"input_shape", "input_type"}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def names(graph, nested):
    """The nodes of a graph by the name under which they are compared."""
    found = {}
    for name, node in graph["nodes"].items():
        kind = text(node["type"][()])
        port = nested and kind in ("Input", "Output")
        found[name] = f"<{kind}>" if port else name
    return found


def numbers(dataset):
    return np.asarray(dataset, float)


def padding(node):
    """The zeros before and after each axis that a convolution's padding asks for."""
    value = text(node["padding"][()])
    kernel = np.array(node["weight"].shape[2:])
    if isinstance(value, str) and value == "same":
        zeros = np.broadcast_to(node["dilation"][()], kernel.shape) * (kernel - 1)
        return np.array([zeros // 2, zeros - zeros // 2])
    if isinstance(value, str):
        assert value == "valid", value
        value = 0
    return np.broadcast_to(np.asarray(value, int), (2, *kernel.shape))


def same(node, other, name):
    """Whether two datasets say the same, up to axes of length 1 in front and spreading."""
    read, written = node[name], other[name]
    if name == "padding" and "weight" in node:
        return np.array_equal(padding(node), padding(other))
    a, b = numbers(read), numbers(written)
    while a.ndim > b.ndim and a.shape[0] == 1:
        a = a[0]
    if np.shape(read) != np.shape(written):
        a = np.broadcast_to(a, b.shape)
    if name in ("weight", "bias", "scale"):
        a = a.astype(np.float32)
    return np.array_equal(a, b)


def compare(read, written, path=()):
    mine, theirs = names(read, path), names(written, path)
    assert sorted(mine.values()) == sorted(theirs.values()), (path, mine, theirs)
    edges = [
        sorted({(by[text(a)], by[text(b)]) for a, b in graph["edges"][()]})
        for graph, by in ((read, mine), (written, theirs))
    ]
    assert edges[0] == edges[1], (path, edges)
    places = {shown: name for name, shown in theirs.items()}
    for name, shown in mine.items():
        node, other = read["nodes"][name], written["nodes"][places[shown]]
        assert text(node["type"][()]) == text(other["type"][()]), (path, name)
        if text(node["type"][()]) == "NIRGraph":
            compare(node, other, (*path, name))
            continue
        for key in set(node) | set(other):
            where = (*path, name, key)
            if key == "metadata" or key in FOLLOWS:
                continue
            if key not in other:
                assert np.all(numbers(node[key]) == DEFAULTS[key]), f"{where} was not written"
                continue
            if key == "type":
                continue
            if key in node:
                assert same(node, other, key), (where, node[key][()], other[key][()])
            elif key != "shape":
                assert np.all(numbers(other[key]) == DEFAULTS[key]), (where, other[key][()])


def opens(path):
    """Opens a file with the package; with its inference of shapes where that can follow."""
    try:
        return nir.read(path)
    except Exception:
        # It takes kernels for square, knows no groups and no layers over the last of several axes.
        return nir.read(path, type_check=False)


def judge(folder):
    pairs = sorted(Path(folder).glob("*.in.nir"))
    assert len(pairs) > 60, f"{len(pairs)} pairs in {folder}"
    inferred = 0
    for read in pairs:
        written = read.with_name(read.name.replace(".in.nir", ".out.nir"))
        assert read_version(written) == nir.version, read_version(written)
        opens(written)
        try:
            nir.read(written)
            inferred += 1
        except Exception:
            pass
        with h5py.File(read) as a, h5py.File(written) as b:
            try:
                compare(a["node"], b["node"])
            except AssertionError as failure:
                raise AssertionError(f"{read.name}: {failure}") from failure
    return len(pairs), inferred


if __name__ == "__main__":
    print("%d files are the same; the package infers the shapes of %d" % judge(sys.argv[1]))
