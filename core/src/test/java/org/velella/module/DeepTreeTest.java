package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Scale;

/** Where the seed raises RecursionError: trees far deeper than a stack, and modules in a circle. */
class DeepTreeTest {
  private static final int LEVELS = 10_000;

  /** Each level takes several frames, so a small stack ends long before. */
  private static final int CALLERS = 5_000;

  /** A compiled call may take a few bytes only; no stack frame is this small. */
  private static final int PASSERS = 100_000;

  private static final int SMALL_STACK = 256 * 1024;

  /** Runs its child from its own forward, so that every level takes stack; counts its calls. */
  private static final class Caller extends MemoryModule {
    private final Module child;

    Caller(Module child) {
      registerMemory("calls", MemoryValue.integer(0));
      this.child = registerModule("child", child);
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      setMemory("calls", MemoryValue.integer((long) memory("calls").number() + 1));
      return child.forward(inputs);
    }
  }

  /** Passes its input to its child without remembering anything. */
  private static final class Passes extends Module {
    private final Module child;

    Passes(Module child) {
      this.child = registerModule("child", child);
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return child.forward(inputs);
    }
  }

  /** What a small stack throws. */
  private static Throwable thrownWithSmallStack(Runnable action) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(null, () -> thrown.set(catchThrowable(action::run)), "small stack", SMALL_STACK);
    thread.start();
    thread.join();
    return thrown.get();
  }

  private static void requireTooDeep(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("deeper than this thread's stack")
        .hasMessageContaining("larger stack")
        .hasCauseInstanceOf(StackOverflowError.class);
    assertThat(((ModuleException) thrown).error()).isEqualTo(ModuleError.TOO_DEEP);
  }

  @Test
  void deeplyNestedSequencesRun() throws InterruptedException {
    Accumulator leaf = new Accumulator();
    Module nested = leaf;
    for (int level = 0; level < LEVELS; level++) {
      nested = new Sequential(nested);
    }
    Module net = nested;
    assertThat(thrownWithSmallStack(() -> net.forward(List.of(row(1, 2))))).isNull();
    assertThat(leaf.memory("v")).isEqualTo(tensor(1, 2));
    StepResult result =
        Memories.toFunctionalForward(net).run(List.of(row(1, 2)), List.of(tensor(10, 20)));
    assertThat(floats(result.output())).containsExactly(11, 22);
    assertThat(leaf.memory("v")).isEqualTo(tensor(1, 2));
    Modules.resetNet(net);
    assertThat(leaf.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void forwardThatNeedsMoreStackSaysSoAndChangesNoMemory() throws InterruptedException {
    Module nested = new Accumulator();
    for (int level = 0; level < CALLERS; level++) {
      nested = new Caller(nested);
    }
    Module net = nested;
    List<MemoryValue> before = Memories.memories(net);
    requireTooDeep(thrownWithSmallStack(() -> net.forward(List.of(row(1)))));
    assertThat(Memories.memories(net)).isEqualTo(before);
  }

  @Test
  void functionalForwardThatNeedsMoreStackRestoresTheModule() throws InterruptedException {
    Accumulator leaf = new Accumulator(3);
    Module nested = leaf;
    for (int level = 0; level < PASSERS; level++) {
      nested = new Passes(nested);
    }
    FunctionalForward forward = Memories.toFunctionalForward(nested);
    requireTooDeep(
        thrownWithSmallStack(() -> forward.run(List.of(row(1)), List.of(MemoryValue.scalar(8)))));
    assertThat(leaf.memory("v")).isEqualTo(MemoryValue.scalar(3));
  }

  @Test
  void sequenceThatHoldsItselfIsRefused() {
    Accumulator first = new Accumulator();
    Sequential outer = new Sequential(first);
    Sequential inner = new Sequential(new Scale(2), outer);
    outer.append(inner);
    Throwable thrown = catchThrowable(() -> outer.forward(row(1)));
    assertThat(thrown).hasMessage("A Sequential holds itself, so its forward would never end");
    assertThat(((ModuleException) thrown).error()).isEqualTo(ModuleError.TOO_DEEP);
    assertThat(first.memory("v")).isEqualTo(MemoryValue.scalar(0));
    assertThat(Memories.extractMemories(outer).names()).containsExactly("0.v");
  }

  @Test
  void sequenceThatComesTwiceRunsTwice() {
    Sequential twice = new Sequential(new Accumulator());
    // 1, then 1 + 1
    assertThat(floats(new Sequential(twice, new Sequential(twice)).forward(row(1))))
        .containsExactly(2);
  }
}
