package org.velella.synapse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Synapses that learn while they run. In each step the output is that of a {@code Linear} without
 * bias, of a {@link SparseOperation}, or of a convolution without bias, with the weights of the
 * step's beginning; then the rule changes them. Each sample has weights of its own.
 *
 * <p>Samples that shall learn together, such as all of a trial, are the rows of one: with a source
 * {@code [B, in]} and a target {@code [B, out]}, or {@code [B, in, *]} and {@code [B, out, *]} for
 * a convolution, B rows share the weights, which change by the sum of what each row would change.
 * Those of a matrix learn by any rule, those of a convolution by {@link StdpRule}.
 *
 * <p>Inputs: {@code x}, what is weighted; {@code pre} and {@code post}, the spikes at both ends
 * from which it learns, {@code pre} mostly being {@code x}; and {@code reward}, one number, for the
 * rules that need it. Memories: {@code weight}, {@code trace_pre}, {@code trace_post}, and what
 * else the rule has.
 *
 * @param source the shape of the population that it reads
 * @param target the shape of the population that it writes, and whose spikes are {@code post}
 * @param connectivity which synapses there are; null for all, or those of a convolution
 * @param window how the kernel of a convolution moves; null for other synapses. All synapses of a
 *     weight of the kernel change it, by the sum of what each would; only {@link StdpRule} does
 * @param weight where weights start, FLOAT32: one per synapse in the order of the connectivity,
 *     {@code [target, source]} where all synapses are there, or the kernel of a convolution
 */
