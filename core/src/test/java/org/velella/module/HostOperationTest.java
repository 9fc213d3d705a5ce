package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.row;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Counter;
import org.velella.module.TestModules.Delay;
import org.velella.module.TestModules.Inner;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.OverLength;
import org.velella.module.TestModules.Scale;
import org.velella.module.TestModules.StepCounter;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class HostOperationTest {
  /** Passes its input on after a step that subclasses define. */
  public abstract static class Passing extends MemoryModule {
    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      step(inputs.get(0));
      return inputs;
    }

    abstract void step(INDArray x);
  }

  public static final class StartsEmpty extends Passing {
    public StartsEmpty() {
      registerMemory("trace", MemoryValue.empty());
    }

    @Override
    void step(INDArray x) {
      setMemory("trace", MemoryValue.tensor(x));
    }
  }

  /** Empty until materialize makes a tensor of it. */
  public static final class MaterializedTrace extends MemoryModule {
    public MaterializedTrace() {
      registerMemory("trace", MemoryValue.empty());
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      boolean empty = memories.get(0).kind() == MemoryValue.Kind.EMPTY;
      INDArray x = mode == StepMode.SINGLE_STEP ? inputs.get(0) : inputs.get(0).slice(0);
      return empty ? List.of(MemoryValue.tensor(x.mul(0).add(0.5))) : memories;
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray trace = memories.get(0).array().mul(0.5).add(inputs.get(0));
      return StepResult.of(trace, MemoryValue.tensor(trace));
    }
  }

  public static final class StartsAtHalf extends Passing {
    public StartsAtHalf() {
      registerMemory("v", MemoryValue.scalar(0.5));
    }

    @Override
    void step(INDArray x) {
      setMemory("v", MemoryValue.tensor(x.castTo(DataType.DOUBLE)));
    }
  }

  public static final class SharedVector extends Passing {
    public SharedVector() {
      registerMemory("mean", MemoryValue.tensor(row(1, 2)));
      registerMemory("seen", MemoryValue.tensor(Nd4j.createFromArray(true, false, true)));
    }

    @Override
    void step(INDArray x) {
      setMemory("mean", MemoryValue.tensor(x.mean(0)));
    }
  }

  public static final class Shrinking extends Passing {
    public Shrinking() {
      registerMemory("m", MemoryValue.tensor(row(1, 2)));
    }

    @Override
    void step(INDArray x) {
      setMemory("m", MemoryValue.tensor(row(1)));
    }
  }

  public static final class Changing extends Passing {
    public Changing() {
      registerMemory("m", MemoryValue.tensor(row(1)));
    }

    @Override
    void step(INDArray x) {
      setMemory("m", MemoryValue.tensor(Nd4j.createFromArray(1.0)));
    }
  }

  public static final class DiffersBySample extends MemoryModule {
    public DiffersBySample() {
      registerMemory("id", MemoryValue.empty());
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      int batch = mode == StepMode.SINGLE_STEP ? 0 : 1;
      return List.of(MemoryValue.tensor(Nd4j.arange(inputs.get(0).size(batch))));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      return new StepResult(inputs, memories);
    }
  }

  public static final class Nested extends Sequential {
    public Nested() {
      super(new Accumulator(), new Sequential(new StepCounter()));
    }
  }

  public static final class Doubles extends Module {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return List.of(inputs.get(0).castTo(DataType.DOUBLE));
    }
  }

  public static final class SumsBatch extends Module {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return List.of(inputs.get(0).sum(0));
    }
  }

  public static final class TwoOutputs extends Module {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return List.of(inputs.get(0), inputs.get(0));
    }
  }

  public static final class FailsWhenBuilt extends Module {
    public FailsWhenBuilt() {
      throw new IllegalStateException("no weights");
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  public static final class NeedsNumber extends Module {
    public NeedsNumber(int number) {
      registerModule("scale", new Scale(number));
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  private static final class Hidden extends Module {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  private static HostOperation operation(Class<?> type) {
    return new HostOperation(type.getName(), Map.of());
  }

  private static void assertMemory(
      MemorySpec spec, String name, MemoryScope scope, Tensor initial) {
    assertThat(spec.name()).isEqualTo(name);
    assertThat(spec.scope()).isEqualTo(scope);
    assertThat(spec.initial().bitEquals(initial)).as(spec.initial().toString()).isTrue();
  }

  @Test
  void classNameAndArgumentsBuildAnEqualModule() {
    HostOperation operation = HostOperation.of(new Scale(3));
    assertThat(operation)
        .isEqualTo(new HostOperation(Scale.class.getName(), Map.of("scale", "3.0")));
    assertThat(operation.kind()).isEqualTo(Scale.class.getName());
    assertThat(floats(operation.instantiate().forward(row(1, 2)))).containsExactly(3, 6);
    assertThat(operation.instantiate()).isNotSameAs(operation.instantiate());
  }

  @Test
  void tensorsWithTheBatchFirstBelongToSamples() {
    HostOperation operation = operation(IntegrateAndFire.class);
    assertThat(operation.outputShape(Shape.of(4))).isEqualTo(Shape.of(4));
    List<MemorySpec> memories = operation.memories(Shape.of(4));
    assertThat(memories).hasSize(1);
    assertMemory(
        memories.get(0), "v", MemoryScope.PER_SAMPLE, Tensor.of(Shape.of(4), new float[4]));
  }

  @Test
  void scalarStartsEverySampleInTheTypeThatTheModuleKeeps() {
    assertMemory(
        operation(StartsAtHalf.class).memories(Shape.of(2)).get(0),
        "v",
        MemoryScope.PER_SAMPLE,
        Tensor.of(Shape.of(2), new double[] {0.5, 0.5}));
  }

  @Test
  void materializedMemoryStartsFromWhatTheHookGives() {
    assertMemory(
        operation(MaterializedTrace.class).memories(Shape.of(2)).get(0),
        "trace",
        MemoryScope.PER_SAMPLE,
        Tensor.of(Shape.of(2), new float[] {0.5f, 0.5f}));
  }

  @Test
  void numbersAndTensorsWithoutBatchAreShared() {
    assertMemory(
        operation(StepCounter.class).memories(Shape.of(2)).get(0),
        "step",
        MemoryScope.SHARED,
        Tensor.of(Shape.SCALAR, new long[] {0}));
    assertMemory(
        operation(Inner.class).memories(Shape.of(2)).get(0),
        "inner",
        MemoryScope.SHARED,
        Tensor.of(Shape.SCALAR, new double[] {0}));
    HostOperation counter = operation(Counter.class);
    assertThat(counter.outputShape(Shape.of(3))).isEqualTo(Shape.of(2));
    assertMemory(
        counter.memories(Shape.of(3)).get(0),
        "counter",
        MemoryScope.SHARED,
        Tensor.of(Shape.SCALAR, new float[] {0}));
    List<MemorySpec> vectors = operation(SharedVector.class).memories(Shape.of(2));
    assertMemory(
        vectors.get(0), "mean", MemoryScope.SHARED, Tensor.of(Shape.of(2), new float[] {1, 2}));
    assertMemory(
        vectors.get(1),
        "seen",
        MemoryScope.SHARED,
        Tensor.of(DType.BOOL, Shape.of(3), new byte[] {1, 0, 1}));
  }

  @Test
  void memoriesOfNestedModulesHaveTheirPaths() {
    assertThat(operation(Nested.class).memories(Shape.of(1)))
        .extracting(MemorySpec::name)
        .containsExactly("0.v", "1.0.step");
  }

  @Test
  void moduleForSequencesOnlyIsDescribedPerStep() {
    HostOperation operation = operation(OverLength.class);
    assertThat(operation.outputShape(Shape.of(2, 3))).isEqualTo(Shape.of(2, 3));
    assertThat(operation.memories(Shape.of(2, 3))).isEmpty();
  }

  @Test
  void memoriesThatNoArrayCanHoldAreRefused() {
    assertThatThrownBy(() -> operation(Delay.class).memories(Shape.of(2)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("'queue'")
        .hasMessageContaining("one tensor");
    assertThatThrownBy(() -> operation(StartsEmpty.class).memories(Shape.of(2)))
        .hasMessageContaining("'trace' is empty before the first step")
        .hasMessageContaining("materialize");
    assertThatThrownBy(() -> operation(Changing.class).memories(Shape.of(2)))
        .hasMessageContaining("'m' turns from FLOAT32 [1] to FLOAT64 [1]");
    assertThatThrownBy(() -> operation(Shrinking.class).memories(Shape.of(2)))
        .hasMessageContaining("'m' turns from FLOAT32 [2] to FLOAT32 [1]");
    assertThatThrownBy(() -> operation(DiffersBySample.class).memories(Shape.of(2)))
        .hasMessageContaining("different values of its memory 'id'");
  }

  @Test
  void outputsThatTheEngineCannotCarryAreRefused() {
    assertThatThrownBy(() -> operation(Doubles.class).outputShape(Shape.of(2)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("DOUBLE");
    assertThatThrownBy(() -> operation(SumsBatch.class).outputShape(Shape.of(5)))
        .hasMessageContaining("batch must be the first axis");
    assertThatThrownBy(() -> operation(TwoOutputs.class).outputShape(Shape.of(5)))
        .hasMessageContaining("2 outputs");
    assertThatThrownBy(() -> operation(Counter.class).outputShape(Shape.of(7)))
        .hasMessageContaining("[2, 7]");
  }

  @Test
  void classesThatCannotBeUsedSayWhy() {
    assertThatThrownBy(() -> new HostOperation("org.example.Missing", Map.of()).instantiate())
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("org.example.Missing")
        .hasMessageContaining("class path");
    assertThatThrownBy(() -> operation(String.class).instantiate())
        .hasMessageContaining("not a subclass of org.velella.module.Module");
    assertThatThrownBy(() -> operation(Passing.class).instantiate())
        .hasMessageContaining("not abstract");
    assertThatThrownBy(() -> HostOperation.of(new Hidden())).hasMessageContaining("public");
    assertThatThrownBy(() -> operation(NeedsNumber.class).instantiate())
        .hasMessageContaining("Map<String, String>");
    assertThatThrownBy(
            () -> new HostOperation(Doubles.class.getName(), Map.of("a", "1")).instantiate())
        .hasMessageContaining("[a]");
    assertThatThrownBy(() -> operation(FailsWhenBuilt.class).instantiate())
        .hasMessageContaining("no weights")
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void contextClassLoaderIsAskedFirst() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader own = new Redefining(before, Doubles.class.getName());
    thread.setContextClassLoader(own);
    try {
      assertThat(operation(Doubles.class).instantiate().getClass().getClassLoader()).isSameAs(own);
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertThat(operation(Doubles.class).instantiate()).isInstanceOf(Doubles.class);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Defines one class anew instead of asking its parent. */
  private static final class Redefining extends ClassLoader {
    private final String name;

    Redefining(ClassLoader parent, String name) {
      super(parent);
      this.name = name;
    }

    @Override
    protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
      if (!wanted.equals(name)) {
        return super.loadClass(wanted, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
