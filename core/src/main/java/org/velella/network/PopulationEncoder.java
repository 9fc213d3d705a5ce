package org.velella.network;

import java.util.Arrays;
import java.util.Map;
import org.velella.encoding.PoissonEncoder;
import org.velella.module.Sequential;
import org.velella.neuron.EquationNode;
import org.velella.neuron.IfNode;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ReadoutModels;
import org.velella.synapse.Connectivity;
import org.velella.synapse.SparseProjection;
import org.velella.tensor.Shape;

/**
 * Each observation becomes a population of neurons whose receptive fields lie side by side: neuron
 * j of an observation o gets {@code a = exp(-((o - mean_j) / std)^2 / 2)}.
 *
 * <p>Input {@code [N, observations]}, the same in every step; output {@code [N, observations *
 * population]}, the neurons of an observation side by side. The modules it gives are sequences of
 * built-in ones, so that they become nodes of a network.
 *
 * @param observations how many numbers come in
 * @param population how many neurons each has
 * @param low mean of each observation's first neuron
 * @param high mean of its last one; those between lie at equal distances
 * @param std width of all receptive fields
 * @seed activation_based.encoding.PopEncoder
 */
public record PopulationEncoder(
    int observations, int population, double low, double high, double std) {
  /** The deterministic encoder's neurons fire at this potential, as the seed's do. */
  private static final double THRESHOLD = 0.999;

  public PopulationEncoder {
    if (observations < 1 || population < 1) {
      throw new IllegalArgumentException(
          "A population encoder needs an observation and a neuron, found %d and %d"
              .formatted(observations, population));
    }
    if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
      throw new IllegalArgumentException(
          "A population encoder's means must be finite and not fall, found %s to %s"
              .formatted(low, high));
    }
    if (!(std > 0 && Double.isFinite(std))) {
      throw new IllegalArgumentException(
          "A population encoder's std must be finite and above 0, found " + std);
    }
  }

  /** Sends a in every step. */
  public Sequential currents() {
    return new Sequential(spread(), fields());
  }

  /**
   * Integrates a and fires at {@value #THRESHOLD}, with a soft reset.
   *
   * @seed activation_based.encoding.PopSpikeEncoderDeterministic
   */
  public Sequential deterministic() {
    IfNode neurons = IfNode.builder().vThreshold(THRESHOLD).softReset().build();
    return currents().append(neurons);
  }

  /**
   * Fires with probability a in each step.
   *
   * @seed activation_based.encoding.PopSpikeEncoderRandom
   */
  public Sequential random() {
    return currents().append(new PoissonEncoder());
  }

  private int neurons() {
    return Math.multiplyExact(observations, population);
  }

  private SparseProjection spread() {
    int[] offsets = new int[observations + 1];
    int[] targets = new int[neurons()];
    float[] ones = new float[targets.length];
    Arrays.setAll(offsets, k -> k * population);
    Arrays.setAll(targets, k -> k);
    Arrays.fill(ones, 1);
    return new SparseProjection(new Connectivity(targets.length, offsets, targets), ones);
  }

  private EquationNode fields() {
    double[] means = new double[neurons()];
    for (int k = 0; k < means.length; k++) {
      int j = k % population;
      means[k] = population == 1 ? low : low + (high - low) * j / (population - 1);
    }
    return new EquationNode(
        ReadoutModels.receptiveField(),
        Map.of(
            "mean", ParameterValue.of(Shape.of(means.length), means),
            "std", ParameterValue.of(std)));
  }
}
