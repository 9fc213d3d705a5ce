package org.velella.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * An encoder that turns its first input into a cycle of T steps of spikes and then repeats them;
 * later inputs are ignored until a reset.
 *
 * <p>Memories: {@code code}, what the first input became, one float32 per element, NaN before; and
 * {@code t}, the place in the cycle, one INT64 number for all samples, or what {@link Counting}
 * says.
 */
public sealed interface CycleOperation extends EncoderOperation
    permits LatencyOperation, WeightedPhaseOperation {
  /** The memory that keeps what the first input became. */
  String CODE = "code";

  /** The memory that counts the steps of a cycle. */
  String PLACE = "t";

  /** The parameter's name in dotted paths: {@code latency.steps}. */
  String STEPS = "steps";

  /** What the memory {@code t} counts; it never shows in what comes out. */
  enum Counting {
    /** The place in the cycle. */
    CYCLE,
    /** All steps, so that samples may have cycles of different lengths. */
    RUN
  }

  /** T, the steps of a cycle. */
  int steps();

  /** What the memory {@code t} counts. */
  Counting counting();

  /**
   * The same with cycles of another length.
   *
   * @throws IllegalArgumentException if there is no such cycle
   */
  CycleOperation ofSteps(int length);

  /** The same with another way of counting. */
  CycleOperation counting(Counting way);

  /** The place in the cycle for a value of the memory {@code t}. */
  default int place(long t) {
    return (int) (t % steps());
  }

  /** The memory {@code t} a step later. */
  default long next(long t) {
    return counting() == Counting.RUN ? t + 1 : (t + 1) % steps();
  }

  /** The greatest input that can be encoded; the least is 0. */
  float greatest();

  /**
   * What inputs become: {@code code[codeAt + i]} of {@code x[at + i]}. The inputs are from 0 to
   * {@link #greatest()}.
   */
  void encode(int n, float[] x, int at, float[] code, int codeAt);

  /** Whether an element fires at a place of the cycle. */
  boolean fires(float code, int place);

  @Override
  default List<MemorySpec> memories(Shape input) {
    float[] none = new float[input.size()];
    Arrays.fill(none, Float.NaN);
    List<MemorySpec> memories = new ArrayList<>();
    memories.add(new MemorySpec(CODE, MemoryScope.PER_SAMPLE, Tensor.of(input, none)));
    // A place beyond the cycle is one as well: whoever counts all steps leaves such ones behind.
    memories.add(MemorySpec.counter(PLACE, Long.MAX_VALUE));
    return memories;
  }
}
