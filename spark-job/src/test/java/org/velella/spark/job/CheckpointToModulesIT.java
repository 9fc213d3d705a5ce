package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.checkpoint.Checkpoint;
import org.velella.checkpoint.RangeState;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkModule;
import org.velella.simulate.OutputMetrics;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What Spark has simulated goes on in plain Java, without Spark, as if it had stayed there. */
class CheckpointToModulesIT {
  private static final int BEFORE = 120;
  private static final int MORE = 80;

  @TempDir Path folder;

  @Test
  void stepsInPlainJavaGiveTheBitsOfAResume() throws IOException {
    RunConfig config =
        TestRuns.config(folder, "run", BEFORE).checkpointEvery(50).partitions(3).build();
    SimulateJob.run(TestSpark.session(), config);
    Path run = folder.resolve("run");
    Checkpoint checkpoint = Checkpoint.open(run);
    RangeState then = checkpoint.whole();
    MemoryList memories = checkpoint.memories();
    ResumeJob.run(
        TestSpark.session(), ResumeConfig.builder(run.toString()).moreSteps(MORE).build());

    byte[] network = Files.readAllBytes(TestRuns.networkFile(run));
    NetworkModule module = new NetworkModule(NetworkCodec.fromBytes(network));
    Modules.setStepMode(module, StepMode.MULTI_STEP);
    Memories.loadMemories(module, memories);
    NetworkModule functional = new NetworkModule(NetworkCodec.fromBytes(network));
    Modules.setStepMode(functional, StepMode.MULTI_STEP);
    StepResult result =
        Memories.toFunctionalForward(functional).run(List.of(NdArrays.toArray(input())), memories);
    INDArray spikes = module.forward(NdArrays.toArray(input()));

    Checkpoint resumed = Checkpoint.open(run);
    assertThat(resumed.whole().step()).isEqualTo(BEFORE + MORE);
    MemoryList expected = resumed.memories();
    MemoryList actual = Memories.extractMemories(module);
    assertThat(actual.names()).isEqualTo(expected.names()).isNotEmpty();
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).tensor().bitEquals(expected.get(i).tensor()))
          .as(actual.names().get(i))
          .isTrue();
      assertThat(actual.get(i).tensor().bitEquals(memories.get(i).tensor()))
          .as("%s has changed", actual.names().get(i))
          .isFalse();
    }
    assertThat(NdArrays.toTensor(result.outputs().get(0)).bitEquals(NdArrays.toTensor(spikes)))
        .isTrue();
    for (int i = 0; i < expected.size(); i++) {
      assertThat(result.memories().get(i).tensor().bitEquals(expected.get(i).tensor())).isTrue();
    }
    int[] counts = then.accumulators().get(OutputMetrics.SPIKE_COUNTS).ints().clone();
    float[] all = NdArrays.toTensor(spikes).floats();
    for (int i = 0; i < all.length; i++) {
      counts[i % counts.length] += (int) all[i];
    }
    int[] counted = resumed.whole().accumulators().get(OutputMetrics.SPIKE_COUNTS).ints();
    assertThat(counted).isEqualTo(counts);
  }

  /** The steps that the resume runs: {@code [T, N, F]}. */
  private static Tensor input() {
    float[][] values = TestTables.valuesOfSamples(BEFORE + MORE);
    float[] input = new float[MORE * TestRuns.SAMPLES * TestNetwork.INPUTS];
    // The whole file's events are drawn in one row, so those of a shorter file are its beginning.
    for (int t = 0; t < MORE; t++) {
      for (int n = 0; n < TestRuns.SAMPLES; n++) {
        System.arraycopy(
            values[n],
            (BEFORE + t) * TestNetwork.INPUTS,
            input,
            (t * TestRuns.SAMPLES + n) * TestNetwork.INPUTS,
            TestNetwork.INPUTS);
      }
    }
    return Tensor.of(Shape.of(MORE, TestRuns.SAMPLES, TestNetwork.INPUTS), input);
  }
}
