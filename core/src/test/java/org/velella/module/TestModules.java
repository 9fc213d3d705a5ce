package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Small modules with results that can be worked out by hand. */
public final class TestModules {
  private TestModules() {}

  static INDArray row(float... values) {
    return Nd4j.createFromArray(values);
  }

  static INDArray number(float value) {
    return Nd4j.scalar(value);
  }

  static MemoryValue tensor(float... values) {
    return MemoryValue.tensor(row(values));
  }

  static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  /** y = scale * x, without memories. */
  public static class Scale extends Module {
    private final float scale;

    public Scale(float scale) {
      this.scale = scale;
    }

    public Scale(Map<String, String> arguments) {
      this(Float.parseFloat(arguments.get("scale")));
    }

    @Override
    protected Map<String, String> arguments() {
      return Map.of("scale", Float.toString(scale));
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      INDArray x = inputs.get(0);
      return List.of(x.isEmpty() ? x : x.mul(scale));
    }
  }

  /** y = x W, without memories. */
  public static class Linear extends Module {
    private final INDArray weight;

    public Linear(INDArray weight) {
      this.weight = weight;
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return List.of(inputs.get(0).mmul(weight));
    }
  }

  /** v' = v + charge(x); y = v', from v = start. */
  public static class Accumulator extends MemoryModule {
    public Accumulator() {
      this(0);
    }

    public Accumulator(double start) {
      registerMemory("v", MemoryValue.scalar(start));
    }

    protected INDArray charge(INDArray x) {
      return x;
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return materializeLike(inputs, memories, mode);
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray v = memories.get(0).array().addi(charge(inputs.get(0)));
      return StepResult.of(v, MemoryValue.tensor(v));
    }
  }

  /** Integrate and fire with hard reset to 0. */
  public static class IntegrateAndFire extends MemoryModule {
    private final float threshold;

    public IntegrateAndFire() {
      this(1);
    }

    public IntegrateAndFire(float threshold) {
      this.threshold = threshold;
      registerMemory("v", MemoryValue.scalar(0));
    }

    protected INDArray charge(INDArray v, INDArray x) {
      return v.add(x);
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return materializeLike(inputs, memories, mode);
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray h = charge(memories.get(0).array(), inputs.get(0));
      INDArray spikes = h.gte(threshold).castTo(h.dataType());
      INDArray v = h.dup();
      v.replaceWhere(v.mul(0), Conditions.greaterThanOrEqual(threshold));
      return StepResult.of(spikes, MemoryValue.tensor(v));
    }
  }

  /** Charges with the square of its input. */
  public static class SquareIntegrateAndFire extends IntegrateAndFire {
    public SquareIntegrateAndFire(float threshold) {
      super(threshold);
    }

    @Override
    protected INDArray charge(INDArray v, INDArray x) {
      return v.add(x.mul(x));
    }
  }

  /** The seed's counter: counts its calls in a tensor of rank 0 and gives x W. */
  public static class Counter extends MemoryModule {
    private final Linear linear;

    public Counter() {
      this(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}, {5, 6}}));
    }

    Counter(INDArray weight) {
      registerMemory("counter", MemoryValue.tensor(number(0)));
      linear = registerModule("linear", new Linear(weight));
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      INDArray counted = memory("counter").array().add(1);
      setMemory("counter", MemoryValue.tensor(counted));
      return linear.forward(inputs);
    }
  }

  /** Counts its steps as an integer and adds the count to its input. */
  public static class StepCounter extends MemoryModule {
    public StepCounter() {
      registerMemory("step", MemoryValue.integer(0));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      double step = memories.get(0).number();
      return StepResult.of(inputs.get(0).add(step), MemoryValue.integer((long) step + 1));
    }
  }

  /** Two inputs, two memories a and b; adds each input and the increment to its memory. */
  public static class Pair extends MemoryModule {
    private final float increment;

    public Pair(float increment) {
      this.increment = increment;
      registerMemory("a", MemoryValue.scalar(0));
      registerMemory("b", MemoryValue.scalar(0));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray a = inputs.get(0).add(memories.get(0).number()).add(increment);
      INDArray b = inputs.get(1).add(memories.get(1).number()).add(increment);
      return new StepResult(
          List.of(b, a),
          List.of(MemoryValue.scalar(a.getDouble(0)), MemoryValue.scalar(b.getDouble(0))));
    }
  }

  /** An outer counter by two around an inner counter by one. */
  public static class Outer extends MemoryModule {
    final Inner inner;

    public Outer() {
      registerMemory("outer", MemoryValue.scalar(0));
      inner = registerModule("inner", new Inner());
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      setMemory("outer", MemoryValue.scalar(memory("outer").number() + 2));
      return inner.forward(inputs);
    }
  }

  /** Counts by one. */
  public static class Inner extends MemoryModule {
    public Inner() {
      registerMemory("inner", MemoryValue.scalar(0));
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      setMemory("inner", MemoryValue.scalar(memory("inner").number() + 1));
      return inputs;
    }
  }

  /** Changes its memory and then fails on negative input. */
  public static class FailsOnNegative extends MemoryModule {
    public FailsOnNegative() {
      registerMemory("sum", MemoryValue.scalar(0));
    }

    @Override
    public List<INDArray> singleStepForward(List<INDArray> inputs) {
      INDArray x = inputs.get(0);
      setMemory("sum", MemoryValue.scalar(memory("sum").number() + x.sumNumber().doubleValue()));
      if (x.minNumber().doubleValue() < 0) {
        throw new ArithmeticException("negative input");
      }
      return inputs;
    }
  }

  /** Gives the first k features at step k. */
  public static class Growing extends MemoryModule {
    public Growing() {
      registerMemory("step", MemoryValue.integer(0));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      int step = (int) memories.get(0).number() + 1;
      return StepResult.of(Nd4j.zeros(step), MemoryValue.integer(step));
    }
  }

  /** Runs on whole sequences only: y = x / T, without memories. */
  public static class OverLength extends MemoryModule implements MultiStepModule {
    @Override
    public StepResult multiStep(List<INDArray> inputs, List<MemoryValue> memories) {
      return StepResult.of(inputs.get(0).div(inputs.get(0).size(0)));
    }
  }

  /** Delays its input by one step with a queue. */
  public static class Delay extends MemoryModule {
    public Delay() {
      registerMemory("queue", MemoryValue.queue(List.of()));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      List<INDArray> queue = new ArrayList<>(memories.get(0).arrays());
      queue.add(inputs.get(0));
      INDArray output = queue.size() > 1 ? queue.remove(0) : inputs.get(0).mul(0);
      return StepResult.of(output, MemoryValue.queue(queue));
    }
  }
}
