import json
import numpy

MODEL = """model snntorch_leaky
  parameter beta = 0.9, threshold = 1
  memory v = 0
  charge v = beta * v + x - where(v > threshold, threshold, 0)
  fire s = v > threshold
"""


def export(net, shape, folder):
    used = ("weight", "bias", "beta", "threshold")
    state = {k: v.numpy() for k, v in net.state_dict().items() if k.split(".")[-1] in used}
    numpy.savez(f"{folder}/state.npz", **state)
    size = {k: list(v.shape) for k, v in state.items()}
    leaky = {"op": "neuron", "model": 0, "parameters": {"beta": [], "threshold": []}}
    nodes = [
        {"path": "input", "op": "input", "shape": list(shape)},
        {"path": "fc1", "op": "linear", "weight": size["fc1.weight"], "bias": size["fc1.bias"]},
        {"path": "lif1", **leaky},
        {"path": "fc2", "op": "linear", "weight": size["fc2.weight"], "bias": size["fc2.bias"]},
        {"path": "lif2", **leaky},
        {"path": "output", "op": "output"},
    ]
    structure = {"format": "velella-network", "version": 1, "models": [MODEL], "nodes": nodes}
    json.dump(structure, open(f"{folder}/structure.json", "w"), indent=1)
