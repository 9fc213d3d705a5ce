import json
import numpy

MODEL = """model norse_lif
  parameter dt = 0.001, tau_syn_inv = 200, tau_mem_inv = 100, v_leak = 0, v_th = 1, v_reset = 0
  derive32 membrane_rate = dt * tau_mem_inv, synapse_rate = -dt * tau_syn_inv
  memory v = v_leak, i = 0
  charge i = i + x
  charge h = v + membrane_rate * (v_leak - v + i)
  charge i = i + synapse_rate * i
  fire s = h - v_th > 0
  reset v = where(s, v_reset, h)
"""


def export(net, shape, folder):
    state = {k: v.numpy() for k, v in net.state_dict().items()}
    numpy.savez_compressed(f"{folder}/state.npz", **state)
    size = {k: list(v.shape) for k, v in state.items()}
    nodes = [
        {"path": "input", "op": "input", "shape": list(shape)},
        {"path": "0", "op": "linear", "weight": size["0.weight"], "bias": size["0.bias"]},
        {"path": "1", "op": "neuron", "model": 0},
        {"path": "2", "op": "linear", "weight": size["2.weight"], "bias": size["2.bias"]},
        {"path": "3", "op": "neuron", "model": 0},
        {"path": "output", "op": "output"},
    ]
    structure = {"format": "velella-network", "version": 1, "models": [MODEL], "nodes": nodes}
    json.dump(structure, open(f"{folder}/structure.json", "w"), indent=1)
