"""Runs the recipe of core/docs/EXCHANGE.md on small networks of the real frameworks.

    pip install -r requirements.txt
    python generate.py [FOLDER]

For each framework it leaves what the recipe exports, an input and the spikes that the framework
computes of it: one folder each in FOLDER, by default the one of this file. Where the oracle's data
lies beside the project, in shared/oracle, also one each in FOLDER/oracle, for a larger network whose
input is that of the oracle's convnet. Also state dicts of many element types, and what they hold as
float64.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from export import export

STEPS, SAMPLES = 20, 8
ORACLE = Path(__file__).resolve().parents[7] / "shared/oracle/spikingjelly"


def spikes(*shape):
    return (torch.rand(STEPS, SAMPLES, *shape) < 0.4).float()


def oracle_spikes():
    """Steps, samples, channels, rows and columns, unpacked as convnet.json says."""
    shape = json.loads((ORACLE / "convnet.json").read_text())["input_shape"]
    bits = np.unpackbits(np.load(ORACLE / "convnet.x.npy"), bitorder="little")
    return torch.from_numpy(bits[: np.prod(shape)].reshape(shape)).float()


def spikingjelly(shape, outputs, gain, draw):
    from spikingjelly.activation_based import functional, layer, neuron

    channels, height, width = shape
    net = torch.nn.Sequential()
    net.conv = torch.nn.Sequential(
        layer.Conv2d(channels, 4, 3, padding=1, bias=False),
        layer.BatchNorm2d(4),
        neuron.LIFNode(tau=2.0),
        layer.AvgPool2d(2),
    )
    net.fc = torch.nn.Sequential(
        layer.Flatten(),
        layer.Linear(height * width, outputs),
        neuron.ParametricLIFNode(init_tau=2.3, v_reset=None),
    )
    with torch.no_grad():
        net.conv[0].weight.mul_(3)
        net.conv[1].weight.uniform_(0.5, 1.5)
        net.conv[1].bias.uniform_(-0.2, 1.2)
        net.conv[1].running_mean.uniform_(-0.3, 0.3)
        net.conv[1].running_var.uniform_(0.3, 1.5)
        net.fc[1].weight.mul_(12 * gain)
        net.fc[1].bias.add_(0.4)
    functional.set_step_mode(net, "m")
    net.eval()
    x = draw()
    y = net(x)
    functional.reset_net(net)
    return net, x, y


class Leaky(torch.nn.Module):
    def __init__(self, shape, outputs):
        import snntorch as snn

        super().__init__()
        self.fc1, self.fc2 = torch.nn.Linear(*shape, 30), torch.nn.Linear(30, outputs)
        self.lif1 = snn.Leaky(beta=0.9)
        self.lif2 = snn.Leaky(beta=0.8, threshold=0.7, reset_mechanism="zero")

    def forward(self, x):
        out, mem1, mem2 = [], self.lif1.init_leaky(), self.lif2.init_leaky()
        for step in x:
            hidden, mem1 = self.lif1(self.fc1(step), mem1)
            spike, mem2 = self.lif2(self.fc2(hidden), mem2)
            out.append(spike)
        return torch.stack(out)


def snntorch(shape, outputs, gain, draw):
    net = Leaky(shape, outputs)
    with torch.no_grad():
        net.fc1.weight.mul_(3)
        net.fc2.weight.mul_(3 * gain)
    x = draw()
    return net, x, net(x)


class Cells(torch.nn.Sequential):
    def forward(self, x):
        out, hidden, last = [], None, None
        for step in x:
            spike, hidden = self[1](self[0](step), hidden)
            spike, last = self[3](self[2](spike), last)
            out.append(spike)
        return torch.stack(out)


def norse(shape, outputs, gain, draw):
    import norse.torch as norse

    net = Cells(
        torch.nn.Linear(*shape, 30),
        norse.LIFCell(),
        torch.nn.Linear(30, outputs),
        norse.LIFCell(),
    )
    with torch.no_grad():
        net[0].weight.mul_(8)
        net[2].weight.mul_(8 * gain)
    x = draw()
    return net, x, net(x)


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


def leave(made, shape, folder):
    folder.mkdir(parents=True, exist_ok=True)
    net, x, y = made
    export(net, x[:1], shape, folder)
    np.save(folder / "spikes.npy", y.numpy().astype(np.uint8))
    print(folder.name, "mean of the outputs:", y.mean().item())
    return x


def main(folder):
    torch.manual_seed(5)
    torch.set_grad_enabled(False)
    frameworks = ((spikingjelly, (2, 8, 8)), (snntorch, (20,)), (norse, (20,)))
    for make, shape in frameworks:
        here = folder / make.__name__
        x = leave(make(shape, 5, 1, lambda: spikes(*shape)), shape, here)
        np.save(here / "input.npy", x.numpy().astype(np.uint8))
    types(folder)
    if not ORACLE.exists():
        print("there is no shared/oracle beside the project; no networks for its data are made")
        return
    for make, shape in frameworks:
        x = oracle_spikes() if len(shape) == 3 else oracle_spikes().flatten(2)
        made = make(x.shape[2:], 40, 3, lambda: x)
        leave(made, x.shape[2:], folder / "oracle" / make.__name__)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
