package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.Selection;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.nir.NirImport;
import org.velella.provenance.BackendChoice;
import org.velella.provenance.NumericEnvironment;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Software;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Probes;
import org.velella.simulate.Stimulus;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.InputSources;
import org.velella.spark.frame.InputSpec;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.ResultColumns;
import org.velella.spark.store.InputFile;
import org.velella.spark.task.TaskSpec;
import org.velella.spark.task.TaskSweep;
import org.velella.sweep.Spaces;
import org.velella.sweep.TrialList;
import org.velella.sweep.Trials;
import org.velella.tensor.Shape;

/** Everything about a configuration that can be read and checked before the first step. */
final class Preparation {
  private final SparkSession session;
  private final SparkContext spark;
  private final RunConfig config;
  private final RunDirectory directory;
  private final NirImport imported;
  private final InputSource input;
  private final BackendChoice backend;

  /** With what trials need of it, once they are known. */
  private Network network;

  /** Null until they are asked for, as is what they were before. */
  private TrialList trials;

  private TrialsFile.Read trialsBefore;
  private TrialWeights weights;

  private Preparation(SparkSession session, RunConfig config, RunListener listener) {
    this.session = session;
    spark = session.sparkContext();
    this.config = config;
    Configuration conf = spark.hadoopConfiguration();
    directory = RunDirectory.of(config.output(), conf);
    if (!directory.hasRun()) {
      directory.requireFree();
    }
    imported =
        NetworkSource.readWithNotes(config.network(), config.convention(), config.dt(), conf);
    network = TrialDelays.ofRun(imported.network(), directory);
    imported.notes().forEach(listener::message);
    requireProbes(config.record(), network);
    requireStatistics(network);
    backend = BackendCheck.choose(spark, config.manner().backend(), listener);
    InputSpec wanted = RunSpec.inputSpec(config, inputShape(network));
    input =
        config
            .inputTable()
            .map(table -> InputSources.of(session, table, wanted))
            .orElseGet(() -> InputSources.open(session, wanted));
    input.facts().messages().forEach(listener::message);
  }

  /**
   * Reads and checks what a configuration names.
   *
   * @throws UsageException if something cannot be used
   */
  static Preparation of(SparkSession session, RunConfig config, RunListener listener) {
    return new Preparation(session, config, listener);
  }

  /** One sample's input at one step: the Input node's shape, or all of several nodes in a row. */
  static Shape inputShape(Network network) {
    return network.inputs().size() == 1
        ? network.outputShape(network.inputs().get(0).name())
        : Shape.of(network.inputSize());
  }

  private static void requireProbes(String record, Network network) {
    try {
      Probes.parse(record, network);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--record " + record + ": " + e.getMessage(), e);
    }
  }

