"""Writes the .npy files of this folder and expected.json with their values. Needs NumPy 2.

Run: python generate.py   (in this folder)
"""

import json

import numpy as np
from numpy.lib import format as npy

GRID = np.arange(24).reshape(2, 3, 4)
FLOATS = [0.0, -0.0, 1.5, -2.25, 1e-40, np.inf, -np.inf, np.nan, 3.4028234e38]
HALVES = [0.0, -0.0, 1.0, -1.5, 65504.0, 6e-8, 6.1e-5, 5.96e-5, np.inf, -np.inf, np.nan, 0.1]

ARRAYS = {
    "f4": np.array(FLOATS, "<f4"),
    "f4_big": np.array(FLOATS, ">f4"),
    "f8": np.array(FLOATS + [1e-310, 0.1], "<f8"),
    "f8_big": np.array(FLOATS + [1e-310, 0.1], ">f8"),
    "i4": np.array([[0, -1], [2**31 - 1, -(2**31)]], "<i4"),
    "i4_big": np.array([[0, -1], [2**31 - 1, -(2**31)]], ">i4"),
    "i8": np.array([0, -1, 2**63 - 1, -(2**63)], "<i8"),
    "i8_big": np.array([0, -1, 2**63 - 1, -(2**63)], ">i8"),
    "u1": np.array([0, 1, 127, 128, 255], "u1"),
    "b1": np.array([[True, False, True]], "?"),
    "i1": np.array([-128, -1, 0, 127], "i1"),
    "i2": np.array([-32768, -1, 0, 32767], "<i2"),
    "i2_big": np.array([-32768, -1, 0, 32767], ">i2"),
    "u2": np.array([0, 1, 32768, 65535], "<u2"),
    "u4": np.array([0, 1, 2**31, 2**32 - 1], "<u4"),
    "u4_big": np.array([0, 1, 2**31, 2**32 - 1], ">u4"),
    "f2": np.array(HALVES, "<f2"),
    "f2_big": np.array(HALVES, ">f2"),
    "scalar": np.array(2.5, "<f4"),
    "empty": np.zeros((0, 3), "<f4"),
    "one_axis": np.arange(7, dtype="<i4"),
    "grid": GRID.astype("<f4"),
    "grid_fortran": np.asfortranarray(GRID.astype("<f4")),
    "grid_fortran_big": np.asfortranarray(GRID.astype(">i4")),
    "events_fortran": np.asfortranarray(np.array([[0, 1, 20], [0, 2, 21], [3, 4, 22], [5, 6, 23]], "<i4")),
}
VERSIONS = {"grid_v2": (2, 0), "grid_v3": (3, 0)}
REFUSED = {
    "u8": np.array([1], "<u8"),
    "complex": np.array([1j]),
    "text": np.array(["a"]),
    "record": np.zeros(1, [("a", "<f4"), ("b", "<i4")]),
}


def described(array):
    flat = array.reshape(-1, order="C")
    return {
        "type": array.dtype.str[1:],
        "shape": list(array.shape),
        "values": [str(v.item()) for v in flat],
    }


expected = {}
for name, array in ARRAYS.items():
    np.save(name + ".npy", array)
    expected[name] = described(array)
for name, version in VERSIONS.items():
    with open(name + ".npy", "wb") as file:
        npy.write_array(file, GRID.astype("<f4"), version=version)
    expected[name] = described(GRID.astype("<f4"))
for name, array in REFUSED.items():
    np.save("refused_" + name + ".npy", array)
np.save("refused_object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
with open("expected.json", "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
