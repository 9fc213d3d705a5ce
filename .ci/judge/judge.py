"""Judges the build from outside, with stock packages only: nir, safetensors, pyspark.

    pip install -r .ci/judge/requirements.txt
    python .ci/judge/judge.py

Run it after `mvn verify`. It submits the bundle to the Spark that comes with pyspark, as a user of a
Spark distribution would, and looks at what the run left with nothing of Velella's.
"""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "spark-job/example"
GOLDEN = ROOT / "core/src/test/resources/golden"
STEPS = 200


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def golden_checkpoint_is_read():
    folder = GOLDEN / "checkpoint-v1"
    reader = load(folder / "read_checkpoint.py")
    assert reader.summary(folder) == json.loads((folder / "expected.json").read_text())


def golden_variants_are_read_or_refused():
    reader = load(GOLDEN / "checkpoint-v1/read_checkpoint.py")
    golden = json.loads((GOLDEN / "checkpoint-v1/expected.json").read_text())
    folder = GOLDEN / "checkpoint-v1-variants"
    for name, outcome in json.loads((folder / "expected.json").read_text()).items():
        try:
            found = reader.summary(folder / name)
        except SystemExit as refusal:
            assert outcome not in ("loads", "falls back to version 1"), (name, refusal)
            assert str(refusal).startswith("checkpoint unusable"), refusal
            newer = "major version" in str(refusal) or "unknown features" in str(refusal)
            assert newer == (outcome == "too new"), (name, refusal)
            continue
        if outcome == "loads":
            assert found == golden, (name, found)
        else:
            assert outcome == f"falls back to version {found['version']}", (name, found)


def golden_rows_are_read():
    reader = load(GOLDEN / "checkpoint-v1/read_checkpoint.py")
    for name in ("failed", "sweep"):
        folder = GOLDEN / "checkpoint-v1-rows" / name
        assert reader.summary(folder) == json.loads((folder / "expected.json").read_text()), name


def networks_are_nir():
    judge = load(GOLDEN / "nir-1.0.8/read_networks.py")
    expected = json.loads((judge.HERE / "networks.json").read_text(encoding="utf-8"))
    assert {name: judge.read(path) for name, path in judge.FILES.items()} == expected


def written_networks_are_those_that_were_read():
    judge = load(ROOT / ".ci/judge/nir_written.py")
    pairs, inferred = judge.judge(ROOT / "core/target/nir-written")
    assert inferred >= 90, f"shapes of {inferred} of {pairs} files are inferred"


def recorded_data_are_nir_data():
    import nir
    import numpy as np

    data = nir.read_data(ROOT / "core/target/nir-written/recorded.nir")
    lif = data.nodes["block"].nodes["lif.1"].observables
    grid = lif["z"].data
    assert grid.shape == (3, 300, 2) and grid.sum() == 302, grid.shape
    spikes = lif["spikes"].to_time_gridded(lif["z"].dt)
    assert np.array_equal(spikes.data, grid.astype(bool))
    assert np.isnan(data.nodes["out"].observables["v"].data).sum() == 3 * 300 - 1


def bundle():
    (jar,) = (ROOT / "spark-job/target").glob("*-bundle.jar")
    return jar


def nothing_of_the_bundle_is_sparks_as_well():
    import pyspark

    jars = load(ROOT / ".ci/judge/jars.py")
    spark = list((Path(pyspark.__file__).parent / "jars").glob("*.jar"))
    shadowed = jars.shadowed(bundle(), spark)
    assert not shadowed, shadowed


def jars_do_not_tell_when_and_where_they_were_built():
    traces = load(ROOT / ".ci/judge/jars.py").traces_of_this_build()
    assert not traces, traces[:20]


def velella(*words):
    import pyspark

    home = Path(pyspark.__file__).parent
    command = [
        home / "bin/spark-submit",
        *["--master", "local[2]", "--conf", "spark.ui.enabled=false"],
        *["--class", "org.velella.spark.cli.Velella", bundle()],
        *words,
    ]
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [str(word) for word in command], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def simulate(run):
    # YAML is read by the bundle's own library, though Spark has another version of it.
    job = run.with_suffix(".yaml")
    job.write_text(
        f"network: {EXAMPLE}/orientations.nir\ninput: {EXAMPLE}/events.npy\n"
        f"steps: {STEPS}\nrecord: spikes\ncheckpoint-every: 80\n"
    )
    said = velella("simulate", "--config", job, "--output", run)
    assert f"16 samples simulated to step {STEPS}" in said, said


def state_dicts_are_what_pytorch_gave(folder):
    import numpy
    from safetensors.numpy import load_file

    recipe = GOLDEN / "recipes/spikingjelly"
    given = load_file(recipe / "state.safetensors")
    net = folder / "net.json"
    velella("convert", "weights", recipe / "layers.json", recipe / "state.safetensors", net)
    velella("convert", "state-dict", net, folder / "state.safetensors")
    velella("convert", "state-dict", net, folder / "state.npz")
    # A counter of batches, and a parameter that is one number and stands in net.json.
    left = {"conv.1.num_batches_tracked", "fc.2.w"}
    with numpy.load(folder / "state.npz", allow_pickle=False) as arrays:
        for state in (load_file(folder / "state.safetensors"), dict(arrays)):
            assert set(state) == set(given) - left, set(state) ^ set(given)
            for name, array in state.items():
                assert array.dtype == given[name].dtype, name
                assert numpy.array_equal(array, given[name]), name
    nodes = {node["path"]: node for node in json.loads(net.read_text())["nodes"]}
    assert nodes["fc.2"]["parameters"]["w"] == float(given["fc.2.w"].item()), nodes["fc.2"]


