package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.HostFailedException;
import org.velella.module.HostOperation;
import org.velella.module.Memories;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.Modules;
import org.velella.module.OperationExecutor;
import org.velella.module.Sequential;
import org.velella.module.SingleStepModule;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.Scale;
import org.velella.module.TestModules.StepCounter;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.HostOp;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.simulate.EngineExecutor;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class HostRunnerTest {
  private static final int STEPS = 6;
  private static final int BATCH = 3;
  private static final Shape FEATURES = Shape.of(4);
  private static final int FRAME = BATCH * 4;

  /** Counts steps, fires, doubles, sums: shared and per-sample memories together. */
  public static final class Mixed extends Sequential {
    public Mixed() {
      super(new StepCounter(), new IntegrateAndFire(), new Scale(2), new Accumulator());
    }
  }

  /** Keeps the promises of its dry run only until its input gets large. */
  public static final class Moody extends MemoryModule implements SingleStepModule {
    public Moody() {
      registerMemory("m", MemoryValue.scalar(0));
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      INDArray x = inputs.get(0);
      double top = x.maxNumber().doubleValue();
      if (top > 3) {
        throw new ArithmeticException("too large");
      }
      setMemory("m", MemoryValue.tensor(top > 2 ? x.sum(0) : x));
      return List.of(top > 1 ? x.sum(1) : x);
    }
  }

  private static Plan plan(Class<? extends Module> type, int batch) {
    Network network =
        Network.builder()
            .node("in", new InputOperation(FEATURES))
            .node("host", new HostOperation(type.getName(), Map.of()))
            .node("out", new OutputOperation())
            .edge("in", "host")
            .edge("host", "out")
            .build();
    return Lowering.lower(network, PlanOptions.ofBatch(batch));
  }

  private static HostOp op(Plan plan) {
    return (HostOp) plan.stages().get(0).ops().get(0);
  }

  private static float[][] buffers(Plan plan, float[] input) {
    float[][] values = new float[plan.values().size()][];
    HostOp op = op(plan);
    values[op.input()] = input;
    values[op.output()] = new float[input.length];
    return values;
  }

  private static Tensor[] fresh(Plan plan) {
    return TileMemories.initial(plan, TileParameters.NONE).toArray(new Tensor[0]);
  }

  private static float[] random(SplittableRandom random) {
    float[] input = new float[STEPS * FRAME];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextDouble(-0.5, 1);
    }
    return input;
  }

  private static void assertSame(Tensor[] actual, Tensor[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i].bitEquals(expected[i])).as("memory %d: %s", i, actual[i]).isTrue();
    }
  }

  @Seeded
  void moduleInTheEngineGivesWhatItGivesAlone(SplittableRandom random) {
    float[] input = random(random);
    Plan plan = plan(Mixed.class, BATCH);
    float[][] values = buffers(plan, input);
    Tensor[] memories = fresh(plan);
    new HostRunner(op(plan), plan).run(0, STEPS, values, memories);

    Mixed alone = new Mixed();
    INDArray sequence = NdArrays.toArray(Tensor.of(FEATURES.prepend(BATCH).prepend(STEPS), input));
    INDArray expected = Modules.multiStepForward(sequence, alone);
    assertThat(values[op(plan).output()]).isEqualTo(NdArrays.toTensor(expected).floats());
    List<Tensor> own = Memories.memories(alone).stream().map(MemoryValue::tensor).toList();
    assertSame(memories, own.toArray(new Tensor[0]));
    assertThat(memories[0].longs()).containsExactly(STEPS);
  }

  @Seeded
  void pausesAndOtherRunnersNeverShow(SplittableRandom random) {
    float[] input = random(random);
    for (Class<? extends Module> type : List.of(Mixed.class, IntegrateAndFire.class)) {
      Plan plan = plan(type, BATCH);
      float[][] whole = buffers(plan, input);
      Tensor[] expected = fresh(plan);
      new HostRunner(op(plan), plan).run(0, STEPS, whole, expected);

      float[][] parts = buffers(plan, input);
      Tensor[] memories = fresh(plan);
      int cut = random.nextInt(1, STEPS);
      new HostRunner(op(plan), plan).run(0, cut, parts, memories);
      new HostRunner(op(plan), plan).run(cut, STEPS - cut, parts, memories);
      assertThat(parts[op(plan).output()]).isEqualTo(whole[op(plan).output()]);
      assertSame(memories, expected);
    }
  }

  @Seeded
  void samplesDoNotDependOnTheirTile(SplittableRandom random) {
    float[] input = random(random);
    Plan plan = plan(Mixed.class, BATCH);
    float[][] whole = buffers(plan, input);
    new HostRunner(op(plan), plan).run(0, STEPS, whole, fresh(plan));
    Plan one = plan(Mixed.class, 1);
    HostRunner runner = new HostRunner(op(one), one);
    for (int n = 0; n < BATCH; n++) {
      float[][] values = buffers(one, rows(input, n));
      runner.run(0, STEPS, values, fresh(one));
      assertThat(values[op(one).output()]).isEqualTo(rows(whole[op(plan).output()], n));
    }
  }

  private static float[] rows(float[] values, int sample) {
    float[] rows = new float[STEPS * 4];
    for (int t = 0; t < STEPS; t++) {
      System.arraycopy(values, t * FRAME + sample * 4, rows, t * 4, 4);
    }
    return rows;
  }

  @Test
  void brokenPromisesAndFailuresNameTheNodeAndChangeNothing() {
    Plan plan = plan(Moody.class, BATCH);
    Map<Float, String> messages =
        Map.of(
            1.5f, "gave an output of shape [3], planned is [3, 4]",
            3.5f, ": too large");
    messages.forEach(
        (level, message) -> {
          float[] input = new float[STEPS * FRAME];
          Arrays.fill(input, FRAME, 2 * FRAME, level);
          float[][] values = buffers(plan, input);
          Arrays.fill(values[op(plan).output()], 42);
          Tensor[] memories = fresh(plan);
          assertThatThrownBy(() -> new HostRunner(op(plan), plan).run(0, STEPS, values, memories))
              .isInstanceOf(HostFailedException.class)
              .hasMessageStartingWith("Node 'host' (" + Moody.class.getName() + ")")
              .hasMessageContaining(message);
          assertThat(values[op(plan).output()]).containsOnly(42);
          assertSame(memories, fresh(plan));
        });
  }

  @Test
  void memoryOfAnotherShapeThanPlannedIsRefused() {
    Plan plan = plan(ShrinkingMemory.class, BATCH);
    assertThatThrownBy(
            () -> new HostRunner(op(plan), plan).run(0, 1, buffers(plan, filled(5)), fresh(plan)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("left its memory 'm' as a tensor of FLOAT32 [4]")
        .hasMessageContaining("planned is FLOAT32 [3, 4]");
  }

  /** Keeps its input, but only the sum over the batch when it is not zero. */
  public static final class ShrinkingMemory extends MemoryModule {
    public ShrinkingMemory() {
      registerMemory("m", MemoryValue.scalar(0));
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      INDArray x = inputs.get(0);
      boolean zero = x.maxNumber().doubleValue() == 0;
      setMemory("m", MemoryValue.tensor(zero ? x : x.sum(0)));
      return inputs;
    }
  }

  private static float[] filled(float value) {
    float[] values = new float[STEPS * FRAME];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void runnersUseOneNativeThread() {
    Plan plan = plan(IntegrateAndFire.class, BATCH);
    Nd4j.factory().blas().setMaxThreads(2);
    new HostRunner(op(plan), plan);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(1);
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(1);
  }

  @Seeded
  void engineRunsModulesAmongItsOwnOperations(SplittableRandom random) {
    Tensor input = Tensor.of(FEATURES.prepend(BATCH).prepend(STEPS), random(random));
    HostOperation operation = HostOperation.of(new IntegrateAndFire());
    List<Tensor> start = new ArrayList<>();
    start.add(Tensor.of(FEATURES.prepend(BATCH), new float[FRAME]));
    OperationExecutor.Result result = new EngineExecutor().run(operation, input, start);
    IntegrateAndFire alone = new IntegrateAndFire();
    alone.setStepMode("m");
    Tensor expected = NdArrays.toTensor(alone.forward(NdArrays.toArray(input)));
    assertThat(result.output().bitEquals(expected)).isTrue();
    assertThat(result.memories().get(0).bitEquals(alone.memory("v").tensor())).isTrue();
  }
}
