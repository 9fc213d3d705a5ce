package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.velella.network.Network;
import org.velella.network.ParameterPaths;
import org.velella.neuron.NeuronOperation;
import org.velella.simulate.Stimulus;
import org.velella.spark.task.StoredWeights;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trials;

/**
 * The network that one trial of a run simulates: the run's own, or that of the trial's weights, and
 * what the trial sets in it.
 */
public final class TrialNetwork {
  private final Network network;
  private final List<Parameter> parameters;

  /** A column for each parameter, null where the trial leaves it. */
  private final Row values;

  /** Paths of a computed input, which mean nothing in the network. */
  private final Set<String> ofInput;

  private TrialNetwork(
      Network network, List<Parameter> parameters, Row values, Set<String> ofInput) {
    this.network = network;
    this.parameters = parameters;
    this.values = values;
    this.ofInput = ofInput;
  }

  /**
   * Reads what is needed.
   *
   * @param own the run's network
   * @param parameters what trials of the run set
   * @param trial a row of the run's trials
   */
  static TrialNetwork of(
      RunDirectory directory, Network own, List<Parameter> parameters, Row trial) {
    String stimulus = directory.spec().stimulus();
    Set<String> ofInput =
        stimulus.isEmpty() ? Set.of() : Set.copyOf(Stimulus.parse(stimulus).paths());
    boolean named =
        parameters.stream().anyMatch(parameter -> parameter.path().equals(Trials.WEIGHTS));
    String weights = named ? trial.getAs(Trials.WEIGHTS) : null;
    if (weights == null) {
      return new TrialNetwork(own, parameters, trial, ofInput);
    }
    try {
      Network network = new StoredWeights(directory.store()).read(weights);
      return new TrialNetwork(network, parameters, trial, ofInput);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the network that trials call " + weights, e);
    }
  }

  /**
   * A neuron parameter: as the trial sets it, or else as its network has it.
   *
   * @return nothing if the node has no such parameter, or its neurons have different values
   */
  public OptionalDouble parameter(String node, String name) {
    if (!(network.node(node).operation() instanceof NeuronOperation neurons)
        || !neurons.parameters().containsKey(name)) {
      return OptionalDouble.empty();
    }
    String path = network.node(node).path() + "." + name;
    for (Parameter parameter : parameters) {
      if (isSet(parameter) && sets(parameter.path(), path)) {
        return OptionalDouble.of(values.getAs(parameter.path()));
      }
    }
    double[] own = neurons.parameter(name).values();
    return Arrays.stream(own).allMatch(value -> value == own[0])
        ? OptionalDouble.of(own[0])
        : OptionalDouble.empty();
  }

  /** Whether the trial sets it, in the network. */
  private boolean isSet(Parameter parameter) {
    String path = parameter.path();
    return !path.equals(Trials.STEPS)
        && !path.equals(Trials.WEIGHTS)
        && !ofInput.contains(path)
        && values.getAs(path) != null;
  }

  /** Whether a path, or a pattern, means a parameter. */
  private boolean sets(String pattern, String path) {
    return new ParameterPaths(network)
        .find(pattern).stream().anyMatch(target -> target.path().equals(path));
  }
}
