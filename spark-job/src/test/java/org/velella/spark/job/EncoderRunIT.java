package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.encoding.BernoulliOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Random spikes do not know the cluster. */
class EncoderRunIT {
  private static final int SIZE = 5;
  private static final int STEPS = 120;
  private static final long SEED = 77;

  @TempDir Path folder;

  private static Network network() {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(SIZE)))
        .node("poisson", BernoulliOperation.dense())
        .node("bernoulli", BernoulliOperation.skip(0.5f))
        .node("if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "poisson")
        .edge("input", "bernoulli")
        .edge("poisson", "if")
        .edge("bernoulli", "if")
        .edge("if", "output")
        .build();
  }

  private static Tensor rates() {
    SplittableRandom random = new SplittableRandom(3);
    float[] rates = new float[TestRuns.SAMPLES * SIZE];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = (float) (0.4 * random.nextDouble());
    }
    return Tensor.of(Shape.of(TestRuns.SAMPLES, SIZE), rates);
  }

  private RunConfig.Builder config(String output, long steps) throws IOException {
    Path file = folder.resolve("network.safetensors");
    Files.write(file, NetworkCodec.toBytes(network()));
    return RunConfig.builder()
        .network(file.toString())
        .input(TestRuns.write(folder.resolve("rates.npy"), rates()).toString())
        .output(folder.resolve(output).toString())
        .steps(steps)
        .seed(SEED)
        .backend("scalar")
        .record("spikes")
        .rangeSize(4)
        .tileSize(3);
  }

  @Test
  void partitionsTilesCheckpointsAndBackendsDoNotShow() throws IOException {
    SimulateJob.run(TestSpark.session(), config("one", STEPS).partitions(1).build());
    Path one = folder.resolve("one");
    var spikes = TestRuns.spikes(TestSpark.session(), one);
    assertThat(spikes).hasSizeGreaterThan(1000);
    for (int partitions : new int[] {2, 7}) {
      String name = "p" + partitions;
      RunConfig.Builder config = config(name, STEPS).partitions(partitions).tileSize(partitions);
      config.backend(partitions == 7 ? "vector" : "scalar");
      SimulateJob.run(TestSpark.session(), config.checkpointEvery(50).build());
      TestRuns.assertSameRun(one, folder.resolve(name));
      assertThat(TestRuns.spikes(TestSpark.session(), folder.resolve(name))).isEqualTo(spikes);
    }
  }

  @Test
  void aRunThatIsExtendedFromItsCheckpointIsTheWholeRun() throws IOException {
    SimulateJob.run(TestSpark.session(), config("whole", STEPS).partitions(2).build());
    SimulateJob.run(TestSpark.session(), config("parts", 47).partitions(3).build());
    Path parts = folder.resolve("parts");
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(parts.toString())
            .moreSteps(STEPS - 47)
            .backend("vector")
            .partitions(1)
            .build());
    Path whole = folder.resolve("whole");
    TestRuns.assertSameRun(whole, parts);
    assertThat(TestRuns.spikes(TestSpark.session(), parts))
        .isEqualTo(TestRuns.spikes(TestSpark.session(), whole));
  }

  @Test
  void theRunDrawsWhatTheEngineDrawsForItsSeedAndSampleIds() throws IOException {
    SimulateJob.run(TestSpark.session(), config("run", STEPS).partitions(2).build());
    long[] ids = new long[TestRuns.SAMPLES];
    for (int n = 0; n < ids.length; n++) {
      ids[n] = n;
    }
    TileState end = atOnce(Samples.of(SEED, ids));
    TileState other = atOnce(Samples.of(SEED + 1, ids));
    var rows =
        RunTables.open(TestSpark.session(), folder.resolve("run").toString())
            .results()
            .sort("sample_id")
            .collectAsList();
    assertThat(rows).hasSize(TestRuns.SAMPLES);
    int differing = 0;
    for (int n = 0; n < ids.length; n++) {
      Integer[] counts = new Integer[SIZE];
      Integer[] otherCounts = new Integer[SIZE];
      for (int i = 0; i < SIZE; i++) {
        counts[i] = end.spikeCounts().ints()[n * SIZE + i];
        otherCounts[i] = other.spikeCounts().ints()[n * SIZE + i];
      }
      assertThat(rows.get(n).<Integer>getList(2)).containsExactly(counts);
      differing += java.util.Arrays.equals(counts, otherCounts) ? 0 : 1;
    }
    assertThat(differing).isGreaterThan(TestRuns.SAMPLES / 2);
  }

  private static TileState atOnce(Samples samples) {
    float[] rates = rates().floats();
    TileParameters tile = TileParameters.NONE.with(samples);
    try (Simulator simulator =
        new Simulator(
            network(), Backends.load().named("scalar"), Probes.NONE, SimulatorOptions.DEFAULT)) {
      return simulator.run(
          simulator.initial(TestRuns.SAMPLES, tile),
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              System.arraycopy(rates, 0, target, t * rates.length, rates.length);
            }
          },
          STEPS,
          tile,
          RecordSink.NONE);
    }
  }
}