  private void requireStatistics(Network network) {
    try {
      OutputMetrics.parse(config.metrics()).requireOf(network);
      if (!config.stopWhen().isEmpty() && config.stopEvery() < config.steps()) {
        StopRule.parse(config.stopWhen(), config.stopEvery()).requireOf(network);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  RunDirectory directory() {
    return directory;
  }

  Network network() {
    return network;
  }

  InputSource input() {
    return input;
  }

  /** The backend that tasks are told. */
  String backend() {
    return config.manner().backend();
  }

  SortedMap<String, String> digests() {
    return Digests.of(network, input.facts());
  }

  /** How the ranges of a sweep that is to begin are made up. */
  private RunSpec.SweepShape newShape(Cluster cluster, TrialList trials) {
    long samples = input.facts().samples();
    int size =
        config.rangeSize() > 0
            ? config.rangeSize()
            : RangeSizing.sweepRangeSize(
                Math.multiplyExact(samples, trials.count()),
                memoryNeed().sampleBytes(),
                cluster,
                config.steps() * RangeSizing.updatesOfAStep(network),
                TrialSteps.areOwn(trials));
    int samplesPerRange = (int) Math.min(samples, size);
    return new RunSpec.SweepShape(samples, size / samplesPerRange, samplesPerRange);
  }

  /** The trials asked for and those there are; looking for new ones goes through all, so once. */
  TrialList trials() throws IOException {
    if (trials == null) {
      trialsBefore = new TrialsFile(directory.store()).read();
      TrialList all = extended(trialsBefore.trials());
      Branching.requireNone(directory, all.count() - trialsBefore.trials().count());
      trials = all;
    }
    return trials;
  }

  /** Writes down the trials that the sweep did not have; gives all as they are written now. */
  TrialsFile.Read extendTrials(RunListener listener) throws IOException {
    long all = trials().count();
    long before = trialsBefore.trials().count();
    weights.keep(directory);
    TrialsFile.Read written =
        all > before ? new TrialsFile(directory.store()).write(trials, trialsBefore) : trialsBefore;
    listener.message(
        before == 0
            ? "The sweep has %d trials".formatted(all)
            : "The sweep has %d trials, %d of them new".formatted(all, all - before));
    return written;
  }

  private TrialList extended(TrialList before) {
    try {
      JsonNode space = SweepSpace.of(session, config, network);
      long[] seeds = config.seeds().stream().mapToLong(Long::longValue).toArray();
      TrialList longer = before.extended(space, seeds);
      Stimulus stimulus =
          config.inputFormat().equals(InputSources.STIMULUS)
              ? Stimulus.parse(config.input())
              : null;
      Consumer<Network> use =
          network -> new ParameterBinding(network, longer.parameters(), stimulus);
      use.accept(network);
      weights =
          longer.parameters().stream().anyMatch(p -> p.path().equals(Trials.WEIGHTS))
              ? TrialWeights.of(
                  Spaces.parse(space), config, imported.network(), spark.hadoopConfiguration(), use)
              : TrialWeights.none();
      network = TrialDelays.kept(network, longer, directory);
      TrialSteps.require(longer, config.steps(), network.stepsAtOnce());
      return longer;
    } catch (IllegalArgumentException e) {
      throw new UsageException("The sweep cannot be run: " + e.getMessage(), e);
    }
  }

  boolean isSweep() {
    return config.isSweep();
  }

  /**
   * Metrics of users, of the run as it is and of the configuration.
   *
   * @throws UsageException if one cannot be computed from the results
   */
  UserMetrics userMetrics() throws IOException {
    UserMetrics all = UserMetrics.of(directory).with(config.userMetrics());
    if (!config.userMetrics().isEmpty()) {
      OutputMetrics metrics = OutputMetrics.parse(config.metrics());
      ResultColumns columns =
          isSweep()
              ? ResultColumns.of(trials().parameters(), metrics)
              : ResultColumns.plain(metrics);
      all.require(session, columns.schema());
    }
    return all;
  }

  private int rangeSize(Cluster cluster, long rows) {
    if (config.rangeSize() > 0) {
      return config.rangeSize();
    }
    return RangeSizing.rangeSize(
        rows, memoryNeed().sampleBytes(), cluster.cores(), cluster.heapPerCore());
  }

  /**
   * Checks that tasks have room for a run's ranges, and disks for what they record.
   *
   * @throws UsageException if not; the message has the estimate and what to do
   */
  private PlannedWork requireRoom(RunListener listener) throws IOException {
    PlannedWork work = work();
    WholeWindows.require(network, config.steps(), config.checkpointEvery());
    if (!config.stopWhen().isEmpty()) {
      WholeWindows.require(network, "--stop-every", config.stopEvery());
    }
    work.requireRoom(memoryNeed(), config.checkpointEvery(), directory, directory, listener);
    return work;
  }

  private PlannedWork work() throws IOException {
    JavaSparkContext java = JavaSparkContext.fromSparkContext(spark);
    Manner manner = config.manner();
    return isSweep()
        ? PlannedWork.of(java, input, sweepShape(), trials(), manner, config.steps())
        : PlannedWork.of(java, input, plainIndex(), manner, config.steps());
  }

  private MemoryNeed memoryNeed() {
    return MemoryNeed.of(
        network,
        Probes.parse(config.record(), network),
        OutputMetrics.parse(config.metrics()),
        input.facts().bytesPerSample());
  }

  /** The ranges of a run that is to begin. */
  private RangeIndex newIndex(Cluster cluster) {
    long samples = input.facts().samples();
    int rangeSize = rangeSize(cluster, samples);
    if ((samples - 1) / rangeSize >= Manifest.MAX_RANGES) {
      throw new UsageException(
          "%s has %d samples, which in ranges of %d are more than %d ranges; give a larger --range-size, or, if most of the ids up to the largest have no input, a table with sample_id"
              .formatted(config.input(), samples, rangeSize, Manifest.MAX_RANGES));
    }
    return input.index(rangeSize);
  }

  RunPlan plan(RunListener listener) throws IOException {
    PlannedWork work = requireRoom(listener);
    return RunPlan.of(
        network,
        OutputMetrics.parse(config.metrics()),
        isSweep() ? trials().count() : 0,
        input.facts(),
        work.index(),
        config.steps(),
        backend,
        work.done(RecordingRoom.saved(directory), planned().orElse(null)),
        directory.hasRun());
  }

  /** What tasks would be told; nothing if they would read of the run what is not there yet. */
  private Optional<TaskSpec.Builder> planned() throws IOException {
    if (directory.hasRun()) {
      return Optional.of(new Continuation(session, directory, RunListener.SILENT).tasks());
    }
    TaskSweep sweep = isSweep() ? sweepShape().forTasks(trials()) : null;
    if (sweep != null && !weights.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        TaskSpec.builder()
            .sweep(sweep)
            .stimulus(config.inputFormat().equals(InputSources.STIMULUS) ? config.input() : "")
            .network(NetworkCodec.toBytes(network))
            .identity(UUID.randomUUID().toString(), digests())
            .dt(config.dt())
            .seed(config.seed())
            .record(config.record())
            .metrics(config.metrics())
            .stopWhen(config.stopWhen(), config.stopEvery()));
  }

  private RangeIndex plainIndex() {
    return directory.hasRun() ? directory.spec().index() : newIndex(Cluster.of(spark));
  }

  private RunSpec.SweepShape sweepShape() throws IOException {
    return directory.hasRun()
        ? directory.spec().sweep().orElseThrow()
        : newShape(Cluster.of(spark), trials());
  }

  private String absolute(String uri) throws IOException {
    return InputFile.absolute(uri, spark.hadoopConfiguration());
  }

  private String inputName() throws IOException {
    return InputSources.absolute(
        RunSpec.inputSpec(config, inputShape(network)), spark.hadoopConfiguration());
  }

  /**
   * Checks what can be checked of the run that is to go on or to begin, once its ranges are known.
   *
   * @throws UsageException if it cannot be computed
   */
  void requireComputable(RunListener listener) throws IOException {
    requireRoom(listener);
  }

  /**
   * Reads the samples that are to be simulated once, if a bad one is to end the run.
   *
   * @throws UsageException if there is one
   */
  void requireNoBadSamples() {
    Manner manner = config.manner();
    Cluster cluster = Cluster.of(spark);
    RangeIndex index = newIndex(cluster);
    Selection selection = manner.sampleIds().of(index);
    if (manner.failFast()) {
      SampleCheck.require(
          spark,
          input,
          index,
          SampleCheck.ranges(index, selection),
          network.inputSize(),
          config.steps(),
          RangeSizing.partitions(manner.partitions(), index.ranges(), cluster.cores()));
    }
  }

  /** Begins the run in its directory, if nobody else has meanwhile. */
  void begin() throws IOException {
    Cluster cluster = Cluster.of(spark);
    RunSpec.SweepShape shape = isSweep() ? newShape(cluster, trials()) : null;
    RangeIndex index = shape == null ? newIndex(cluster) : shape.index(trials());
    byte[] bytes = NetworkCodec.toBytes(network);
    SortedMap<String, String> configuration =
        RunSpec.configuration(config, UUID.randomUUID().toString(), index, bytes);
    if (shape != null) {
      shape.writeTo(configuration);
    }
    // Whoever goes on with the run may stand in another working directory.
    configuration.put("network", absolute(config.network()));
    configuration.put("input", inputName());
    configuration.put("convention.choices", imported.convention().toString());
    configuration.put("input.kind", input.facts().kind());
    configuration.put("input.fingerprint", input.facts().fingerprint());
    configuration.put("network.notes", String.join("; ", imported.notes()));
    configuration.put("spark.version", spark.version());
    configuration.put("spark.master", spark.master());
    directory.create(
        new RunProvenance(
            Instant.now(),
            Software.current(),
            NumericEnvironment.current(),
            backend,
            config.convention(),
            config.dt(),
            config.seed(),
            digests(),
            configuration),
        bytes);
  }
}
