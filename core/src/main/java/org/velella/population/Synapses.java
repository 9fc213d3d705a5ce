package org.velella.population;

import java.util.Arrays;
import org.velella.module.Operation;
import org.velella.network.NetworkException;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A projection with all that was drawn for it. */
final class Synapses {
  private final Projection projection;
  private final Connectivity connectivity;
  private final float[] weights;
  private final Steps delays;
  private final Taps taps;
  private final Operation operation;

  /**
   * Draws weights and delays.
   *
   * @param countable whether the source sends whole numbers of spikes
   */
  Synapses(Projection projection, Wired wired, boolean countable, Draws draws, double dt) {
    this.projection = projection;
    connectivity = wired.connectivity();
    String label = "Projection '" + projection.name() + "'";
    double[] drawn = wired.values(label + " weights", projection.weight(), draws, Draws.WEIGHTS);
    weights = new float[drawn.length];
    for (int e = 0; e < drawn.length; e++) {
      weights[e] = (float) drawn[e];
      Checks.require(
          Float.isFinite(weights[e]), "%s: weight %s is too large for float32", label, drawn[e]);
    }
    Values times = projection.delay() == null ? Values.constant(dt) : projection.delay();
    boolean chance = !(times instanceof Values.Constant || times instanceof Values.Listed);
    double[] delay = wired.values(label + " delays", times, draws, Draws.DELAYS);
    delays = Steps.of(label, delay, chance, dt);
    boolean counts =
        countable
            && weights.length == 1
            && !differ()
            && projection.shortTerm() == null
            && projection.plasticity() == null
            && connectivity.largestInDegree() <= EqualWeightOperation.MOST_IN_DEGREE;
    taps =
        projection.plasticity() == null || !differ() ? null : Taps.of(connectivity, delays.steps());
    operation = counts ? counting() : projection.plasticity() == null ? weighted() : plastic();
    if (differ()) {
      // Its checks, before anything is built.
      operation(0);
    }
  }

  private Operation counting() {
    return new EqualWeightOperation(source(), target(), connectivity, weights[0]);
  }

  private SparseOperation weighted() {
    float[] each = weights;
    if (weights.length == 1) {
      each = new float[connectivity.synapses()];
      Arrays.fill(each, weights[0]);
    }
    return new SparseOperation(
        source(), target(), connectivity, Tensor.of(Shape.of(each.length), each));
  }

  private Operation plastic() {
    Tensor start = weighted().weight();
    LearningRule rule = projection.plasticity().rule();
    try {
      PlasticOperation all = new PlasticOperation(source(), target(), connectivity, start, rule);
      if (taps == null) {
        return all;
      }
      // Its check of how much is on its way.
      taps.delay(0).memories(taps.shape());
      return new PlasticOperation(
          taps.shape(), target(), taps.synapses(), taps.ordered(start), rule);
    } catch (IllegalArgumentException e) {
      throw new NetworkException(
          "Projection '%s': %s".formatted(projection.name(), e.getMessage()), e);
    }
  }

  private Shape source() {
    return Shape.of(connectivity.sources());
  }

  private Shape target() {
    return Shape.of(connectivity.targets());
  }

  /** Whether synapses have delays of their own. */
  boolean differ() {
    return delays.steps().length > 1;
  }

  /**
   * What the projection's node does.
   *
   * @param sooner by how many steps delays that it has of its own are shorter
   */
  Operation operation(int sooner) {
    if (!differ() || taps != null) {
      return operation;
    }
    SparseOperation all = (SparseOperation) operation;
    int[] steps = Arrays.stream(delays.steps()).map(each -> each - sooner).toArray();
    Tensor delay = Tensor.of(Shape.of(steps.length), steps);
    return new DelayedSparseOperation(
        all.source(), all.target(), connectivity, all.weight(), delay);
  }

  Steps delays() {
    return delays;
  }

  /** What stands before synapses that learn and have delays of their own; null for others. */
  Taps taps() {
    return taps;
  }

  ProjectionReport report() {
    int[] in = new int[connectivity.targets()];
    for (int target : connectivity.columns()) {
      in[target]++;
    }
    int[] out = new int[connectivity.sources()];
    Arrays.setAll(out, k -> connectivity.offsets()[k + 1] - connectivity.offsets()[k]);
    long numbers = connectivity.synapses() + connectivity.offsets().length;
    long each = operation instanceof EqualWeightOperation ? 1 : connectivity.synapses();
    each += taps != null ? 4L * taps.steps().length : differ() ? connectivity.synapses() : 0;
    return new ProjectionReport(
        projection.name(),
        projection.from(),
        projection.to(),
        operation(0).kind(),
        connectivity.synapses(),
        Arrays.stream(in).min().orElse(0),
        Arrays.stream(in).max().orElse(0),
        Arrays.stream(out).min().orElse(0),
        Arrays.stream(out).max().orElse(0),
        delays.shortest(),
        delays.longest(),
        Float.BYTES * (numbers + each));
  }
}
