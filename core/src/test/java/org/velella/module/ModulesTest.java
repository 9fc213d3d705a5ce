package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Delay;
import org.velella.module.TestModules.FailsOnNegative;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.Outer;
import org.velella.module.TestModules.OverLength;
import org.velella.module.TestModules.Scale;
import org.velella.module.TestModules.StepCounter;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class ModulesTest {
  /** Remembers the lengths of the sequences that it was given. */
  private static final class Lengths extends Module {
    final List<Long> seen = new ArrayList<>();

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      seen.add(inputs.get(0).size(0));
      return inputs;
    }
  }

  private static ModuleError errorOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return ((ModuleException) org.assertj.core.api.Assertions.catchThrowable(call)).error();
  }

  private static INDArray random(SplittableRandom random, int... dims) {
    Tensor tensor = Tensor.of(Shape.of(dims), new float[Shape.of(dims).size()]);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) random.nextDouble(-0.25, 1);
    }
    return NdArrays.toArray(tensor);
  }

  @Test
  void resetReachesEveryModuleAndIsIdempotent() {
    Sequential net =
        new Sequential(
            new Accumulator(), new Sequential(new Scale(2), new Accumulator(0.5)), new Delay());
    List<MemoryValue> fresh = Memories.memories(net);
    net.forward(row(1, 2));
    assertThat(Memories.memories(net)).isNotEqualTo(fresh);
    Modules.resetNet(net);
    assertThat(Memories.memories(net)).isEqualTo(fresh);
    Modules.resetNet(net);
    assertThat(Memories.memories(net)).isEqualTo(fresh);
  }

  @Test
  void modulesAddedLaterAreResetToo() {
    Sequential net = new Sequential(new Accumulator());
    Modules.resetNet(net);
    Accumulator late = new Accumulator();
    net.append(late);
    net.forward(row(1));
    Modules.resetNet(net);
    assertThat(late.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void failingResetChangesNoMemory() {
    Accumulator first = new Accumulator();
    Accumulator second = new Accumulator();
    Sequential net = new Sequential(first, second);
    net.forward(row(1));
    second.clearResetValue("v");
    assertThat(errorOf(() -> Modules.resetNet(net))).isEqualTo(ModuleError.NO_RESET_VALUE);
    assertThat(first.memory("v")).isEqualTo(tensor(1));
  }

  @Test
  void detachedNetKeepsItsValues() {
    Sequential net = new Sequential(new Accumulator(), new Accumulator());
    INDArray input = row(1, 2);
    net.forward(input);
    List<MemoryValue> before = Memories.memories(net);
    Modules.detachNet(net);
    input.close();
    assertThat(Memories.memories(net)).isEqualTo(before).containsOnly(tensor(1, 2));
  }

  @Test
  void stepModeReachesEveryModuleOutsideContainers() {
    Accumulator outside = new Accumulator();
    Accumulator inside = new Accumulator();
    Accumulator deepInside = new Accumulator();
    Sequential net =
        new Sequential(outside, new MultiStepContainer(inside, new Sequential(deepInside)));
    Modules.setStepMode(net, "m");
    assertThat(outside.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    assertThat(inside.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
    assertThat(deepInside.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
  }

  @Test
  void modeThatOneModuleLacksChangesNoMode() {
    Accumulator first = new Accumulator();
    first.setStepMode("m");
    Sequential net = new Sequential(first, new Sequential(new OverLength()));
    assertThatThrownBy(() -> Modules.setStepMode(net, StepMode.SINGLE_STEP))
        .hasMessage("step_mode can only be ('m',), but got \"s\"! (OverLength '1.0')");
    assertThat(first.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    assertThatThrownBy(() -> Modules.setStepMode(net, "x"))
        .hasMessage("step_mode can only be ('s', 'm'), but got \"x\"!");
  }

  @Test
  void backendThatAModuleLacksIsReportedAndNotSet() {
    Accumulator module = new Accumulator();
    assertThatThrownBy(() -> module.setBackend("cupy"))
        .isInstanceOf(ModuleException.class)
        .hasMessageStartingWith("cupy is not a supported backend of Accumulator!");
    Sequential net = new Sequential(module, new Scale(1), new Delay());
    assertThat(Modules.setBackend(net, "cupy")).isEqualTo(Map.of("0", "nd4j", "2", "nd4j"));
    assertThat(Modules.setBackend(net, "nd4j", Delay.class)).isEqualTo(Map.of("2", "nd4j"));
    assertThat(module.supportedBackends()).containsExactly("nd4j");
  }

  @Test
  void multiStepForwardRunsModulesStepByStep() {
    INDArray sequence = Nd4j.createFromArray(new float[][] {{1, 0}, {2, 1}, {3, 1}});
    INDArray outputs =
        Modules.multiStepForward(sequence, new Accumulator(), new Scale(10), new Accumulator());
    // running sums 1, 3, 6 and 0, 1, 2; tenfold; summed again
    assertThat(outputs.shape()).containsExactly(3, 2);
    assertThat(floats(outputs)).containsExactly(10, 0, 40, 10, 100, 30);
  }

  @Test
  void multiStepForwardThatFailsChangesNoMemory() {
    Accumulator first = new Accumulator();
    FailsOnNegative second = new FailsOnNegative();
    assertThatThrownBy(() -> Modules.multiStepForward(row(1, 1, -5), first, new Scale(1), second))
        .isInstanceOf(ArithmeticException.class);
    assertThat(first.memory("v")).isEqualTo(MemoryValue.scalar(0));
    assertThat(second.memory("sum")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void multiStepForwardOverNoStepsKeepsMemories() {
    Accumulator module = new Accumulator();
    INDArray none = Modules.multiStepForward(Nd4j.create(DataType.FLOAT, 0, 4), module);
    assertThat(none.shape()).containsExactly(0, 4);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void modulesInTheOtherModeAreRefusedWhereTheyWouldMisreadTheirInputs() {
    Accumulator sequences = new Accumulator();
    sequences.setStepMode("m");
    assertThatThrownBy(
            () -> Modules.multiStepForward(row(1, 2), new Scale(1), new Sequential(sequences)))
        .isInstanceOf(ModuleException.class)
        .hasMessage(
            "multiStepForward cannot run Accumulator '1.0', which is in step mode 'm' and would"
                + " take samples for steps; call setStepMode(\"s\") on it");
    assertThatThrownBy(
            () -> Modules.chunkMultiStepForward(2, row(1, 2), new Sequential(new Accumulator())))
        .hasMessage(
            "chunkMultiStepForward cannot run Accumulator '0', which is in step mode 's' and would"
                + " take steps for samples; call setStepMode(\"m\") on it");
    assertThat(sequences.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void stepModeLeavesTheChildrenOfModulesAloneThatStepThroughSequencesThemselves() {
    Outer outer = new Outer();
    Modules.setStepMode(new Sequential(outer), "m");
    assertThat(outer.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    assertThat(outer.inner.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
    outer.forward(row(1, 1, 1));
    assertThat(Memories.memories(outer))
        .containsExactly(MemoryValue.scalar(6), MemoryValue.scalar(3));
  }

  @Test
  void multiStepForwardWithoutTimeAxisIsRefused() {
    assertThat(errorOf(() -> Modules.multiStepForward(Nd4j.scalar(1f), new Accumulator())))
        .isEqualTo(ModuleError.INPUT_SHAPE);
  }

  @Seeded
  void chunksGiveTheWhole(SplittableRandom random) {
    INDArray sequence = random(random, 7, 2, 3);
    IntegrateAndFire whole = new IntegrateAndFire();
    whole.setStepMode("m");
    INDArray expected = whole.forward(sequence);
    for (int size : new int[] {1, 3, 7, 100}) {
      IntegrateAndFire module = new IntegrateAndFire();
      module.setStepMode("m");
      assertThat(Modules.chunkMultiStepForward(size, sequence, module)).isEqualTo(expected);
      assertThat(module.memories()).isEqualTo(whole.memories());
    }
  }

  @Test
  void lastChunkIsShorter() {
    Lengths lengths = new Lengths();
    INDArray outputs = Modules.chunkMultiStepForward(3, row(1, 2, 3, 4, 5, 6, 7), lengths);
    assertThat(lengths.seen).containsExactly(3L, 3L, 1L);
    assertThat(floats(outputs)).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThatThrownBy(() -> Modules.chunkMultiStepForward(0, row(1), lengths))
        .hasMessageContaining("at least 1");
  }

  @Test
  void chunkSizeNearTheIntegerLimitIsOneChunk() {
    Lengths lengths = new Lengths();
    Modules.chunkMultiStepForward(Integer.MAX_VALUE, row(1, 2), lengths);
    assertThat(lengths.seen).containsExactly(2L);
  }

  @Test
  void seqToAnnForwardTreatsEveryStepAsASample() {
    Lengths lengths = new Lengths();
    INDArray sequence = Nd4j.arange(12).castTo(DataType.FLOAT).reshape(3, 2, 2);
    INDArray outputs = Modules.seqToAnnForward(sequence, lengths, new Scale(2));
    assertThat(lengths.seen).containsExactly(6L);
    assertThat(outputs.shape()).containsExactly(3, 2, 2);
    assertThat(outputs.getFloat(2, 1, 1)).isEqualTo(22);
  }

  @Test
  void seqToAnnForwardNeedsEqualLeadingAxes() {
    Module second =
        new Module() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return List.of(inputs.get(1), inputs.get(0));
          }
        };
    INDArray a = Nd4j.zeros(DataType.FLOAT, 3, 2);
    INDArray b = Nd4j.ones(DataType.FLOAT, 3, 2, 4);
    List<INDArray> outputs = Modules.seqToAnnForward(List.of(a, b), second);
    assertThat(outputs.get(0)).isEqualTo(b);
    assertThat(outputs.get(1)).isEqualTo(a);
    assertThat(
            errorOf(
                () ->
                    Modules.seqToAnnForward(List.of(a, Nd4j.zeros(DataType.FLOAT, 3, 5)), second)))
        .isEqualTo(ModuleError.INPUT_SHAPE);
    assertThat(errorOf(() -> Modules.seqToAnnForward(row(1, 2), new Scale(1))))
        .isEqualTo(ModuleError.INPUT_SHAPE);
  }

  @Test
  void seqToAnnForwardRefusesModulesWithMemories() {
    assertThatThrownBy(
            () ->
                Modules.seqToAnnForward(
                    Nd4j.zeros(DataType.FLOAT, 3, 2), new Scale(1), new Accumulator()))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("'1.v'");
  }

  @Test
  void seqToAnnForwardRefusesOutputsThatLostSamples() {
    Module sum =
        new Module() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return List.of(inputs.get(0).sum(0));
          }
        };
    assertThatThrownBy(() -> Modules.seqToAnnForward(Nd4j.zeros(DataType.FLOAT, 3, 2, 5), sum))
        .hasMessageContaining("[5]")
        .hasMessageContaining("T * N = 6");
  }

  @Test
  void resizedBatchKeepsTheFirstSamplesAndStartsNewOnesFresh() {
    Sequential net = new Sequential(new Accumulator(0.5), new StepCounter());
    net.forward(row(1, 2, 3));
    Modules.resizeBatch(net, 2);
    assertThat(Memories.memories(net)).containsExactly(tensor(1.5f, 2.5f), MemoryValue.integer(1));
    Modules.resizeBatch(net, 4);
    assertThat(Memories.memories(net).get(0)).isEqualTo(tensor(1.5f, 2.5f, 0.5f, 0.5f));
    assertThat(floats(net.forward(row(0, 0, 0, 0)))).containsExactly(2.5f, 3.5f, 1.5f, 1.5f);
  }

  @Test
  void resizeThatOneMemoryCannotTakeChangesNone() {
    Accumulator first = new Accumulator();
    Sequential net = new Sequential(first, new Delay());
    net.forward(row(1, 2));
    assertThatThrownBy(() -> Modules.resizeBatch(net, 1))
        .hasMessageContaining("'queue'")
        .hasMessageContaining("resizeBatch");
    assertThat(first.memory("v")).isEqualTo(tensor(1, 2));
  }
}
