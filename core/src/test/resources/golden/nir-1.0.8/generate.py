"""Writes the networks of this folder with the stock nir package, and what they compute.

    pip install -r requirements.txt && python generate.py

The outputs in expected.json come from the equations below, one forward Euler step of NIR's
differential equations per time step, in plain Python. All numbers are short binary fractions, so
that float32 arithmetic makes no rounding errors and the outputs must be met exactly. Half of the
files have the package's gzip compression, half have the contiguous arrays of its older versions.
"""

import itertools
import json
from math import floor

import nir
import numpy as np

DT = 0.125
random = np.random.default_rng(2026)


def eighths(*shape, low=-8, high=9):
    return random.integers(low, high, shape).astype(np.float32) / 8


def pair(value):
    return (value, value) if np.ndim(value) == 0 else tuple(int(v) for v in value)


def window_sum(x, weight, stride, before, after, dilation):
    """Cross-correlation of [C, H, W] with [C, KH, KW], zeros outside."""
    _, height, width = x.shape
    extent = [d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[1:])]
    out = [
        floor((n + b + a - e) / s) + 1
        for n, b, a, e, s in zip((height, width), before, after, extent, stride)
    ]
    y = np.zeros(out)
    for oy, ox in itertools.product(*map(range, out)):
        for c, ky, kx in itertools.product(*map(range, weight.shape)):
            iy = oy * stride[0] + ky * dilation[0] - before[0]
            ix = ox * stride[1] + kx * dilation[1] - before[1]
            if 0 <= iy < height and 0 <= ix < width:
                y[oy, ox] += x[c, iy, ix] * weight[c, ky, kx]
    return y


