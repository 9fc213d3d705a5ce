"""Converts a small dense network with SpikingJelly's ann2snn and writes what it finds.

    pip install -r ../recipes/requirements.txt
    python generate.py

For each mode: the scale of each rectifier, by layer or by channel, and the mean output over 200
steps of the held calibration data.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from spikingjelly.activation_based import ann2snn, functional
from spikingjelly.activation_based.ann2snn.recipes import RateCodingRecipe

HERE = Path(__file__).parent
STEPS = 200


def main():
    torch.manual_seed(3)
    torch.set_grad_enabled(False)
    net = torch.nn.Sequential(
        torch.nn.Linear(6, 16),
        torch.nn.ReLU(),
        torch.nn.Linear(16, 12),
        torch.nn.ReLU(),
        torch.nn.Linear(12, 3),
    ).eval()
    for layer in net:
        if isinstance(layer, torch.nn.Linear):
            layer.weight.mul_(2)
    x = torch.randn(40, 6)
    save_file(net.state_dict(), HERE / "state.safetensors")
    np.save(HERE / "calibration.npy", x.numpy())
    cases = []
    for mode in ("max", "99%", 0.5):
        for channel_wise in (False, True):
            recipe = RateCodingRecipe([x], mode=mode, channel_wise=channel_wise, eps=1e-30)
            snn = ann2snn.Converter(recipe).convert(net)
            scalers = [m for m in snn.modules() if "VoltageScaler" in type(m).__name__]
            # Of each rectifier two: by 1 / scale before its neurons, by scale behind them.
            scales = [np.atleast_1d(m.scale.numpy().squeeze()).tolist() for m in scalers[1::2]]
            functional.reset_net(snn)
            mean = sum(snn(x) for _ in range(STEPS)) / STEPS
            cases.append(
                {
                    "mode": str(mode),
                    "channel_wise": channel_wise,
                    "scales": scales,
                    "outputs": mean.numpy().tolist(),
                }
            )
    (HERE / "expected.json").write_text(json.dumps({"steps": STEPS, "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
