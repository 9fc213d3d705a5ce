package org.velella.neuron;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sliding parallel spiking neurons: a weighted sum of the last k inputs, and no reset.
 *
 * <pre>
 * h[t] = sum over i &lt; k of w_i x[t - k + 1 + i] + bias      s = h &gt;= 0
 * </pre>
 *
 * <p>Parameters: {@code w_0} … {@code w_(k-1)}, for the oldest input to the newest, 2^(i - k + 1);
 * {@code bias} -1. Memories: {@code past_1} … {@code past_(k-1)}, the inputs 1, 2, … steps ago, 0
 * before anything came. Other than in the seed, sequences read and write them, so that parts of a
 * sequence give what the whole does.
 *
 * @seed activation_based.neuron.SlidingPSN
 */
public final class SlidingPsn extends NeuronNode {
  /**
   * Neurons with the seed's weights ({@code exp_init=True}).
   *
   * @param k the window's length, from 1 to {@value ParallelModels#MOST}
   */
  public SlidingPsn(int k) {
    super(new NeuronOperation(ParallelModels.slidingPsn(k), Map.of()));
  }

  /**
   * Neurons with trained weights.
   *
   * @param weights k of them, for the oldest input to the newest
   * @throws IllegalArgumentException if there are none, too many, or one is not finite
   */
  public SlidingPsn(float[] weights, float bias) {
    super(new NeuronOperation(ParallelModels.slidingPsn(weights.length), given(weights, bias)));
  }

  private static Map<String, ParameterValue> given(float[] weights, float bias) {
    Map<String, ParameterValue> all = new LinkedHashMap<>();
    for (int i = 0; i < weights.length; i++) {
      all.put("w_" + i, ParameterValue.of(weights[i]));
    }
    all.put("bias", ParameterValue.of(bias));
    return all;
  }
}