def conv2d(node, x):
    weight = np.asarray(node.weight, float)
    stride, dilation = pair(node.stride), pair(node.dilation)
    if isinstance(node.padding, str):
        total = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:])]
        total = total if node.padding == "same" else [0, 0]
        before = [t // 2 for t in total]
        after = [t - b for t, b in zip(total, before)]
    else:
        before = after = pair(node.padding)
    inputs, outputs = weight.shape[1], weight.shape[0] // int(node.groups)
    return np.stack(
        [
            window_sum(
                x[o // outputs * inputs :][:inputs], weight[o], stride, before, after, dilation
            )
            + node.bias[o]
            for o in range(weight.shape[0])
        ]
    )


def conv1d(node, x):
    """As a convolution over one row."""
    wide = nir.Conv2d(
        input_shape=None,
        weight=node.weight[:, :, None, :],
        stride=(1, int(node.stride)),
        padding=node.padding if isinstance(node.padding, str) else (0, int(node.padding)),
        dilation=(1, int(node.dilation)),
        groups=node.groups,
        bias=node.bias,
    )
    return conv2d(wide, x[:, None, :])[:, 0, :]


def sum_pool(node, x):
    ones = np.ones((1, *pair(node.kernel_size)))
    padding = pair(node.padding)
    return np.stack(
        [window_sum(c[None], ones, pair(node.stride), padding, padding, (1, 1)) for c in x]
    )


def flatten(node, x):
    start, end = node.start_dim % x.ndim, node.end_dim % x.ndim
    return x.reshape(*x.shape[:start], -1, *x.shape[end + 1 :])


class Neurons:
    """One population; integrators without leak take the input as a charge."""

    def __init__(self, node):
        self.node, self.kind = node, type(node).__name__
        self.v = np.array(getattr(node, "v_leak", getattr(node, "v_reset", 0.0)), float)
        self.i = 0.0

    def step(self, x):
        n = self.node
        if self.kind in ("I", "IF"):
            self.v = self.v + n.r * x
        elif self.kind in ("LI", "LIF"):
            self.v = self.v + DT / n.tau * (n.v_leak - self.v + n.r * x)
        else:
            self.i = self.i + DT / n.tau_syn * (n.w_in * x - self.i)
            self.v = self.v + DT / n.tau_mem * (n.v_leak - self.v + n.r * self.i)
        if self.kind in ("I", "LI", "CubaLI"):
            return self.v
        fired = self.v > n.v_threshold
        self.v = np.where(fired, n.v_reset, self.v)
        return fired.astype(float)


def stateless(node, x):
    kind = type(node).__name__
    if kind in ("Affine", "Linear"):
        return np.asarray(node.weight, float) @ x + getattr(node, "bias", 0)
    if kind == "Scale":
        return node.scale * x
    if kind == "Threshold":
        return (x > node.threshold).astype(float)
    if kind == "AvgPool2d":
        return sum_pool(node, x) / np.prod(pair(node.kernel_size))
    known = {"Conv1d": conv1d, "Conv2d": conv2d, "SumPool2d": sum_pool, "Flatten": flatten}
    return known[kind](node, x)


expected = {}


def write(name, graph, inputs, outputs, convention="norse", **options):
    """A file, and a run of it: rows of all inputs and of all outputs, in byte order of the nodes."""
    if graph is not None:
        nir.write(name, graph, **options)
    rows = [np.concatenate([np.ravel(part) for part in row]) for row in outputs]
    for value in np.concatenate(rows):
        assert np.float32(value) == value, f"{value} is not exact in float32"
    expected.setdefault(name, []).append(
        {
            "convention": convention,
            "dt": DT,
            "input": [[float(v) for v in np.ravel(row)] for row in inputs],
            "output": [[float(v) for v in row] for row in rows],
        }
    )


def chain(nodes, inputs):
    outputs = []
    for x in inputs:
        for node in nodes:
            x = stateless(node, x)
        outputs.append([x])
    return outputs


def sequence(nodes, shape_in, shape_out):
    """A graph of nodes in a row."""
    names = ["input", *nodes, "output"]
    return nir.NIRGraph(
        nodes={"input": nir.Input(shape_in), **nodes, "output": nir.Output(shape_out)},
        edges=list(zip(names, names[1:]))[::-1],
        # The package takes kernels for square and knows no groups when it infers shapes.
        type_check=False,
    )


def image():
    nodes = {
        "conv1": nir.Conv2d(
            input_shape=(6, 7),
            weight=eighths(4, 1, 3, 2),
            stride=(2, 1),
            padding=(1, 0),
            dilation=(1, 2),
            groups=2,
            bias=eighths(4),
        ),
        "conv2": nir.Conv2d(
            input_shape=(3, 5),
            weight=eighths(2, 4, 2, 3),
            stride=1,
            padding="same",
            dilation=1,
            groups=1,
            bias=np.zeros(2, np.float32),
        ),
        "sum": nir.SumPool2d(np.array([2, 2]), np.array([1, 2]), np.array([1, 0])),
        "average": nir.AvgPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 1])),
        "join places": nir.Flatten({"input": np.array([2, 2, 2])}, start_dim=1, end_dim=-1),
        "join all": nir.Flatten({"input": np.array([2, 4])}, start_dim=0, end_dim=-1),
        "linear": nir.Linear(eighths(3, 8)),
    }
    inputs = [eighths(2, 6, 7) for _ in range(2)]
    graph = sequence(nodes, [2, 6, 7], [3])
    write("image.nir", graph, inputs, chain(nodes.values(), inputs))


def signal():
    nodes = {
        "strided": nir.Conv1d(9, eighths(4, 1, 3), 2, 1, 1, 2, eighths(4)),
        "same": nir.Conv1d(5, eighths(3, 4, 4), 1, "same", 1, 1, eighths(3)),
        "valid": nir.Conv1d(5, eighths(2, 3, 2), 1, "valid", 2, 1, eighths(2)),
        "scale": nir.Scale(eighths(2, 3, low=1)),
    }
    inputs = [eighths(2, 9) for _ in range(3)]
    graph = sequence(nodes, [2, 9], [2, 3])
    write("signal.nir", graph, inputs, chain(nodes.values(), inputs), compression=None)


