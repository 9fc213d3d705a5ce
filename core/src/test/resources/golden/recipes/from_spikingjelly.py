import json
from safetensors.torch import save_file


def export(net, folder):
    save_file(net.state_dict(), f"{folder}/state.safetensors")
    nodes = [
        {"path": "input", "op": "input", "shape": [2, 8, 8]},
        {"path": "conv.0", "op": "conv", "weight": [4, 2, 3, 3], "padding": 1},
        {"path": "conv.1", "op": "batch_norm", "channels": 4},
        {"path": "conv.2", "op": "neuron", "model": "lif", "parameters": {"tau": 2.0}},
        {"path": "conv.3", "op": "pool", "mode": "average", "kernel": [2, 2]},
        {"path": "fc.0", "op": "flatten"},
        {"path": "fc.1", "op": "linear", "weight": [5, 64], "bias": [5]},
        {"path": "fc.2", "op": "neuron", "model": "parametric_lif_soft", "parameters": {"w": []}},
        {"path": "output", "op": "output"},
    ]
    structure = {"format": "velella-network", "version": 1, "nodes": nodes}
    json.dump(structure, open(f"{folder}/structure.json", "w"), indent=1)
