package org.velella.population;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.neuron.NeuronModel;

/**
 * Neurons of one model.
 *
 * @param name unique in the network; the path of its node
 * @param parameters what differs from the model's defaults
 * @param positions where the neurons are, or null if no rule asks
 */
public record Population(
    String name, int size, NeuronModel model, Map<String, Values> parameters, Positions positions) {
  public Population {
    Checks.name("Population", name);
    Checks.size("Population '" + name + "'", size);
    for (String parameter : parameters.keySet()) {
      Checks.require(
          model.parameters().contains(parameter),
          "Population '%s': neuron model '%s' has no parameter '%s'; it has %s",
          name,
          model.name(),
          parameter,
          model.parameters());
    }
    Checks.require(
        positions == null || positions.count() == size,
        "Population '%s' of %s neurons has %s positions",
        name,
        size,
        positions == null ? 0 : positions.count());
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** With the model's defaults. */
  public static Population of(String name, int size, NeuronModel model) {
    return new Population(name, size, model, Map.of(), null);
  }

  /** With a parameter. */
  public Population with(String parameter, Values values) {
    Map<String, Values> more = new LinkedHashMap<>(parameters);
    more.put(parameter, values);
    return new Population(name, size, model, more, positions);
  }

  /** With a parameter that is the same for all neurons. */
  public Population with(String parameter, double value) {
    return with(parameter, Values.constant(value));
  }

  /** With positions. */
  public Population at(Positions places) {
    return new Population(name, size, model, parameters, places);
  }
}
