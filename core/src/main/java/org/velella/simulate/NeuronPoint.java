package org.velella.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.network.Node;
import org.velella.network.ParameterPaths.Target;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterScope;
import org.velella.neuron.ParameterValue;
import org.velella.sweep.Trial;

/**
 * Says of many trials quickly that a node's neurons can have their values, as most can: where all
 * neurons of the node have the same. Immutable.
 */
final class NeuronPoint {
  private final NeuronModel model;

  /** The network's own values, in the model's order; NaN where neurons differ. */
  private final double[] own;

  /** What trials set: by path, the place in the model's order. */
  private final SortedMap<String, Integer> places = new TreeMap<>();

  private NeuronPoint(NeuronOperation neurons) {
    model = neurons.model();
    own =
        model.parameters().stream()
            .map(neurons::parameter)
            .mapToDouble(NeuronPoint::common)
            .toArray();
  }

  private static double common(ParameterValue value) {
    return value.scope() == ParameterScope.RUN ? value.values()[0] : Double.NaN;
  }

  /**
   * The nodes that have parameters which trials set.
   *
   * @param targets for each parameter of the sweep, what it sets
   */
  static List<NeuronPoint> of(Map<String, List<Target>> targets) {
    Map<Node, NeuronPoint> points = new LinkedHashMap<>();
    targets.forEach(
        (path, found) -> {
          for (Target target : found) {
            if (target instanceof Target.Parameter parameter) {
              NeuronOperation neurons = (NeuronOperation) parameter.node().operation();
              points
                  .computeIfAbsent(parameter.node(), node -> new NeuronPoint(neurons))
                  .places
                  .put(path, neurons.model().parameters().indexOf(parameter.name()));
            }
          }
        });
    return new ArrayList<>(points.values());
  }

  /** Whether it is sure that the neurons can have a trial's values. */
  boolean allows(Trial trial) {
    double[] point = own.clone();
    places.forEach(
        (path, place) -> {
          Double value = trial.numbers().get(path);
          if (value != null) {
            point[place] = value;
          }
        });
    for (double value : point) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return model.violated(point).isEmpty();
  }
}
