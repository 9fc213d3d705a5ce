package org.velella.population;

import java.util.List;
import java.util.Map;
import org.velella.encoding.PoissonCountOperation;
import org.velella.network.Network;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;

/** The nodes of drives: what may be swept is a parameter of neurons without memories. */
final class Drives {
  private static final NeuronModel RATE =
      NeuronModel.parse(
          """
          model poisson_rate
            parameter rate = 0, sources = 1, dt = 1
            require rate >= 0, sources >= 0, dt > 0
            derive mean = rate * sources * dt
            output expected = mean
          """);

  private static final NeuronModel WEIGHT =
      NeuronModel.parse(
          """
          model drive_weight
            parameter weight = 1
            output y = weight * x
          """);

  private static final NeuronModel CURRENT =
      NeuronModel.parse(
          """
          model current
            parameter current = 0
            output y = current
          """);

  private Drives() {}

  /**
   * Adds a drive.
   *
   * @param parameters of a drive's values by the name of the parameter
   */
  static void add(
      Network.Builder network,
      Drive drive,
      String start,
      Map<String, ParameterValue> values,
      double dt) {
    String name = drive.name();
    if (drive instanceof Drive.Current) {
      network.node(name, new NeuronOperation(CURRENT, values)).edge(start, name);
      network.edge(name, drive.to(), drive.input());
      return;
    }
    Drive.Poisson poisson = (Drive.Poisson) drive;
    Map<String, ParameterValue> rate =
        Map.of(
            "rate", values.get("rate"),
            "sources", ParameterValue.of(poisson.sources()),
            "dt", ParameterValue.of(dt));
    network.node(name, new NeuronOperation(RATE, rate)).edge(start, name);
    String events = name + ".events";
    network.node(List.of(name, "events"), new PoissonCountOperation()).edge(name, events);
    String synapses = name + ".synapses";
    Map<String, ParameterValue> weight = Map.of("weight", values.get("weight"));
    network.node(List.of(name, "synapses"), new NeuronOperation(WEIGHT, weight));
    network.edge(events, synapses).edge(synapses, drive.to(), drive.input());
  }

  /** What of a drive is drawn, by the name of the parameter. */
  static Map<String, Values> values(Drive drive) {
    return drive instanceof Drive.Poisson poisson
        ? Map.of("rate", poisson.rate(), "weight", poisson.weight())
        : Map.of("current", ((Drive.Current) drive).current());
  }
}
