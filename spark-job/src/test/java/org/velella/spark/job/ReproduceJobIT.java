package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

class ReproduceJobIT {
  private static final int STEPS = 60;
  private static final String FOUR =
      "{\"product\": [\"hidden.tau=0.001:0.003:2\", \"readout.v_threshold=0.3,0.6\"]}";

  @TempDir Path folder;

  private RunConfig.Builder config() {
    return TestRuns.config(folder, "run", STEPS);
  }

  private void simulate(RunConfig.Builder config) {
    SimulateJob.run(TestSpark.session(), config.build());
  }

  private Path run() {
    return folder.resolve("run");
  }

  private ReproduceConfig again() {
    return ReproduceConfig.of(run().toString());
  }

  private static Reproduction reproduce(ReproduceConfig config) {
    return ReproduceJob.run(TestSpark.session(), config);
  }

  private static void assertEqual(Reproduction found, long samples) {
    assertThat(found.difference()).isEmpty();
    assertThat(found.exitCode()).isZero();
    assertThat(found.samples()).isEqualTo(samples);
  }

  private Map<String, String> bytes() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(run())) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(path.toString(), HexFormat.of().formatHex(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  @Test
  void aRunIsEqualToItselfAndStaysAsItIs() throws IOException {
    simulate(config().record("spikes,v:hidden").checkpointEvery(20).backend("auto"));
    ResumeJob.run(
        TestSpark.session(), ResumeConfig.builder(run().toString()).moreSteps(15).build());
    Map<String, String> before = bytes();
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Reproduction found = reproduce(again().withScratch(scratch.toString()));
    assertEqual(found, TestRuns.SAMPLES);
    assertThat(found.steps()).isEqualTo(STEPS + 15);
    assertThat(found.backend()).isEqualTo("scalar");
    assertThat(bytes()).isEqualTo(before);
    assertThat(scratch).isEmptyDirectory();
    RunTables tables = RunTables.open(TestSpark.session(), run().toString());
    // A row of traces for each sample and step.
    assertRecorded(
        found, "spikes,v:hidden", tables.spikes().count(), TestRuns.SAMPLES * (STEPS + 15));
    // Ranges hold 4 samples: 5 to 8 lie in [4, 8) and [8, 12).
    found = reproduce(again().withManner(again().manner().withSamples("5:9").withTileSize(3)));
    assertEqual(found, 8);
    long spikes = tables.spikes().where("sample_id >= 4 AND sample_id < 12").count();
    assertRecorded(found, "spikes,v:hidden", spikes, 8 * (STEPS + 15));

    found = reproduce(again().withRecordings(ReproduceConfig.Recordings.LEAVE));
    assertEqual(found, TestRuns.SAMPLES);
    assertThat(found.recorded())
        .isEqualTo(new Reproduction.Recorded("spikes,v:hidden", false, 0, 0, 0));
  }

  private static void assertRecorded(Reproduction found, String record, long spikes, long traces) {
    assertThat(spikes).isPositive();
    assertThat(found.recorded())
        .isEqualTo(new Reproduction.Recorded(record, true, spikes, traces, 0));
  }

  @Test
  void theFirstSpikesAndTracesThatDifferAreNamed() throws IOException {
    simulate(config().record("spikes,v:hidden"));
    Dataset<Row> spikes = rows("spikes");
    Row spike = spikes.sort("sample_id", "step", "node", "neuron").first();
    long lost = 1 + spikes.where("sample_id = 9").count();
    replace(
        "spikes",
        spikes.where(
            "sample_id <> 9 AND NOT (sample_id = %d AND step = %d AND node = '%s' AND neuron = %d)"
                .formatted(spike.get(1), spike.getInt(3), spike.get(2), spike.getInt(4))));
    Dataset<Row> traces = rows("traces");
    Row trace = traces.where("sample_id = 10 AND step = 7").first();
    float value = trace.<Float>getList(5).get(3);
    replace(
        "traces",
        traces.selectExpr(
            "trial_id",
            "sample_id",
            "node",
            "variable",
            "step",
            "transform(values, (v, i) -> if(sample_id = 10 AND step >= 7 AND i = 3, -v, v))"
                + " AS values"));
    Reproduction found = reproduce(again());
    assertThat(found.exitCode()).isEqualTo(1);
    assertThat(found.differences()).hasSize(6);
    assertThat(found.differences().get(0))
        .isEqualTo(
            "sample %d, step %d, node %s, neuron %d: spikes were 0 and are 1"
                .formatted(spike.get(1), spike.getInt(3), spike.get(2), spike.getInt(4)));
    assertThat(found.differences().get(3))
        .startsWith("sample 10, step 7, node hidden, variable v, neuron 3: was " + -value + " (")
        .contains(" and is " + value + " (");
    assertThat(found.recorded().differences()).isEqualTo(lost + STEPS - 7);
    // Other ranges are as they were.
    assertEqual(reproduce(again().withManner(again().manner().withSamples(":8"))), 8);
    assertEqual(
        reproduce(again().withRecordings(ReproduceConfig.Recordings.LEAVE)), TestRuns.SAMPLES);
  }

  /** The rows that the samples 8 to 11 have recorded. */
  private Dataset<Row> rows(String table) {
    return TestSpark.session().read().parquet(recorded(table).toString());
  }

  private Path recorded(String table) {
    return TestRuns.manifest(run()).allRanges().get(2).recordings().stream()
        .filter(recording -> recording.kind().equals(table))
        .map(recording -> run().resolve(recording.publishedFile()))
        .findFirst()
        .orElseThrow();
  }

  private void replace(String table, Dataset<Row> rows) throws IOException {
    Path written = folder.resolve("written-" + table);
    rows.coalesce(1).write().parquet(written.toString());
    try (Stream<Path> files = Files.list(written)) {
      Path file =
          files.filter(one -> one.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.move(file, recorded(table), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Of a recording that cannot be read, the file is told; what else fails is no damage. */
  @Test
  void onlyADamagedRecordingIsCalledDamaged() throws IOException {
    simulate(config().record("spikes"));
    ReproduceConfig few = again().withManner(again().manner().withSamples("8:12"));
    Path file = recorded("spikes");
    byte[] sound = Files.readAllBytes(file);
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, damaged.length / 2, damaged.length, (byte) 7);
    Files.write(file, damaged);
    assertLost(few, file.getFileName().toString(), "CRC32C", "--without-recordings");
    assertEqual(reproduce(few.withRecordings(ReproduceConfig.Recordings.LEAVE)), 4);
    Files.delete(file);
    assertLost(few, file.getFileName().toString(), "missing", "--without-recordings");
    Files.write(file, sound);

    Path copy = folder.resolve("copy");
    TestRuns.copy(run(), copy);
    Files.write(copy.resolve(run().relativize(file).toString()), damaged);
    RunComparison comparison = comparison(side(run()), side(copy), few);
    assertThatThrownBy(() -> comparison.recordings("spikes", false))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContainingAll("Cannot compare", run().toString(), "--without-recordings");
  }

  private static RunComparison.Side side(Path run) throws IOException {
    return new RunComparison.Side(
        RunDirectory.of(run.toString(), new Configuration()), TestRuns.manifest(run));
  }

  private static RunComparison comparison(
      RunComparison.Side recorded, RunComparison.Side again, ReproduceConfig config)
      throws IOException {
    Continuation run =
        new Continuation(TestSpark.session(), recorded.directory(), RunListener.SILENT);
    return new RunComparison(
        TestSpark.session(), recorded, again, ReproducedPart.of(run, recorded.manifest(), config));
  }

  @Test
  void whatWasWrittenGoesAwayAfterAFailure() throws IOException {
    simulate(config().record("spikes,v:hidden"));
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    ReproduceConfig faulty =
        again()
            .withScratch(scratch.toString())
            .withManner(again().manner().withBackend(FaultyBackend.NAME));
    FaultyBackend.failAfter(3);
    try {
      assertThatThrownBy(() -> reproduce(faulty)).isInstanceOf(RunFailedException.class);
    } finally {
      FaultyBackend.failNever();
    }
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void trialsOfSweepsAreReproducedAloneOrTogether() throws IOException {
    simulate(config().record("spikes").space(FOUR).seeds(List.of(4L, 5L)));
    simulate(config().record("spikes").space("\"hidden.tau=0.002\"").seeds(List.of(4L)));
    Dataset<Row> spikes = RunTables.open(TestSpark.session(), run().toString()).spikes();
    Reproduction whole = reproduce(again().withTrial(ReproduceConfig.ALL));
    assertEqual(whole, 9L * TestRuns.SAMPLES);
    assertRecorded(whole, "spikes", spikes.count(), 0);
    List<Long> ids =
        RunTables.open(TestSpark.session(), run().toString())
            .results()
            .selectExpr("trial_id")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getLong(0))
            .toList();
    assertThat(ids).hasSize(9);
    for (int i = 0; i < ids.size(); i += 4) {
      Reproduction one = reproduce(again().withTrial(Long.toString(ids.get(i))));
      assertEqual(one, TestRuns.SAMPLES);
      assertRecorded(one, "spikes", spikes.where("trial_id = " + ids.get(i)).count(), 0);
    }
    refused(again(), "a sweep of 9 trials", "--trial ID", "--all");
    refused(again().withTrial("17"), "no trial 17");
    refused(again().withTrial("all").withManner(again().manner().withSamples("0:4")), "--trial ID");

    // What another trial has does not matter, what this one has does.
    long changed = change(3, "hidden.v", 1);
    long other = ids.stream().filter(id -> id != changed).findFirst().orElseThrow();
    assertEqual(reproduce(again().withTrial(Long.toString(other))), TestRuns.SAMPLES);
    Reproduction found = reproduce(again().withTrial(Long.toString(changed)));
    assertThat(found.exitCode()).isEqualTo(1);
    assertThat(found.difference())
        .contains("trial %d, sample ".formatted(changed), "node hidden, variable v");
  }

  /**
   * Flips the last bit of one value of a range's state, in a copy of its file that the next
   * manifest lists.
   *
   * @return the trial of the value's sample
   */
  private long change(int range, String name, int row) throws IOException {
    LocalCheckpointStore store = new LocalCheckpointStore(run());
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.latest().orElseThrow();
    Manifest manifest = head.manifest();
    RangeEntry entry = manifest.allRanges().get(range);
    RangeState state = RangeFile.read(store, manifest.run(), entry.current().orElseThrow());
    Map<String, Tensor> memories = new LinkedHashMap<>();
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    state.memories().forEach((key, tensor) -> memories.put(key, flipped(key, name, tensor, row)));
    state
        .accumulators()
        .forEach((key, tensor) -> accumulators.put(key, flipped(key, name, tensor, row)));
    RangeState changed =
        new RangeState(state.range(), state.step(), state.sampleIds(), memories, accumulators);
    List<RangeEntry> ranges = new ArrayList<>(manifest.ranges());
    ranges.set(range, RangeFile.writeRoot(store, manifest.run(), changed, new TreeMap<>()));
    log.commit(
        head.successor(
            ranges,
            manifest.targetSteps(),
            new TreeMap<>(Map.of(Manifest.ATTEMPT, "of the test " + head.nextVersion()))));
    Tensor trials = state.accumulators().get("trial_id");
    return trials == null ? 0 : trials.longs()[row];
  }

  private static Tensor flipped(String key, String name, Tensor tensor, int row) {
    if (!key.equals(name)) {
      return tensor;
    }
    Tensor copy = tensor.copy();
    int at = row * (tensor.size() / tensor.shape().dim(0));
    if (copy.dtype() == DType.FLOAT32) {
      copy.floats()[at] = Float.intBitsToFloat(Float.floatToRawIntBits(copy.floats()[at]) ^ 1);
    } else if (copy.dtype() == DType.INT64) {
      copy.longs()[at] ^= 1;
    } else {
      copy.ints()[at] ^= 1;
    }
    return copy;
  }

  @Test
  void theFirstDifferenceIsNamed() throws IOException {
    simulate(config());
    change(2, "readout.v", 3);
    Reproduction found = reproduce(again());
    assertThat(found.exitCode()).isEqualTo(1);
    assertThat(found.difference())
        .startsWith("sample 11, node readout, variable v: element 0 was ")
        .contains(" and is ");
    assertEqual(reproduce(again().withManner(again().manner().withSamples(":4"))), 4);
    change(1, "spike_counts", 2);
    assertThat(reproduce(again()).difference()).startsWith("sample 6, spike_counts: element 0 was");
  }

  @Test
  void publishedResultsAreCompared() throws IOException {
    simulate(config());
    simulate(
        TestRuns.config(folder, "other", STEPS)
            .seed(1)
            .input(TestRuns.events(Files.createDirectory(folder.resolve("less")), 300).toString())
            .dt(2e-4));
    Path mine = parquet("run");
    Files.copy(parquet("other"), mine, StandardCopyOption.REPLACE_EXISTING);
    assertThat(reproduce(again()).difference())
        .contains(mine.getFileName().toString(), "not what the saved states give");
  }

  private Path parquet(String output) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(output).resolve("results"))) {
      return files.sorted().findFirst().orElseThrow();
    }
  }

  private static void refused(ReproduceConfig config, String... parts) {
    assertThatThrownBy(() -> reproduce(config))
        .isInstanceOf(UsageException.class)
        .message()
        .contains(parts);
  }

  private static void assertLost(ReproduceConfig config, String... parts) {
    assertThatThrownBy(() -> reproduce(config))
        .isInstanceOf(CheckpointCorruptException.class)
        .message()
        .contains(parts);
  }

  @Test
  void whatCannotBeReproducedIsRefusedWithTheReason() throws IOException {
    refused(again(), "not a run");
    simulate(config());
    refused(again().withTrial("5"), "no sweep", "5");
    simulate(TestRuns.config(folder, "part", STEPS).select("0:4"));
    ReproduceConfig part = ReproduceConfig.of(folder.resolve("part").toString());
    refused(part, "not finished: range 1 is at step 0 of " + STEPS, "velella resume");
    assertEqual(reproduce(part.withManner(part.manner().withSamples("0:4"))), 4);

    Path network = TestRuns.networkFile(run());
    byte[] good = Files.readAllBytes(network);
    byte[] bad = good.clone();
    bad[bad.length - 1] ^= 1;
    Files.write(network, bad);
    assertLost(again(), "damaged", network.getFileName().toString());
    Files.delete(network);
    assertLost(again(), "lost", network.getFileName().toString());
    Files.write(network, good);

    Path events = folder.resolve("events.npy");
    byte[] input = Files.readAllBytes(events);
    input[input.length - 1] ^= 1;
    Files.write(events, input);
    refused(again(), "is not what the run", "events.npy");
    Files.delete(events);
    refused(again(), "events.npy");
  }
}
