"""Writes reference.safetensors with the stock Python package.

    pip install safetensors==0.8.0 numpy==2.4.6 && python generate.py
"""

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "weights": np.array([[1.5, -2.0, np.inf], [0.1, -0.0, 1e-45]], dtype=np.float32),
        "double": np.array([0.1, -1e300], dtype=np.float64),
        "counts": np.array([[-1], [2147483647]], dtype=np.int32),
        "ids": np.array([7, -(2**63)], dtype=np.int64),
        "bytes": np.array([0, 127, 255], dtype=np.uint8),
        "flags": np.array([True, False, True]),
        "scalar": np.array(3.25, dtype=np.float32),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "name with \"quotes\" and \u00fc": np.array([1], dtype=np.uint8),
    },
    "reference.safetensors",
    metadata={"format": "np", "text": "line\nbreak \u2603"},
)
