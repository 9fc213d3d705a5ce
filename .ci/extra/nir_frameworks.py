"""Has the importers of frameworks open NIR files that Velella wrote, and compares what they compute.

    pip install -r .ci/extra/nir_frameworks.txt
    mvn -pl core test -Dtest=NirFrameworkFilesTest
    python .ci/extra/nir_frameworks.py [FOLDER]

FOLDER is core/target/nir-frameworks: NAME.nir and, in NAME.json, inputs, output spikes and potentials
of the last population as Velella computes them under the framework's preset. No part of CI, since
the frameworks are large. nir 1.0.4 is what Sinabs pins to and what nirtorch 2.0.2 works with; SpikingJelly
needs newer ones, of nir_spikingjelly.txt. Frameworks that are not installed are named and left out.
"""

import contextlib
import io
import json
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import nir
import numpy as np
import torch


def norse(graph, x, dt):
    import norse.torch

    network = norse.torch.from_nir(graph, dt=dt)
    spikes, potentials, state = [], [], None
    for step in x:
        out, state = network(step[None], state)
        spikes.append(out[0])
        (membrane,) = state.state["lif2"]
        potentials.append(membrane.v[0])
    return spikes, potentials


def snntorch(graph, x, dt):
    from snntorch.import_nir import import_from_nir

    with contextlib.redirect_stdout(io.StringIO()):
        network = import_from_nir(graph)
    spikes, state = [], None
    for step in x:
        out, state = network(step[None], state)
        out = out[0] if isinstance(out, tuple) else out
        spikes.append(out.reshape(-1))
    return spikes, None


def snntorch_recurrent(graph, x, dt):
    """Its importer makes modules of recurrent graphs; they are run here one after the other."""
    from snntorch.import_nir import _nir_to_snntorch_module

    with contextlib.redirect_stdout(io.StringIO()):
        fc, lif, rnn = (
            _nir_to_snntorch_module(graph.nodes[name]) for name in ("fc1", "lif1", "rnn")
        )
    mem = lif.init_leaky()
    spk, potential = rnn.init_rleaky()
    spikes, potentials = [], []
    for step in x:
        out, mem = lif(fc(step[None]), mem)
        spk, potential = rnn(out, spk, potential)
        spikes.append(spk[0])
        potentials.append(potential[0])
    return spikes, potentials


def spikingjelly(graph, x, dt):
    from spikingjelly.activation_based.nir_exchange import import_from_nir

    network = import_from_nir(graph, dt=dt)
    spikes, state = [], None
    for step in x:
        out, state = network(step[None], state)
        spikes.append(out[0])
    return spikes, None


def sinabs(graph, x, dt):
    from sinabs import from_nir

    network = from_nir(graph, batch_size=1)
    out = network(x)
    out = out[0] if isinstance(out, tuple) else out
    return list(out), None


def spyx(graph, x, dt):
    import jax.numpy as jnp
    from spyx.nir import from_nir

    _, out = from_nir(graph, jnp.asarray(x.numpy())[:, None], dt=dt)
    return list(np.asarray(out)[:, 0]), None


def main():
    root = Path(__file__).resolve().parents[2] / "core/target/nir-frameworks"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root
    passed = failed = 0
    runs = {
        "norse": norse,
        "norse-recurrent": norse,
        "snntorch": snntorch,
        "snntorch-recurrent": snntorch_recurrent,
        "sinabs": sinabs,
        "spyx": spyx,
        "spikingjelly": spikingjelly,
    }
    for name, run in runs.items():
        expected = json.loads((folder / f"{name}.json").read_text())
        graph = nir.read(folder / f"{name}.nir")
        x = torch.tensor(expected["input"])
        with torch.no_grad():
            try:
                spikes, potentials = run(graph, x, expected["dt"])
            except ImportError as error:
                print(f"{name}: not installed ({error})")
                continue
        spikes = np.stack([np.asarray(step) for step in spikes])
        wanted = np.asarray(expected["spikes"], np.float32)
        differ = int((spikes != wanted).sum())
        line = f"{name}: {int(wanted.sum())} spikes, {differ} of {wanted.size} places differ"
        if potentials is not None:
            v = np.stack([np.asarray(step) for step in potentials])
            line += f", potentials by up to {np.abs(v - np.asarray(expected['v'])).max():.2g}"
        print(line, flush=True)
        good = differ <= wanted.size // 1000
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
