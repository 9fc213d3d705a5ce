package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.checkpoint.Checkpoint;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.RangeState;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.TileParameters;
import org.velella.provenance.CanonicalJson;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.spark.frame.RunTable;

/** A branch goes on elsewhere with a run's memories; the run does not change by one byte. */
class BranchIT {
  private static final int STEPS = 100;
  private static final int MORE = 80;

  @TempDir static Path folder;
  private static Path run;
  private static int branches;
  private static Map<String, String> before;

  @BeforeAll
  static void beginARun() throws IOException {
    FaultyBackend.failNever();
    run = folder.resolve("run");
    RunConfig config =
        TestRuns.config(folder, "run", STEPS).checkpointEvery(40).record("spikes").build();
    SimulateJob.run(TestSpark.session(), config);
    before = bytes(run);
  }

  private static Map<String, String> bytes(Path directory) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        all.put(path.toString(), HexFormat.of().formatHex(Files.readAllBytes(path)));
      }
    }
    return all;
  }

  private Path branch;

  @BeforeEach
  void nextBranch() {
    FaultyBackend.failNever();
    branch = folder.resolve("branch" + branches++);
  }

  private ResumeConfig.Builder leave(Path directory) {
    return ResumeConfig.builder(directory.toString())
        .output(branch.toString())
        .backend("scalar")
        .partitions(3);
  }

  private static RunOutcome resume(ResumeConfig.Builder config) {
    return ResumeJob.run(TestSpark.session(), config.build());
  }

  private Map<String, String> configuration() throws IOException {
    var json = CanonicalJson.parse(Files.readAllBytes(branch.resolve("_run/run.json")), "run");
    Map<String, String> configuration = new TreeMap<>();
    json.get("configuration")
        .properties()
        .forEach(entry -> configuration.put(entry.getKey(), entry.getValue().asText()));
    return configuration;
  }

  @Test
  void withoutChangesItIsALongerRun() throws IOException {
    Path longer = folder.resolve("longer");
    TestRuns.copy(run, longer);
    resume(ResumeConfig.builder(longer.toString()).moreSteps(MORE).backend("scalar"));
    RunOutcome outcome = resume(leave(run).moreSteps(MORE));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.steps()).isEqualTo(STEPS + MORE);
    TestRuns.assertSameRun(longer, branch);
    List<String> later =
        TestRuns.rows(
            RunTables.open(TestSpark.session(), longer.toString())
                .spikes()
                .where("step >= " + STEPS));
    assertThat(TestRuns.spikes(TestSpark.session(), branch)).isEqualTo(later).isNotEmpty();
    assertThat(bytes(run)).isEqualTo(before);
    assertThat(configuration())
        .containsEntry("branch.run", run.toString())
        .containsEntry("branch.step", "" + STEPS)
        .containsEntry("branch.manifest", "" + TestRuns.manifest(run).version())
        .containsEntry("branch.run-id", TestRuns.manifest(run).run().runId())
        .doesNotContainEntry("run.id", TestRuns.manifest(run).run().runId())
        .containsEntry("steps", "" + (STEPS + MORE));
  }

  @Test
  void changedParametersAreThoseOfTheSimulatorByHand() throws IOException {
    UnaryOperator<ResumeConfig.Builder> changes =
        config -> config.set("hidden.tau", 0.004).set("readout.v_threshold", 0.3);
    resume(changes.apply(leave(run)).moreSteps(MORE));
    Checkpoint there = Checkpoint.open(branch);
    RangeState end = there.whole();
    assertThat(end.step()).isEqualTo(STEPS + MORE);

    RangeState start = Checkpoint.open(run).whole();
    TileState expected = byHand(start);
    List<String> names = new ArrayList<>(end.memories().keySet());
    for (int m = 0; m < names.size(); m++) {
      assertThat(end.memoryList().get(m).bitEquals(expected.memories().get(m)))
          .as(names.get(m))
          .isTrue();
    }
    assertThat(end.accumulators().get(OutputMetrics.SPIKE_COUNTS).ints())
        .isEqualTo(expected.spikeCounts().ints());
    assertThat(end.accumulators().get(OutputMetrics.FIRST_SPIKE_STEP).ints())
        .isEqualTo(expected.firstSpikeStep().ints());
    assertThat(configuration())
        .containsEntry("branch.set", "hidden.tau=0.004,readout.v_threshold=0.3");
    assertThat(bytes(run)).isEqualTo(before);

    Path plain = branch;
    nextBranch();
    resume(leave(run).moreSteps(MORE));
    assertThat(
            Checkpoint.open(branch).whole().accumulators().get(OutputMetrics.SPIKE_COUNTS).ints())
        .isNotEqualTo(expected.spikeCounts().ints());

    // A branch is a run: it can be resumed, and branched off.
    Path second = branch;
    branch = plain;
    resume(ResumeConfig.builder(branch.toString()).moreSteps(20).backend("scalar"));
    branch = folder.resolve("of-branch");
    resume(changes.apply(leave(second)).moreSteps(1));
    assertThat(configuration()).containsEntry("branch.run", second.toString());
  }

  private static Network changed() {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons) {
        Map<String, ParameterValue> values = new TreeMap<>(neurons.parameters());
        boolean hidden = node.name().equals("hidden");
        values.put(hidden ? "tau" : "v_threshold", ParameterValue.of(hidden ? 0.004 : 0.3));
        builder.node(node.name(), new NeuronOperation(neurons.model(), values));
      } else {
        builder.node(node.name(), node.operation());
      }
    }
    network.edges().forEach(builder::edge);
    return builder.build();
  }

  private static TileState byHand(RangeState start) {
    float[][] input = TestTables.valuesOfSamples(STEPS + MORE);
    int width = TestNetwork.INPUTS;
    Network network = changed();
    TileState state =
        new TileState(
            start.step(),
            start.samples(),
            start.memoryList(),
            start.memoryList().stream().map(memory -> false).toList(),
            start.accumulators());
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().named("scalar"),
            Probes.parse("", network),
            SimulatorOptions.DEFAULT)) {
      return simulator.run(
          state,
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              for (int n = 0; n < TestRuns.SAMPLES; n++) {
                int at = (t * TestRuns.SAMPLES + n) * width;
                System.arraycopy(input[n], ((int) first + t) * width, target, at, width);
              }
            }
          },
          MORE,
          TileParameters.NONE,
          RecordSink.NONE);
    }
  }

  /** Killed at any moment, a branch is finished by the same command, and by no other. */
  @Test
  void sameCommandFinishesAnInterruptedBranch() throws IOException {
    Path whole = branch;
    resume(leave(run).moreSteps(MORE).set("hidden.tau", 0.003));
    nextBranch();
    FaultyBackend.failAfter(9);
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(
            () ->
                resume(
                    leave(run)
                        .moreSteps(MORE)
                        .set("hidden.tau", 0.003)
                        .backend(FaultyBackend.NAME)));
    FaultyBackend.failNever();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> resume(leave(run).moreSteps(MORE).set("hidden.tau", 0.0031)))
        .withMessageContainingAll("'hidden.tau=0.003'", "hidden.tau=0.0031");
    resume(leave(run).moreSteps(MORE).set("hidden.tau", 0.003));
    TestRuns.assertSameRun(whole, branch);

    // Of a branch that has gone on, nothing is left but states that it brought in and its own.
    Path lost = folder.resolve("lost-branch");
    Files.createDirectories(lost.resolve("_run"));
    for (Path file : List.of(branch.resolve("_run/run.json"), TestRuns.networkFile(branch))) {
      Files.copy(file, lost.resolve("_run").resolve(file.getFileName()));
    }
    Files.createDirectories(lost.resolve("checkpoint"));
    TestRuns.copy(branch.resolve("checkpoint/ranges"), lost.resolve("checkpoint/ranges"));
    Path going = branch;
    branch = lost;
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> resume(leave(run).moreSteps(MORE).set("hidden.tau", 0.003)))
        .withMessageContainingAll("states beyond step " + STEPS, "no manifest", "restore");
    branch = going;

    // As if it had been killed before its first checkpoint, and the run had gone on meanwhile.
    Path cut = folder.resolve("cut");
    Files.createDirectories(cut.resolve("_run"));
    Path network = TestRuns.networkFile(branch);
    for (Path file : List.of(branch.resolve("_run/run.json"), network)) {
      Files.copy(file, cut.resolve("_run").resolve(file.getFileName()));
    }
    branch = cut;
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> resume(ResumeConfig.builder(cut.toString())))
        .withMessageContainingAll("was interrupted", "the command again that began it");
    resume(leave(run).moreSteps(MORE).set("hidden.tau", 0.003));
    TestRuns.assertSameRun(whole, cut);
  }

  @Test
  void failedSamplesStayFailed() throws IOException {
    List<org.apache.spark.sql.Row> rows = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      rows.add(TestTables.values((long) n, 1, 0, n % 2, 1, 0, 1));
    }
    rows.set(3, RowFactory.create(3L, null));
    rows.set(9, TestTables.values(9L, 1, Float.NaN, 0, 0, 0, 0));
    Path table = folder.resolve("bad.parquet");
    RunConfig.Builder config =
        TestRuns.config(folder, "bad", 20)
            .samples(0)
            .input(TestTables.parquet(table, TestTables.VALUES, rows, 2));
    assertThat(SimulateJob.run(TestSpark.session(), config.build()).exitCode()).isEqualTo(3);
    RunOutcome outcome = resume(leave(folder.resolve("bad")).moreSteps(5));
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.failed()).isEqualTo(2);
    assertThat(outcome.samples()).isEqualTo(8);
    List<String> failures =
        TestRuns.rows(
            RunTables.open(TestSpark.session(), folder.resolve("bad").toString()).failures());
    assertThat(TestRuns.rows(RunTables.open(TestSpark.session(), branch.toString()).failures()))
        .isEqualTo(failures)
        .hasSize(2);

    nextBranch();
    Path lost = folder.resolve("bad").resolve(failuresFile());
    Files.move(lost, folder.resolve("lost"));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> resume(leave(folder.resolve("bad")).moreSteps(5)))
        .withMessageContainingAll(lost.getFileName().toString(), "is missing", "restore it");
    Files.move(folder.resolve("lost"), lost);
    // As if another task had brought its failed samples before that one ended all of them.
    Path brought = branch.resolve(RunTable.FAILURES.attempts()).resolve(lost.getFileName());
    Files.createDirectories(brought.getParent());
    Files.copy(lost, brought, StandardCopyOption.REPLACE_EXISTING);
    assertThat(resume(leave(folder.resolve("bad")).moreSteps(5)).failed()).isEqualTo(2);
  }

  private static String failuresFile() {
    return TestRuns.manifest(folder.resolve("bad")).ranges().stream()
        .flatMap(range -> range.recordings().stream())
        .filter(recording -> recording.kind().equals("failures"))
        .findFirst()
        .orElseThrow()
        .publishedFile();
  }

  private void refuses(ResumeConfig.Builder config, String... words) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> resume(config))
        .withMessageContainingAll(words);
    assertThat(branch).doesNotExist();
  }

  @Test
  void wrongBranchesAreRefused() throws IOException {
    refuses(
        leave(run).moreSteps(1).set("hiden.tau", 3),
        "--set hiden.tau",
        "no such parameter",
        "nearest are hidden.tau,");
    refuses(leave(run).moreSteps(1).set("in.weight", 3), "no such parameter", "hidden.");
    refuses(leave(run).moreSteps(1).set("hidden", 3), "no such parameter");
    refuses(leave(run).moreSteps(1).set("'hidden.tau", 3), "quote");
    refuses(leave(run).moreSteps(1).set("hidden.tau", 0), "hidden.tau", "must satisfy tau");
    refuses(leave(run).moreSteps(1).set("hidden.tau", Double.NaN), "'tau'", "finite");
    refuses(leave(run).set("hidden.tau", 0.01), "has done all of its 100 steps", "--steps +K");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeConfig.builder(run.toString()).set("hidden.tau", 3).build())
        .withMessageContainingAll("--set hidden.tau", "give --output");
    refuses(leave(run).output(run.toString() + "/"), "is the run itself");
    refuses(leave(run).output(run + "/../" + run.getFileName()), "is the run itself");
    Path link = Files.createSymbolicLink(folder.resolve("link"), run);
    refuses(leave(run).output(link.toString()), "is the run itself");
    refuses(leave(link).output(run.toString()), "is the run itself");
    refuses(leave(run).output(run.resolve("branch").toString()), "lie in each other");
    refuses(leave(run).output(link.resolve("new/deep").toString()), "lie in each other");
    refuses(leave(run).output(folder.toString()), "lie in each other");
    refuses(leave(folder.resolve("nowhere")), "is not a run");
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("a.txt"), "a");
    refuses(leave(run).output(foreign.toString()), "not empty", "a.txt");
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "other", 5).build());
    refuses(leave(run).output(folder.resolve("other").toString()), "is no branch of");
    assertThat(bytes(run)).isEqualTo(before);
  }

  @Test
  void rangesAtDifferentStepsCannotBranch() {
    FaultyBackend.failAfter(25);
    RunConfig config =
        TestRuns.config(folder, "uneven", 300)
            .checkpointEvery(50)
            .backend(FaultyBackend.NAME)
            .partitions(2)
            .build();
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config));
    FaultyBackend.failNever();
    refuses(leave(folder.resolve("uneven")), "stands at step", "finish it by velella resume first");
  }

  /** What is damaged in the run is mended there; the branch that had begun is then finished. */
  @Test
  void damagedRunIsNamedAndTheSameCommandBranchesOffOnceItIsMended() throws IOException {
    Path whole = branch;
    resume(leave(run).moreSteps(MORE));
    nextBranch();
    Path damaged = folder.resolve("damaged");
    TestRuns.copy(run, damaged);
    String file = TestRuns.manifest(damaged).ranges().get(2).current().orElseThrow().file();
    Path state = damaged.resolve("checkpoint/ranges").resolve(file);
    byte[] bytes = Files.readAllBytes(state);
    bytes[bytes.length - 1] ^= 1;
    Files.write(state, bytes);

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> resume(leave(damaged).moreSteps(MORE)))
        .withMessageContainingAll(file, "is damaged", "resume");
    Files.delete(state);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> resume(leave(damaged).moreSteps(MORE)))
        .withMessageContainingAll(file, "missing", "resume");
    resume(ResumeConfig.builder(damaged.toString()).backend("scalar"));
    resume(ResumeConfig.builder(damaged.toString()).moreSteps(1).backend("scalar"));
    resume(leave(damaged).moreSteps(MORE));
    TestRuns.assertSameRun(whole, branch);
  }
}
