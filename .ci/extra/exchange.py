"""Runs the recipe of core/docs/EXCHANGE.md with the real frameworks and compares spike by spike.

    pip install -r core/src/test/resources/golden/recipes/requirements.txt
    python .ci/extra/exchange.py

Each framework computes a small network; the recipe exports it; Velella converts and simulates that.
At most one spike in a thousand may differ, since sums are rounded in another order.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "core/src/test/resources/golden/recipes"


def velella(*words):
    command = [str(word) for word in (ROOT / "spark-job/bin/velella", *words)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def input_of(folder):
    if (folder / "input.npy").exists():
        return np.load(folder / "input.npy")
    sys.path.insert(0, str(RECIPES))
    from generate import oracle_spikes

    return oracle_spikes().numpy()


def spikes_of(folder):
    x = input_of(folder)
    steps, samples = x.shape[:2]
    np.save(folder / "flat.npy", x.reshape(steps, samples, -1).astype(np.float32))
    exported = [folder / "layers.json", folder / "state.safetensors"]
    velella("convert", "weights", *exported, folder / "net.json")
    nodes = json.loads((folder / "net.json").read_text())["nodes"]
    velella(
        *["simulate", "--network", folder / "net.json", "--input", folder / "flat.npy"],
        *["--steps", steps, "--record", f"spikes:{nodes[-2]['path']}", "--output", folder / "run"],
    )
    query = "SELECT sample_id, step, neuron FROM spikes"
    velella("sql", folder / "run", query, "--csv", folder / "spikes.csv")
    found = np.zeros_like(np.load(folder / "spikes.npy"))
    with open(folder / "spikes.csv", newline="") as table:
        for row in csv.DictReader(table):
            found[int(row["step"]), int(row["sample_id"]), int(row["neuron"])] = 1
    return found


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, RECIPES / "generate.py", made], check=True)
        folders = sorted(spikes.parent for spikes in Path(made).glob("**/spikes.npy"))
        for folder in folders:
            expected = np.load(folder / "spikes.npy")
            different = int((spikes_of(folder) != expected).sum())
            good = expected.any() and different <= expected.size / 1000
            failed += not good
            print(
                f"{'ok' if good else 'FAILED'}: {folder.relative_to(made)}, {different} of {expected.size} places"
                f" differ, {int(expected.sum())} spikes"
            )
    print(f"{len(folders) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