def neurons():
    half, quarter = np.full(3, 0.5, np.float32), np.full(3, 0.25, np.float32)
    mixed = np.array([0.25, 0.5, 1.0])
    nodes = {
        "in.a": nir.Input([3]),
        "in.b": nir.Input([3]),
        "affine": nir.Affine(eighths(3, 3).astype(np.float64), eighths(3)),
        "LIF": nir.LIF(mixed, mixed * 8, quarter, half, -quarter),
        "CubaLIF": nir.CubaLIF(
            half, mixed.astype(np.float32), mixed * 4, quarter, half, w_in=8.0
        ),
        "IF": nir.IF(half, half, quarter),
        "LI": nir.LI(mixed, mixed * 4, half),
        "CubaLI": nir.CubaLI(mixed, half, half * 8, quarter, w_in=half * 4),
        "I": nir.I(mixed),
        "Threshold": nir.Threshold(quarter),
    }
    sources = {
        "LIF": ["affine", "in.b"],
        "CubaLIF": ["in.b", "affine"],
        "IF": ["affine"],
        "LI": ["in.b"],
        "CubaLI": ["in.a", "in.b"],
        "I": ["in.b"],
        "Threshold": ["in.b"],
    }
    graph = nir.NIRGraph(
        nodes={**nodes, **{f"out {name}": nir.Output([3]) for name in sources}},
        edges=[("in.a", "affine")]
        + [(source, name) for name in sources for source in sources[name]]
        + [(name, f"out {name}") for name in sources],
    )
    inputs = [eighths(2, 3, low=-4, high=17) for _ in range(6)]
    state = {name: Neurons(nodes[name]) for name in sources if name != "Threshold"}
    outputs = []
    for a, b in inputs:
        values = {"in.a": a, "in.b": b, "affine": stateless(nodes["affine"], a)}
        row = []
        for name in sorted(sources):
            x = sum(values[source] for source in sources[name])
            row.append(
                state[name].step(x) if name in state else stateless(nodes[name], x)
            )
        outputs.append(row)
    spikes = np.array([[row[1], row[3], row[5]] for row in outputs])  # CubaLIF, IF, LIF
    assert (0 < spikes.sum((0, 2))).all() and (spikes.sum((0, 2)) < 18).all(), spikes
    write("neurons.nir", graph, inputs, outputs, compression=None)


def nested():
    two = np.ones(2, np.float32)
    scale = nir.NIRGraph(
        nodes={
            "input": nir.Input([2]),
            "a.b": nir.Scale(two * 4),
            "output": nir.Output([2]),
        },
        edges=[("input", "a.b"), ("a.b", "output")],
    )
    lif = nir.LIF(two / 2, two * 4, two * 0, two, two * 0)
    recurrent = nir.Affine(eighths(2, 2, low=-16), np.array([0.5, -0.25], np.float32))
    block = nir.NIRGraph(
        nodes={
            "in put": nir.Input([2]),
            "lif'ü\"": lif,
            "recurrent": recurrent,
            "10": scale,
            "out": nir.Output([2]),
        },
        edges=[
            ("lif'ü\"", "recurrent"),
            ("recurrent", "lif'ü\""),
            ("lif'ü\"", "10"),
            ("10", "out"),
            ("in put", "lif'ü\""),
        ],
    )
    skip = nir.Linear(eighths(2, 2))
    graph = nir.NIRGraph(
        nodes={
            "input": nir.Input([2]),
            "block.1": block,
            "skip": skip,
            "output": nir.Output([2]),
        },
        edges=[
            ("block.1", "output"),
            ("skip", "output"),
            ("input", "block.1"),
            ("input", "skip"),
        ],
    )
    inputs = [eighths(2, low=0, high=17) for _ in range(8)]
    for convention, first in (
        ("norse", np.zeros(2)),
        ("norse,first-step=zero-input", recurrent.bias),
    ):
        neurons, back, outputs = Neurons(lif), first, []
        for x in inputs:
            spikes = neurons.step(x + back)
            back = stateless(recurrent, spikes)
            outputs.append([4 * spikes + stateless(skip, x)])
        write("nested.nir", graph, inputs, outputs, convention)
        graph = None


image()
signal()
neurons()
nested()
with open("expected.json", "w", encoding="utf-8", newline="\n") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
