"""Opens network files with the stock nir package and compares what it finds with networks.json.

    pip install -r requirements.txt
    python read_networks.py            compares; fails if a file says anything else
    python read_networks.py --write    writes networks.json anew, from the files

The files are those of this folder and the project's shipped example. What is compared: every node's
type, the type and shape of each of its datasets, the edges of every graph, and the shape that each
node gives where the package can infer it. The Java reader is held to the same networks.json.
"""

import argparse
import json
import sys
from pathlib import Path

import h5py
import nir
import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[5]
FILES = {
    **{f.name: f for f in sorted(HERE.glob("*.nir"))},
    "orientations.nir": ROOT / "spark-job/example/orientations.nir",
}


def shape(types):
    """The one shape of a node's input or output, or None if it is not known."""
    values = list((types or {}).values())
    known = len(values) == 1 and values[0] is not None
    return [int(v) for v in np.ravel(values[0])] if known else None


def datasets(group):
    """Type and shape of each dataset of a node, as h5py sees them."""
    return {
        name: ["text" if item.dtype.kind == "O" else str(item.dtype), list(item.shape)]
        for name, item in sorted(group.items())
        if isinstance(item, h5py.Dataset) and name != "type"
    }


def describe(graph, group, prefix=()):
    """Nodes by path (names joined by /, which no HDF5 name holds) and the edges of each graph."""
    nodes, edges = {}, {"/".join(prefix): sorted(map(list, graph.edges))}
    for name, node in sorted(graph.nodes.items()):
        path = (*prefix, name)
        if isinstance(node, nir.NIRGraph):
            inner = describe(node, group["nodes"][name], path)
            nodes.update(inner["nodes"])
            edges.update(inner["edges"])
        else:
            nodes["/".join(path)] = {
                "type": type(node).__name__,
                "datasets": datasets(group["nodes"][name]),
                "output": shape(node.output_type),
            }
    return {"nodes": nodes, "edges": edges}


def read(path):
    try:
        graph = nir.read(path)
        inferred = True
    except Exception:
        # The package takes kernels for square and knows no groups when it infers shapes, and refuses
        # a graph where that does not fit; its nodes and edges are as in the file all the same.
        graph = nir.read(path, type_check=False)
        inferred = False
    with h5py.File(path) as file:
        found = describe(graph, file["node"])
    if not inferred:
        for node in found["nodes"].values():
            node["output"] = None
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    expected_file = HERE / "networks.json"
    if arguments.write:
        found = {name: read(path) for name, path in FILES.items()}
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        expected_file.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {len(found)} networks to {expected_file.name}")
        return
    expected = json.loads(expected_file.read_text(encoding="utf-8"))
    failed = 0
    for name in sorted(set(FILES) | set(expected)):
        problem = None
        if name not in FILES or name not in expected:
            problem = f"only in {'networks.json' if name in expected else 'the project'}"
        else:
            try:
                found = read(FILES[name])
                if found != expected[name]:
                    problem = f"differs: found {json.dumps(found, ensure_ascii=False)}"
            except Exception as error:
                problem = f"the nir package cannot read it: {error!r}"
        failed += problem is not None
        print(f"{name}: {problem or 'as expected'}")
    print(f"{len(set(FILES) | set(expected)) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
