package org.velella.plan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;

/**
 * The output of synapses that learn: each target accumulates from +0 over its sources ascending, or
 * for a convolution in the order of a {@link ConvOp}, {@code y = fma(x, w, y)} with the weights
 * that its sample has, then {@code + 0.0f}. It is followed by the node's {@link LearnOp} in the
 * same stage, which runs step by step.
 *
 * @param path the node's path, which prefixes its rule's numbers in {@link TileParameters}
 * @param memory the weights, changed by the other op only
 */
public record PlasticOp(
    String node, String path, PlasticOperation operation, int input, int output, int memory)
    implements Op {
  /**
   * The rules that the samples of a tile learn by.
   *
   * @return one for each of {@code batch} samples; equal ones are the same object
   * @throws IllegalArgumentException if a number of the rule has not one value for each sample, or
   *     one that cannot be
   */
  public List<LearningRule> rules(int batch, TileParameters tile) {
    LearningRule own = operation.rule();
    Map<String, double[]> given = new LinkedHashMap<>();
    for (String name : own.numbers().keySet()) {
      String full = path + "." + PlasticOperation.RULE + "." + name;
      double[] values = tile.get(full);
      if (values != null && values.length != batch) {
        throw new IllegalArgumentException(
            "Parameter %s needs %d values (one per sample), found %d"
                .formatted(full, batch, values.length));
      }
      if (values != null) {
        given.put(name, values);
      }
    }
    Map<LearningRule, LearningRule> different = new HashMap<>();
    LearningRule[] rules = new LearningRule[batch];
    for (int n = 0; n < batch; n++) {
      Map<String, Float> numbers = new LinkedHashMap<>();
      int sample = n;
      given.forEach((name, values) -> numbers.put(name, (float) values[sample]));
      rules[n] = different.computeIfAbsent(given.isEmpty() ? own : own.with(numbers), r -> r);
    }
    return List.of(rules);
  }
}
