package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.spark.store.FakeHdfs;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What cannot be used is refused before anything is computed or written, in one clear line. */
class WrongInputsIT {
  private static final int STEPS = 40;

  @TempDir Path folder;

  /** Whoever computes a step all the same fails otherwise than by a refusal. */
  @BeforeEach
  void nothingIsComputed() {
    FaultyBackend.failAfter(0);
  }

  private void refuses(UnaryOperator<RunConfig.Builder> change, String... words) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () -> {
              RunConfig.Builder config =
                  TestRuns.config(folder, "run", STEPS).backend(FaultyBackend.NAME);
              SimulateJob.run(TestSpark.session(), change.apply(config).build());
            })
        .satisfies(
            e -> {
              assertThat(e.getMessage()).contains(words).doesNotContain("\n");
              assertThat(e.getMessage().length()).isBetween(20, 600);
            });
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void numbersOutOfRange() {
    refuses(config -> config.littleRoom("maybe"), "--little-room is 'maybe'", "refuse or warn");
    refuses(config -> config.steps(0), "--steps is 0", "at least 1");
    refuses(config -> config.steps(-7), "--steps is -7");
    refuses(config -> config.steps(1L << 31), "--steps is 2147483648");
    refuses(config -> config.dt(0), "--dt is 0.0");
    refuses(config -> config.dt(Double.NaN), "--dt is NaN");
    refuses(config -> config.samples(-1), "--samples is -1");
    refuses(config -> config.partitions(-1), "--partitions is -1");
    refuses(config -> config.tileSize(-1), "--tile-size is -1");
    refuses(config -> config.rangeSize(-1), "--range-size is -1");
    refuses(config -> config.checkpointEvery(-1), "--checkpoint-every is -1");
    refuses(config -> config.network(""), "--network is missing");
    refuses(config -> config.input(" "), "--input is missing");
    refuses(config -> config.inputLayout("dence"), "dence", "auto, dense and events");
    refuses(config -> config.convention("norsk"), "--convention norsk", "norse", "snntorch");
    refuses(config -> config.samples(5), "--samples is 5", "sample 21");
    refuses(config -> config.samples(1L << 40), "give a larger --range-size");
    refuses(config -> config.keep(0), "--keep is 0");
    refuses(config -> config.select("1-5"), "--samples 1-5", "FROM:TO");
    refuses(config -> config.select("23:"), "--samples selects none");
  }

  private Path populationOf(int neurons) throws IOException {
    return TestNetwork.writePopulation(folder.resolve("large.safetensors"), neurons);
  }

  /** F15: all potentials of two million neurons, 8 MB a step, for 10^9 steps. */
  @Test
  void recordingsThatDoNotFit() throws IOException {
    Path file = populationOf(2_000_000);
    refuses(
        config -> config.network(file.toString()).rangeSize(1).steps(1_000_000_000).record("v:if"),
        "8000000 bytes per sample and step",
        "MiB");
  }

  /** The same, of which each step alone fits on any disk: there is no room for all of them. */
  @Test
  void recordingsThatTheDirectoryHasNoRoomFor() throws IOException {
    Path file = populationOf(2_000_000);
    UnaryOperator<RunConfig.Builder> large =
        config ->
            config
                .network(file.toString())
                .rangeSize(1)
                .steps(1_000_000_000)
                .checkpointEvery(1)
                .record("v:if");
    refuses(
        large,
        "Traces of 8000000 bytes per sample and step",
        "what is still to be recorded comes to",
        "are free where " + folder.resolve("run") + " lies",
        "--little-room warn");
    List<String> told = new ArrayList<>();
    RunConfig.Builder config = large.apply(TestRuns.config(folder, "run", STEPS));
    RunConfig warned = config.littleRoom("warn").backend(FaultyBackend.NAME).build();
    assertThat(SimulateJob.plan(TestSpark.session(), warned, TestRuns.collecting(told)).steps())
        .isEqualTo(1_000_000_000);
    assertThat(told)
        .filteredOn(line -> line.contains("what is still to be recorded"))
        .singleElement()
        .asString()
        .endsWith("as long as there is room");
  }

  /** A checkpoint after each of 10^9 steps, whose spikes are a file each: 10.6 TB to list. */
  @Test
  void moreRecordingsThanTheDriverCanList() throws IOException {
    UnaryOperator<RunConfig.Builder> often =
        config -> config.steps(1_000_000_000).checkpointEvery(1).record("spikes");
    String[] words = {
      "list 6000000000 recordings (ranges: 6, kinds: 1, intervals: up to 1000000000)",
      "which takes 10128021.2 MiB",
      "a longer --checkpoint-every, a larger --range-size",
      "--little-room warn"
    };
    refuses(often, words);
    RunConfig.Builder config = often.apply(TestRuns.config(folder, "run", STEPS));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SimulateJob.plan(TestSpark.session(), config.build(), RunListener.SILENT))
        .withMessageContainingAll(words);
    List<String> told = new ArrayList<>();
    RunConfig warned = config.littleRoom("warn").backend(FaultyBackend.NAME).build();
    assertThat(SimulateJob.plan(TestSpark.session(), warned, TestRuns.collecting(told)).steps())
        .isEqualTo(1_000_000_000);
    assertThat(told)
        .filteredOn(line -> line.contains("list 6000000000 recordings"))
        .singleElement()
        .asString()
        .endsWith("as long as there is room");
  }

  /** Of 60 million neurons, potentials and two counts are 687 MiB, three times at once. */
  @Test
  void plansThatDoNotFit() throws IOException {
    Path file = populationOf(60_000_000);
    refuses(
        config -> config.network(file.toString()).rangeSize(0),
        "A range of 1 samples does not fit",
        "2059.9 MiB for memories",
        "spark.executor.memory");
    refuses(
        config -> config.network(file.toString()).rangeSize(23),
        "A range of 23 samples does not fit",
        "spark.executor.memory");
  }

  @Test
  void networkFiles() throws IOException {
    Path text = Files.writeString(folder.resolve("text.nir"), "This is a letter, no network.");
    refuses(config -> config.network(text.toString()), "text.nir", "HDF5");
    Path empty = Files.createFile(folder.resolve("empty.nir"));
    refuses(config -> config.network(empty.toString()), "empty.nir");
    String missing = folder.resolve("gone.nir").toString();
    refuses(config -> config.network(missing), "no network file", missing);
    refuses(config -> config.network(folder.toString()), folder.toString());
    refuses(config -> config.network("nowhere:/a.nir"), "nowhere");
  }

  @Test
  void networkContents() {
    refuses(config -> config.network(network("type", "Wobble", "a")), "type.nir", "Wobble");
    refuses(config -> config.network(network("edge", "I", "b")), "edge.nir", "'b'");
    refuses(config -> config.network(network("none", "", "a")), "none.nir", "type");
  }

  /** Input, node a of a type, Output; the last edge comes from {@code source}. */
  private String network(String name, String type, String source) {
    Path file = folder.resolve(name + ".nir");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putDataset("version", "0.2.0");
      WritableGroup graph = hdf.putGroup("node");
      graph.putDataset("type", "NIRGraph");
      graph.putDataset("edges", new String[][] {{"input", "a"}, {source, "output"}});
      WritableGroup nodes = graph.putGroup("nodes");
      for (String port : new String[] {"Input", "Output"}) {
        WritableGroup node = nodes.putGroup(port.toLowerCase(java.util.Locale.ROOT));
        node.putDataset("type", port);
        node.putDataset("shape", new long[] {TestNetwork.INPUTS});
      }
      WritableGroup a = nodes.putGroup("a");
      a.putDataset("type", type.isEmpty() ? "?" : type);
      a.putDataset("r", new float[TestNetwork.INPUTS]);
    }
    return file.toString();
  }

  private String npy(String name, Shape shape) {
    return TestRuns.write(folder.resolve(name), Tensor.zeros(DType.FLOAT32, shape)).toString();
  }

  @Test
  void arrays() throws IOException {
    refuses(
        config -> config.input(npy("wide.npy", Shape.of(TestRuns.SAMPLES, 7))),
        "wide.npy",
        "[23, 7]",
        "[N, 6]",
        "[T, N, 6]");
    refuses(
        config -> config.input(npy("short.npy", Shape.of(39, TestRuns.SAMPLES, 6))),
        "short.npy",
        "39 steps",
        "takes 40");
    refuses(config -> config.input(npy("other.npy", Shape.of(22, 6))), "--samples is 23", "22");
    refuses(config -> config.input(npy("none.npy", Shape.of(0, 6))).samples(0), "no samples");
    refuses(
        config -> config.input(npy("events.npy", Shape.of(0, 3))).samples(0), "names no sample");
    Path text = Files.writeString(folder.resolve("text.npy"), "This is a letter.");
    refuses(config -> config.input(text.toString()), "text.npy");
    byte[] bytes = Files.readAllBytes(Path.of(npy("cut.npy", Shape.of(TestRuns.SAMPLES, 6))));
    Path cut = folder.resolve("cut.npy");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length - 4));
    refuses(config -> config.input(cut.toString()), "cut.npy", "damaged");
    refuses(config -> config.input(folder + "/gone.npy"), "There is no input", "gone.npy");
    int[] foreign = {0, 1, 600, 1, 1, 700, 2, 2, 3};
    String other =
        TestRuns.write(folder.resolve("foreign.npy"), Tensor.of(Shape.of(3, 3), foreign))
            .toString();
    refuses(config -> config.input(other), "2 of 3 events", "0 to 5", "another network");
    long[] far = {0, 1, 2, Long.MAX_VALUE, 1, 2};
    String huge =
        TestRuns.write(folder.resolve("far.npy"), Tensor.of(Shape.of(2, 3), far)).toString();
    refuses(config -> config.input(huge).samples(0), "--range-size", "sample_id");
  }

  private String table(String name, String schema, Object... cells) {
    List<org.apache.spark.sql.Row> rows =
        cells.length == 0 ? List.of() : List.of(RowFactory.create(cells));
    return TestTables.parquet(folder.resolve(name), schema, rows, 1);
  }

  private void refusesTable(String input, String... words) {
    refuses(config -> config.input(input).samples(0), words);
  }

  @Test
  void tables() throws IOException {
    String wanted = "sample_id BIGINT and either input ARRAY<FLOAT>";
    refusesTable(
        table("columns", "id BIGINT, x FLOAT", 1L, 2f), "columns", "id BIGINT, x FLOAT", wanted);
    refusesTable(table("only", "sample_id BIGINT", 1L), "sample_id BIGINT", wanted);
    refusesTable(
        table("both", "sample_id BIGINT, input BINARY, events STRING", 1L, new byte[24], "[]"),
        wanted);
    refusesTable(table("id", "sample_id DATE, input BINARY", null, null), "DATE", wanted);
    refusesTable(table("input", "sample_id BIGINT, input FLOAT", 1L, 2f), "input FLOAT", wanted);
    refusesTable(
        table("texts", "sample_id BIGINT, input ARRAY<STRING>", 1L, new String[] {"1"}),
        "ARRAY<STRING>");
    refusesTable(
        table("pairs", "sample_id BIGINT, events ARRAY<INT>", 1L, new Integer[] {1}),
        "events ARRAY<INT>");
    refusesTable(
        table("named", "sample_id BIGINT, events ARRAY<STRUCT<t: INT, index: INT>>", 1L, null),
        "t: INT");
    refusesTable(table("empty", TestTables.VALUES), "0 rows", "none with a sample_id");
    refusesTable(
        table("width", TestTables.VALUES, 1L, TestTables.boxed(new float[7])),
        "width",
        "does not fit",
        "7 values");
    refusesTable(
        table("short", TestTables.VALUES, 1L, TestTables.boxed(new float[39 * 6])),
        "does not fit",
        "40 or more");
    refuses(
        config ->
            config.input(table("count", TestTables.VALUES, 1L, TestTables.boxed(new float[6]))),
        "--samples is 23",
        "1 samples");
    refusesTable(folder + "/gone.parquet", "There is no input", "gone.parquet");
    Path text = Files.writeString(folder.resolve("text.parquet"), "This is a letter.");
    refusesTable(text.toString(), "text.parquet", "parquet");
    refusesTable(Files.createDirectory(folder.resolve("nothing")).toString(), "nothing");
    refuses(config -> config.input("nowhere:/a.npy"), "nowhere");
    refuses(config -> config.input("x").inputFormat("sparquet"), "sparquet");
  }

  @Test
  void probes() {
    refuses(config -> config.record("v:lif"), "--record v:lif", "'lif'", "hidden");
    refuses(config -> config.record("w:hidden"), "--record w:hidden", "'w'", "v");
    refuses(config -> config.record("everything"), "everything", "spikes:NODE");
    refuses(config -> config.record("spikes:in"), "spikes:in");
  }

  @Test
  void directoriesThatHoldSomethingElse() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "Three years of work");
    refuses(config -> config.output(other.toString()), "other", "not empty", "thesis.tex");
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files).containsExactly(other.resolve("thesis.tex"));
    }
    Path file = Files.writeString(folder.resolve("file"), "a file");
    refuses(config -> config.output(file.toString()), "file");
    refuses(config -> config.output("nowhere:/run"), "nowhere:/run");
    Path unfinished = Files.createDirectory(folder.resolve("unfinished"));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                ResumeJob.run(
                    TestSpark.session(), ResumeConfig.builder(unfinished.toString()).build()))
        .withMessageContaining("is not a run");
  }

  @Test
  void directoryOfAnotherRun() {
    FaultyBackend.failNever();
    RunConfig first = TestRuns.config(folder, "first", STEPS).record("spikes").build();
    SimulateJob.run(TestSpark.session(), first);
    FaultyBackend.failAfter(0);
    UnaryOperator<RunConfig.Builder> here =
        config -> config.output(first.output()).record("spikes");
    refuses(config -> here.apply(config).dt(1e-3), "another run", "--dt was '1.0E-4'", "'0.001'");
    refuses(config -> here.apply(config).seed(4), "--seed was '0' and is '4'");
    refuses(config -> here.apply(config).record(""), "--record was 'spikes' and is ''");
    refuses(config -> here.apply(config).rangeSize(5), "--range-size was '4' and is '5'");
    refuses(config -> here.apply(config).convention("sinabs"), "--convention was 'norse'");
    refuses(config -> here.apply(config).samples(24), "--samples was '23' and is '24'");
    refuses(config -> here.apply(config).steps(39), "already goes to 40 steps", "asked for 39");
    refuses(
        config -> here.apply(config).input(TestRuns.events(folder, 999).toString()), "other input");
    refuses(
        config -> here.apply(config).seed(4).dt(1).input(npy("held.npy", Shape.of(23, 6))),
        "other input",
        "--dt",
        "--seed");
  }

  private Path network(String name, float weight, double tau) throws IOException {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(TestNetwork.INPUTS)))
            .node(
                name,
                new LinearOperation(
                    Tensor.of(Shape.of(1, TestNetwork.INPUTS), new float[] {weight, 1, 1, 1, 1, 1}),
                    null))
            .node(
                "lif",
                new NeuronOperation(
                    NeuronModels.lif(InputDecay.ON, ResetKind.SOFT),
                    Map.of("tau", ParameterValue.of(tau))))
            .node("output", new OutputOperation())
            .edge("input", name)
            .edge(name, "lif")
            .edge("lif", "output")
            .build();
    return Files.write(folder.resolve("own.safetensors"), NetworkCodec.toBytes(network));
  }

  /** Under the same name, of the same shapes: one weight, one name, one parameter is another. */
  @Test
  void otherNetworkOfTheSameShapeIsAnotherRun() throws IOException {
    FaultyBackend.failNever();
    String file = network("fc", 0.5f, 2).toString();
    RunConfig first = TestRuns.config(folder, "first", STEPS).network(file).build();
    SimulateJob.run(TestSpark.session(), first);
    FaultyBackend.failAfter(0);
    UnaryOperator<RunConfig.Builder> here = config -> config.output(first.output()).network(file);
    network("fc", Math.nextUp(0.5f), 2);
    refuses(here, "another run", "other weights");
    network("linear", 0.5f, 2);
    refuses(here, "another run", "other network");
    network("fc", 0.5f, Math.nextUp(2f));
    refuses(here, "another run", "other parameters");
    network("fc", 0.5f, 2);
    SimulateJob.run(TestSpark.session(), first);
  }

  /** Its {@code run.json} is there between this driver's look and its own. */
  @Test
  void anotherDriverThatBeginsAnotherRunInThatMoment() throws IOException {
    Configuration conf =
        FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
    FaultyBackend.failNever();
    String theirs = "hdfs://moment" + folder.resolve("theirs");
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "", STEPS).output(theirs).seed(4).build());
    FaultyBackend.failAfter(0);
    String mine = "hdfs://moment" + folder.resolve("mine");
    boolean[] begun = new boolean[1];
    FakeHdfs.faults("moment")
        .observe(
            (phase, request) -> {
              if (!begun[0] && request.startsWith("create " + mine + "/_run/")) {
                begun[0] = true;
                copyBeginning(
                    Path.of(URI.create(theirs).getPath()), Path.of(URI.create(mine).getPath()));
              }
            });
    try {
      refuses(config -> config.output(mine), "another run", "--seed was '4' and is '0'");
    } finally {
      FakeHdfs.faults("moment").observe((phase, request) -> {});
    }
    assertThat(begun[0]).isTrue();
    assertThat(folder.resolve("mine/_run/run.json"))
        .hasSameBinaryContentAs(folder.resolve("theirs/_run/run.json"));
    assertThat(folder.resolve("mine/checkpoint")).doesNotExist();
  }

  private static void copyBeginning(Path from, Path to) {
    try {
      Files.createDirectories(to.resolve("_run"));
      try (Stream<Path> files = Files.list(from.resolve("_run"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (name.equals("run.json") || name.startsWith("network-")) {
            Files.copy(file, to.resolve("_run").resolve(name));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two tables that look alike from outside; only what is in them differs. */
  @Test
  void otherContentOfTheSameShapeIsAnotherRun() {
    FaultyBackend.failNever();
    float[] values = new float[6];
    String zeros = table("zeros", TestTables.VALUES, 1L, TestTables.boxed(values));
    RunConfig.Builder config = TestRuns.config(folder, "first", STEPS).samples(0);
    SimulateJob.run(TestSpark.session(), config.input(zeros).build());
    FaultyBackend.failAfter(0);
    values[5] = 1;
    String one = table("one", TestTables.VALUES, 1L, TestTables.boxed(values));
    String output = folder.resolve("first").toString();
    refuses(other -> other.samples(0).output(output).input(one), "another run", "other input");
  }
}
