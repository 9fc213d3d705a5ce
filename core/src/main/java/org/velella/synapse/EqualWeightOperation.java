package org.velella.synapse;

import org.velella.module.Operation;
import org.velella.module.UnfitInputException;
import org.velella.tensor.Shape;

/**
 * A sparse projection whose synapses share one weight: the spikes that reach a target are counted,
 * exactly, then {@code y[o] = w * (float) count + 0.0f}, one rounding. Inputs are numbers of
 * spikes: whole, from −{@value #MOST_SPIKES} to {@value #MOST_SPIKES}; others are refused when they
 * come.
 *
 * @param source the shape of the population that it reads, flattened row-major
 * @param target the shape of the population that it writes
 * @param weight of every synapse
 */
public record EqualWeightOperation(
    Shape source, Shape target, Connectivity connectivity, float weight) implements Operation {
  /** The largest input. */
  public static final int MOST_SPIKES = 1 << 15;

  /** The most synapses of one target, so that a count fits into 32 bits. */
  public static final int MOST_IN_DEGREE = (1 << 16) - 1;

  private static final String KIND = "EqualWeightProjection";

  public EqualWeightOperation {
    Populations.require(KIND, source, target, connectivity);
    if (!Float.isFinite(weight)) {
      throw new IllegalArgumentException(KIND + " weight must be finite, found " + weight);
    }
    int largest = connectivity.largestInDegree();
    if (largest > MOST_IN_DEGREE) {
      throw new IllegalArgumentException(
          "%s allows up to %d synapses to a target, found %d; split the sources"
              .formatted(KIND, MOST_IN_DEGREE, largest));
    }
  }

  /**
   * An input as a number of spikes.
   *
   * @param node for the message
   * @throws UnfitInputException if it is not whole or too large
   */
  public static int spikes(String node, int source, float x) {
    int spikes = (int) x;
    if (spikes != x || Math.abs(spikes) > MOST_SPIKES) {
      throw new UnfitInputException(
          "Node '%s' counts spikes: its inputs must be whole numbers from -%d to %d, found %s from source %d; take a SparseProjection for others"
              .formatted(node, MOST_SPIKES, MOST_SPIKES, x, source));
    }
    return spikes;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Populations.outputShape(KIND, source, target, input);
  }
}
