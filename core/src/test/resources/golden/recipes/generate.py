"""Runs the recipes of core/docs/EXCHANGE.md on small networks of the real frameworks.

    pip install -r requirements.txt
    python generate.py [FOLDER]

For each framework it leaves what the recipe exports, an input and the spikes that the framework
computes of it: one folder each in FOLDER, by default the one of this file. Also state dicts of many
element types, and what they hold as float64.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import from_norse
import from_snntorch
import from_spikingjelly

STEPS, SAMPLES = 20, 8


def spikes(*shape):
    return (torch.rand(STEPS, SAMPLES, *shape) < 0.4).float()


def spikingjelly():
    from spikingjelly.activation_based import functional, layer, neuron

    net = torch.nn.Sequential()
    net.conv = torch.nn.Sequential(
        layer.Conv2d(2, 4, 3, padding=1, bias=False),
        layer.BatchNorm2d(4),
        neuron.LIFNode(tau=2.0),
        layer.AvgPool2d(2),
    )
    net.fc = torch.nn.Sequential(
        layer.Flatten(), layer.Linear(64, 5), neuron.ParametricLIFNode(init_tau=2.3, v_reset=None)
    )
    with torch.no_grad():
        net.conv[0].weight.mul_(3)
        net.conv[1].weight.uniform_(0.5, 1.5)
        net.conv[1].bias.uniform_(-0.2, 1.2)
        net.conv[1].running_mean.uniform_(-0.3, 0.3)
        net.conv[1].running_var.uniform_(0.3, 1.5)
        net.fc[1].weight.mul_(12)
        net.fc[1].bias.add_(0.4)
    functional.set_step_mode(net, "m")
    net.eval()
    x = spikes(2, 8, 8)
    return net, x, net.fc(net.conv(x))


def snntorch():
    import snntorch as snn

    net = torch.nn.Module()
    net.fc1, net.fc2 = torch.nn.Linear(20, 30), torch.nn.Linear(30, 5)
    net.lif1, net.lif2 = snn.Leaky(beta=0.9), snn.Leaky(beta=0.8, threshold=0.7)
    with torch.no_grad():
        net.fc1.weight.mul_(3)
        net.fc2.weight.mul_(3)
    x, out = spikes(20), []
    mem1, mem2 = net.lif1.init_leaky(), net.lif2.init_leaky()
    for step in x:
        hidden, mem1 = net.lif1(net.fc1(step), mem1)
        spike, mem2 = net.lif2(net.fc2(hidden), mem2)
        out.append(spike)
    return net, x, torch.stack(out)


def norse():
    import norse.torch as norse

    net = torch.nn.Sequential(
        torch.nn.Linear(20, 30), norse.LIFCell(), torch.nn.Linear(30, 5), norse.LIFCell()
    )
    with torch.no_grad():
        net[0].weight.mul_(8)
        net[2].weight.mul_(8)
    x, out, hidden, last = spikes(20), [], None, None
    for step in x:
        spike, hidden = net[1](net[0](step), hidden)
        spike, last = net[3](net[2](spike), last)
        out.append(spike)
    return net, x, torch.stack(out)


def types(folder):
    values = torch.tensor([[0.1, -2.5, 1e-8], [3.0, 0.0, 65504.0]], dtype=torch.float64)
    kinds = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"]
    tensors = {}
    for kind in kinds:
        dtype = getattr(torch, kind)
        small = values if dtype.is_floating_point else values.clamp(0 if kind == "uint8" else -9, 9)
        tensors[kind] = small.to(dtype)
    save_file(tensors, folder / "types.safetensors")
    arrays = {kind: tensor.numpy() for kind, tensor in tensors.items() if kind != "bfloat16"}
    np.savez(folder / "types.npz", **arrays)
    np.savez_compressed(folder / "types-deflated.npz", **arrays)
    exact = np.stack([tensor.to(torch.float64).numpy() for tensor in tensors.values()])
    np.save(folder / "types-as-float64.npy", exact)


def main(folder):
    torch.manual_seed(5)
    torch.set_grad_enabled(False)
    for make, recipe in (
        (spikingjelly, from_spikingjelly),
        (snntorch, from_snntorch),
        (norse, from_norse),
    ):
        here = folder / make.__name__
        here.mkdir(parents=True, exist_ok=True)
        net, x, y = make()
        recipe.export(net, here)
        np.save(here / "input.npy", x.numpy().astype(np.uint8))
        np.save(here / "spikes.npy", y.numpy().astype(np.uint8))
        print(make.__name__, "mean of the outputs:", y.mean().item())
    types(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
