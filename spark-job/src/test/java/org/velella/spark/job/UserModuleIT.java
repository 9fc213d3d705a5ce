package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.checkpoint.Checkpoint;
import org.velella.layer.Linear;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.NetworkCodec;
import org.velella.network.Networks;
import org.velella.neuron.IfNode;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A module that a user wrote runs on Spark, between built-in ones, with its own memory. */
class UserModuleIT {
  private static final int SIZE = 3;
  private static final int STEPS = 60;

  @TempDir Path folder;

  /** y = the trace of x, which halves at every step. */
  public static final class HalvingTrace extends MemoryModule {
    public HalvingTrace() {
      registerMemory("trace", MemoryValue.scalar(0));
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return materializeLike(inputs, memories, mode);
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray trace = memories.get(0).array().mul(0.5f).add(inputs.get(0));
      return new StepResult(List.of(trace), List.of(MemoryValue.tensor(trace)));
    }
  }

  private static Sequential modules() {
    float[] weights = {0.25f, -0.5f, 0.75f, 1, 0.125f, -0.25f, 0.5f, 0.375f, 0.625f};
    return new Sequential(
        new Linear(NdArrays.toArray(Tensor.of(Shape.of(SIZE, SIZE), weights))),
        new HalvingTrace(),
        new IfNode());
  }

  private static Tensor input() {
    SplittableRandom random = new SplittableRandom(11);
    float[] values = new float[STEPS * TestRuns.SAMPLES * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(4);
    }
    return Tensor.of(Shape.of(STEPS, TestRuns.SAMPLES, SIZE), values);
  }

  private Path simulate(String name, int steps) throws IOException {
    Path network = folder.resolve("network.safetensors");
    Files.write(network, NetworkCodec.toBytes(Networks.fromModule(modules(), Shape.of(SIZE))));
    Path run = folder.resolve(name);
    SimulateJob.run(
        TestSpark.session(),
        RunConfig.builder()
            .network(network.toString())
            .input(TestRuns.write(folder.resolve("input.npy"), input()).toString())
            .steps(steps)
            .rangeSize(4)
            .tileSize(3)
            .partitions(3)
            .output(run.toString())
            .build());
    return run;
  }

  @Test
  void countsAndMemoriesAreThoseOfTheModulesThemselves() throws IOException {
    Path run = simulate("run", 25);
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).moreSteps(STEPS - 25).partitions(2).build());

    Sequential modules = modules();
    Modules.setStepMode(modules, StepMode.MULTI_STEP);
    INDArray spikes = modules.forward(NdArrays.toArray(input()));
    INDArray counts = spikes.sum(0).castTo(DataType.INT32);
    assertThat(counts.sumNumber().intValue()).isGreaterThan(1000);
    var rows =
        RunTables.open(TestSpark.session(), run.toString())
            .results()
            .sort("sample_id")
            .select("spike_counts")
            .collectAsList();
    assertThat(rows).hasSize(TestRuns.SAMPLES);
    for (int n = 0; n < rows.size(); n++) {
      assertThat(rows.get(n).<Integer>getList(0))
          .containsExactly(counts.getInt(n, 0), counts.getInt(n, 1), counts.getInt(n, 2));
    }

    Sequential loaded = modules();
    Memories.loadMemories(loaded, Checkpoint.open(run).memories());
    MemoryList expected = Memories.extractMemories(modules);
    MemoryList actual = Memories.extractMemories(loaded);
    assertThat(actual.names()).isEqualTo(expected.names()).containsExactly("1.trace", "2.v");
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).tensor().bitEquals(expected.get(i).tensor()))
          .as(expected.names().get(i))
          .isTrue();
    }
  }
}
