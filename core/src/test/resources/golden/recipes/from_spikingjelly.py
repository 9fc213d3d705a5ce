import json
from safetensors.torch import save_file


def export(net, shape, folder):
    state = net.state_dict()
    save_file(state, f"{folder}/state.safetensors")
    size = {k: list(v.shape) for k, v in state.items()}
    nodes = [
        {"path": "input", "op": "input", "shape": list(shape)},
        {"path": "conv.0", "op": "conv", "weight": size["conv.0.weight"], "padding": 1},
        {"path": "conv.1", "op": "batch_norm", "channels": size["conv.1.weight"][0]},
        {"path": "conv.2", "op": "neuron", "model": "lif", "parameters": {"tau": 2.0}},
        {"path": "conv.3", "op": "pool", "mode": "average", "kernel": [2, 2]},
        {"path": "fc.0", "op": "flatten"},
        {"path": "fc.1", "op": "linear", "weight": size["fc.1.weight"], "bias": size["fc.1.bias"]},
        {"path": "fc.2", "op": "neuron", "model": "parametric_lif_soft", "parameters": {"w": []}},
        {"path": "output", "op": "output"},
    ]
    structure = {"format": "velella-network", "version": 1, "nodes": nodes}
    json.dump(structure, open(f"{folder}/structure.json", "w"), indent=1)