def session():
    """One for all judgements, since each start takes seconds; main stops it."""
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.jars", str(bundle()))
        .getOrCreate()
    )


def stop_session():
    from pyspark import SparkContext

    # Asking for a session would start one where none could be started.
    context = SparkContext._active_spark_context
    if context is not None:
        context.stop()


def digest(table):
    rows = sorted(row.json for row in table.selectExpr("to_json(struct(*)) AS json").collect())
    assert rows
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def notes_in_python_simulate_and_read(run, folder):
    """Through the gateway; formats and the catalog are read as the notes do, and compared."""
    notes = load(ROOT / ".ci/judge/notes.py")
    names = notes.with_python()
    assert names and names == sorted(json.loads(notes.EXPECTED.read_text("utf-8"))), names
    spark = session()
    for name in names:
        notes.run(name, spark, folder / "notes")
    again = folder / f"notes/python-{STEPS}"
    states = digest(spark.read.format("velella-checkpoint").load(str(run)))
    assert digest(spark.read.format("velella-checkpoint").load(str(again))) == states
    for table in ("results", "spikes"):
        expected = digest(spark.read.parquet(f"{run}/{table}"))
        for made in (run, again):
            assert digest(spark.read.format(f"velella-{table}").load(str(made))) == expected, made
            # A note has switched the catalog on.
            assert digest(spark.sql(f"SELECT * FROM velella.`{made}`.{table}")) == expected, made


def tables_agree_with_each_other(run):
    spark = session()
    results = {r.sample_id: r for r in spark.read.parquet(f"{run}/results").collect()}
    assert sorted(results) == list(range(16)), results
    for sample, row in results.items():
        # Sample s of the example shows orientation s mod 4.
        assert row.prediction == sample % 4 and row.steps == STEPS, row
    spikes = spark.read.parquet(f"{run}/spikes").where("node = 'lif2'")
    counted = [[0] * 4 for _ in range(16)]
    for row in spikes.groupBy("sample_id", "neuron").count().collect():
        counted[row["sample_id"]][row["neuron"]] = row["count"]
    assert counted == [results[sample].spike_counts for sample in range(16)], counted
    return [results[sample].spike_counts for sample in range(16)]


def checkpoint_holds_the_results(run, counts):
    checkpoint = load(GOLDEN / "checkpoint-v1/read_checkpoint.py").summary(run)
    assert checkpoint["samples"] == 16 and checkpoint["target_steps"] == STEPS, checkpoint
    found = {}
    for saved in checkpoint["ranges"]:
        assert saved["step"] == STEPS, saved
        assert [name for name, _, _ in saved["memories"]] == ["lif1.v", "lif2.v"], saved
        values = {name: values for name, _, values in saved["accumulators"]}
        found.update(zip(saved["sample_ids"], values["spike_counts"]))
    assert [found[sample] for sample in range(16)] == counts, found


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        state = {}

        def tables():
            state["counts"] = tables_agree_with_each_other(run)

        judgements = [
            ("golden checkpoint is read with safetensors alone", golden_checkpoint_is_read),
            (
                "variants of the golden checkpoint are read or refused as they should",
                golden_variants_are_read_or_refused,
            ),
            ("checkpoints with failed samples and of sweeps are read", golden_rows_are_read),
            ("all networks are what the nir package takes them for", networks_are_nir),
            (
                "networks that were read and written again are the same to the nir package",
                written_networks_are_those_that_were_read,
            ),
            ("recorded data are NIR data", recorded_data_are_nir_data),
            ("no file of the bundle is in a jar of Spark's", nothing_of_the_bundle_is_sparks_as_well),
            (
                "jars do not tell when and where they were built",
                jars_do_not_tell_when_and_where_they_were_built,
            ),
            ("bundle runs on a stock Spark", lambda: simulate(run)),
            (
                "state dicts are read with safetensors and numpy alone",
                lambda: state_dicts_are_what_pytorch_gave(Path(folder)),
            ),
            ("tables are read by PySpark and agree with each other", tables),
            (
                "every cell of the notes in Python runs, and what they make has the same digests",
                lambda: notes_in_python_simulate_and_read(run, Path(folder)),
            ),
            (
                "checkpoint is read with safetensors alone and agrees with the tables",
                lambda: checkpoint_holds_the_results(run, state["counts"]),
            ),
        ]
        for name, judgement in judgements:
            try:
                judgement()
                passed += 1
                print(f"ok: {name}", flush=True)
            except Exception:
                failed += 1
                print(f"FAILED: {name}", flush=True)
                traceback.print_exc()
        stop_session()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