public record PlasticOperation(
    Shape source,
    Shape target,
    Connectivity connectivity,
    PlasticWindow window,
    Tensor weight,
    LearningRule rule)
    implements Operation {
  /** The input that is weighted. */
  public static final String X = "x";

  /** The input of the spikes that reach the synapses. */
  public static final String PRE = "pre";

  /** The input of the spikes of the targets. */
  public static final String POST = "post";

  /** The input of the reward; of each row, where rows share weights. */
  public static final String REWARD = "reward";

  /** What stands before the numbers of the rule in dotted paths: {@code fc.rule.tau_pre}. */
  public static final String RULE = "rule";

  /** The memory of the weights. */
  public static final String WEIGHT = "weight";

  /** The memory of the pre spikes. */
  public static final String TRACE_PRE = "trace_pre";

  /** The memory of the post spikes. */
  public static final String TRACE_POST = "trace_post";

  public PlasticOperation {
    requireRow(source, connectivity, window, weight);
    if (sharers(source, window, weight) > 1) {
      requireShared(source, target, connectivity, window, weight);
    }
    if (window != null) {
      requireConvolution(source, target, connectivity, window, weight, rule);
    } else if (connectivity == null) {
      requireMatrix(source, target, weight);
    } else {
      // Its checks are those of this one.
      new SparseOperation(source, target, connectivity, weight);
    }
    float[] values = weight.floats();
    WeightBounds bounds = rule.bounds();
    for (int e = 0; e < values.length; e++) {
      if (!(values[e] >= bounds.low() && values[e] <= bounds.high())) {
        throw new IllegalArgumentException(
            "%s weight must be from %s to %s, found %s at index %d"
                .formatted(kind(connectivity, window), bounds.low(), bounds.high(), values[e], e));
      }
    }
  }

  /** Synapses of their own, or from every source to every target. */
  public PlasticOperation(
      Shape source, Shape target, Connectivity connectivity, Tensor weight, LearningRule rule) {
    this(source, target, connectivity, null, weight, rule);
  }

  /**
   * A matrix whose weights rows of a sample share.
   *
   * @param rows how many, from 1 on; 1 is a matrix of a sample's own
   * @param source {@code [in]}, of one row
   * @param target {@code [out]}, of one row
   * @param weight {@code [out, in]}
   */
  public static PlasticOperation of(
      int rows, Shape source, Shape target, Tensor weight, LearningRule rule) {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "Weights are shared by one row at least, found %d".formatted(rows));
    }
    return rows == 1
        ? new PlasticOperation(source, target, null, weight, rule)
        : new PlasticOperation(source.prepend(rows), target.prepend(rows), null, weight, rule);
  }

  /**
   * A convolution.
   *
   * @param source {@code [in, *]}, or {@code [B, in, *]} for B rows that share the weights
   * @param weight {@code [out, in, *]}
   */
  public static PlasticOperation of(
      Shape source, PlasticWindow window, Tensor weight, LearningRule rule) {
    Shape target = window.target(source, weight.shape());
    return new PlasticOperation(source, target, null, window, weight, rule);
  }

  private static void requireConvolution(
      Shape source,
      Shape target,
      Connectivity connectivity,
      PlasticWindow window,
      Tensor weight,
      LearningRule rule) {
    Shape expected = window.target(source, weight.shape());
    if (connectivity != null || weight.dtype() != DType.FLOAT32 || !target.equals(expected)) {
      throw new IllegalArgumentException(
          "%s from shape %s with weight %s needs FLOAT32 weights, the target %s and no list of synapses, found %s, %s and %s"
              .formatted(
                  window.kind(),
                  source,
                  weight.shape(),
                  expected,
                  weight.dtype(),
                  target,
                  connectivity));
    }
    if (!(rule instanceof StdpRule)) {
      throw new IllegalArgumentException(
          "%s learns by rule '%s' only, found '%s'"
              .formatted(window.kind(), StdpRule.KIND, rule.kind()));
    }
  }

  private static void requireMatrix(Shape source, Shape target, Tensor weight) {
    int rows = sharers(source, null, weight);
    Shape expected = Shape.of(target.size() / rows, source.size() / rows);
    if (weight.dtype() != DType.FLOAT32 || !weight.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "%s from shape %s to shape %s needs FLOAT32 weights %s, found %s %s"
              .formatted(
                  kind(null, null), source, target, expected, weight.dtype(), weight.shape()));
    }
  }

  /**
   * The same synapses with a rule that has other numbers.
   *
   * @param changed numbers by name; those that are left out stay
   * @throws IllegalArgumentException if the rule has no such number, a number cannot be, or weights
   *     are not within the bounds
   */
  public PlasticOperation with(Map<String, Float> changed) {
    return new PlasticOperation(source, target, connectivity, window, weight, rule.with(changed));
  }

  /** How many rows of a sample share its weights; 1 for all others. */
  public int sharers() {
    return connectivity != null ? 1 : sharers(source, window, weight);
  }

  private static int sharers(Shape source, PlasticWindow window, Tensor weight) {
    if (window != null) {
      return source.rank() == window.stride().rank() + 2 ? source.dim(0) : 1;
    }
    boolean rows =
        source.rank() == 2 && weight.shape().rank() == 2 && weight.shape().dim(1) == source.dim(1);
    return rows ? source.dim(0) : 1;
  }

  private static void requireRow(
      Shape source, Connectivity connectivity, PlasticWindow window, Tensor weight) {
    if (connectivity == null && sharers(source, window, weight) < 1) {
      throw new IllegalArgumentException(
          "%s whose weights rows share needs one row at least, found none in source shape %s"
              .formatted(kind(null, window), source));
    }
  }

  private static void requireShared(
      Shape source, Shape target, Connectivity connectivity, PlasticWindow window, Tensor weight) {
    if (connectivity != null) {
      return;
    }
    int rows = sharers(source, window, weight);
    boolean fits = target.rank() == source.rank() && target.dim(0) == rows;
    if (!fits) {
      throw new IllegalArgumentException(
          "%s whose weights the %d rows of shape %s share needs a target of as many rows, found %s"
              .formatted(kind(null, window), rows, source, target));
    }
  }

  private static String kind(Connectivity connectivity, PlasticWindow window) {
    if (window != null) {
      return window.kind();
    }
    return connectivity == null ? "PlasticLinear" : "PlasticProjection";
  }

  @Override
  public String kind() {
    return kind(connectivity, window);
  }

  @Override
  public List<String> inputNames() {
    return rule.rewarded() ? List.of(X, PRE, POST, REWARD) : List.of(X, PRE, POST);
  }

  @Override
  public Shape inputShape(String name, Shape first) {
    return switch (name) {
      case POST -> target;
      case REWARD -> Shape.of(sharers());
      default -> source;
    };
  }

  @Override
  public Set<String> learningInputs() {
    return Set.copyOf(inputNames().subList(1, inputNames().size()));
  }

  @Override
  public Shape outputShape(Shape input) {
    return Populations.outputShape(kind(), source, target, input);
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    List<MemorySpec> all = new ArrayList<>();
    all.add(new MemorySpec(WEIGHT, MemoryScope.PER_SAMPLE, weight));
    all.add(zeros(TRACE_PRE, source));
    all.add(zeros(TRACE_POST, target));
    rule.sourceMemories().forEach(name -> all.add(zeros(name, source)));
    rule.targetMemories().forEach(name -> all.add(zeros(name, target)));
    Shape each = sharers() > 1 ? weight.shape().prepend(sharers()) : weight.shape();
    rule.synapseMemories().forEach(name -> all.add(zeros(name, each)));
    return all;
  }

  private static MemorySpec zeros(String name, Shape shape) {
    return new MemorySpec(name, MemoryScope.PER_SAMPLE, Tensor.zeros(DType.FLOAT32, shape));
  }
}
