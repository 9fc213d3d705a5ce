"""Makes HDF5 files of which something lies behind a link, which no reader may follow.

    python3 -m venv venv && venv/bin/pip install h5py==3.16.0 nir==1.0.8
    venv/bin/python make_links.py

`target.h5` and `target.nir` are good files. The others are the same, but for one link: external ones
lead into the good file, so a reader that followed them would find what it looks for.
"""

import io

import h5py
import nir
import numpy as np

numbers = np.ones(2, np.float32)

graph = nir.NIRGraph(
    {
        "input": nir.Input({"input": np.array([2])}),
        "lif": nir.LIF(tau=numbers, r=numbers, v_leak=numbers, v_threshold=numbers, v_reset=numbers),
        "output": nir.Output({"output": np.array([2])}),
    },
    [("input", "lif"), ("lif", "output")],
)
whole = io.BytesIO()
nir.write(whole, graph)


def data(name):
    """Paths and values of a good file, without what the package adds to find them faster."""
    if name.endswith(".h5"):
        one = np.empty(1, object)
        one[0] = numbers
        lists = h5py.vlen_dtype(np.dtype("float32"))
        return {"/spikes/times": (one, lists), "/spikes/units": (one, lists), "/labels": ([3], "int32")}
    found = {}
    with h5py.File(whole, "r") as file:
        file.visititems(lambda path, node: found.update({"/" + path: (node[()], node.dtype)}) if isinstance(node, h5py.Dataset) else None)
    return found


def write(name, at=None, link=None):
    with h5py.File(name, "w", libver="latest") as file:
        if link is not None:
            file[at] = link
        for path, (values, dtype) in data(name).items():
            if at is None or path != at and not path.startswith(at + "/"):
                file.create_dataset(path, data=values, dtype=dtype)


write("target.h5")
write("target.nir")
for name, path in (("group", "/spikes"), ("times", "/spikes/times"), ("labels", "/labels")):
    write(f"external_{name}.h5", path, h5py.ExternalLink("target.h5", path))
write("soft_units.h5", "/spikes/units", h5py.SoftLink("/spikes/times"))
write("self_times.h5", "/spikes/times", h5py.SoftLink("/spikes/times"))

paths = {"node": "/node", "nodes": "/node/nodes", "lif": "/node/nodes/lif", "type": "/node/nodes/lif/type"}
paths |= {"tau": "/node/nodes/lif/tau", "edges": "/node/edges"}
for name, path in paths.items():
    write(f"external_{name}.nir", path, h5py.ExternalLink("target.nir", path))
write("soft_tau.nir", paths["tau"], h5py.SoftLink("r"))
write("self_nodes.nir", paths["nodes"], h5py.SoftLink("/node/nodes"))
