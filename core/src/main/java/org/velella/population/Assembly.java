package org.velella.population;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.network.Edge;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ReadoutModels;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Makes a network of what a builder has.
 *
 * <p>An edge that closes a cycle delivers one step late, and which ones do depends on the whole
 * graph. So the graph is built twice: the second time, the projections of late edges wait one step
 * less. Only edges into populations can be late, since all other nodes have one source.
 */
final class Assembly {
  private static final String INPUT = "input";
  private static final String START = "start";

  private final PopulationNetwork.Builder from;
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final Map<String, Synapses> synapses = new LinkedHashMap<>();
  private final Map<String, NeuronOperation> neurons = new LinkedHashMap<>();

  Assembly(PopulationNetwork.Builder from) {
    this.from = from;
    sizes.putAll(from.inputs);
    from.populations.forEach((name, population) -> sizes.put(name, population.size()));
  }

  PopulationNetwork build() {
    requireEnds();
    List<String> notes = new ArrayList<>();
    from.populations.values().forEach(each -> neurons.put(each.name(), neurons(each)));
    List<ProjectionReport> reports = new ArrayList<>();
    for (Projection projection : from.projections.values()) {
      Synapses made = draw(projection);
      synapses.put(projection.name(), made);
      reports.add(made.report());
      if (made.delays().note() != null) {
        notes.add(made.delays().note());
      }
    }
    Network network = network(Set.of());
    Set<String> late = late(network);
    if (!late.isEmpty()) {
      network = network(late);
      if (!late(network).equals(late)) {
        throw new IllegalStateException("Delays have changed which edges are late");
      }
    }
    return new PopulationNetwork(network, List.copyOf(from.populations.values()), reports, notes);
  }

  private void requireEnds() {
    Checks.require(!from.populations.isEmpty(), "The network has no population");
    for (String reserved : List.of(INPUT, START)) {
      boolean input = reserved.equals(INPUT) && from.inputs.containsKey(reserved);
      boolean taken =
          sizes.containsKey(reserved)
              || from.projections.containsKey(reserved)
              || from.drives.containsKey(reserved);
      Checks.require(input || !taken, "'%s' is the name of a node of its own", reserved);
    }
    for (Projection each : from.projections.values()) {
      String label = "Projection '" + each.name() + "'";
      requireKnown(label, each.from(), sizes.keySet());
      requireKnown(label, each.to(), from.populations.keySet());
      requireInput(label, each.to(), each.input());
      Plasticity plasticity = each.plasticity();
      if (plasticity != null && plasticity.rule().rewarded()) {
        requireKnown(label + " reward", plasticity.reward(), from.inputs.keySet());
        int size = from.inputs.get(plasticity.reward());
        Checks.require(
            size == 1, "%s: input '%s' has %s elements, not 1", label, plasticity.reward(), size);
      }
    }
    for (Drive each : from.drives.values()) {
      String label = "Drive '" + each.name() + "'";
      requireKnown(label, each.to(), from.populations.keySet());
      requireInput(label, each.to(), each.input());
    }
    for (String each : from.outputs) {
      requireKnown("The list of outputs", each, from.populations.keySet());
    }
  }

  private void requireInput(String label, String to, String input) {
    List<String> inputs = from.populations.get(to).model().inputs();
    boolean fits = input.isEmpty() ? inputs.size() < 2 : inputs.contains(input);
    Checks.require(
        fits, "%s leads to input '%s' of '%s'; it has the inputs %s", label, input, to, inputs);
  }

  private static void requireKnown(String label, String name, Set<String> known) {
    Checks.require(known.contains(name), "%s names '%s'; there are %s", label, name, known);
  }

  private NeuronOperation neurons(Population population) {
    Map<String, ParameterValue> values =
        parameters(population.name(), population.size(), population.parameters());
    try {
      return new NeuronOperation(population.model(), values);
    } catch (IllegalArgumentException e) {
      throw new NetworkException(
          "Population '%s': %s".formatted(population.name(), e.getMessage()), e);
    }
  }

  private Map<String, ParameterValue> parameters(
      String owner, int size, Map<String, Values> given) {
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    given.forEach((name, each) -> values.put(name, parameter(owner, name, size, each)));
    return values;
  }

  private ParameterValue parameter(String owner, String name, int size, Values given) {
    if (given instanceof Values.Constant constant) {
      return ParameterValue.of(constant.value());
    }
    if (given instanceof Values.Listed listed) {
      Checks.require(
          listed.values().length == size,
          "Parameter '%s' of '%s' has %s values for %s neurons",
          name,
          owner,
          listed.values().length,
          size);
      return ParameterValue.of(Shape.of(size), listed.values());
    }
    Draws draws = Draws.ofParameter(from.seed, owner, name).at(0, 0);
    double[] drawn = new double[size];
    for (int i = 0; i < size; i++) {
      drawn[i] = draws.draw(given);
    }
    return ParameterValue.of(Shape.of(size), drawn);
  }

  private Synapses draw(Projection projection) {
    Population target = from.populations.get(projection.to());
    Population source = from.populations.get(projection.from());
    Wired wired =
        new Wiring(projection, sizes.get(projection.from()), target.size(), from.seed)
            .wire(source == null ? null : source.positions(), target.positions());
    boolean countable = source != null && neurons.get(source.name()).spikes();
    Draws draws = Draws.ofProjection(from.seed, projection.name());
    return new Synapses(projection, wired, countable, draws, from.dt);
  }

  private static Set<String> late(Network network) {
    Set<String> late = new HashSet<>();
    for (Edge edge : network.delayed()) {
      late.add(edge.source());
    }
    return late;
  }

  private Network network(Set<String> late) {
    Network.Builder network = Network.builder();
    String input = from.inputs.isEmpty() ? INPUT : from.inputs.keySet().iterator().next();
    Map<String, Integer> inputs = from.inputs.isEmpty() ? Map.of(INPUT, 1) : from.inputs;
    inputs.forEach((name, size) -> network.node(name, new InputOperation(Shape.of(size))));
    neurons.forEach(network::node);
    starts(network, input, inputs.get(input));
    for (Drive drive : from.drives.values()) {
      int size = sizes.get(drive.to());
      Map<String, ParameterValue> values = parameters(drive.name(), size, Drives.values(drive));
      Drives.add(network, drive, START + "." + size, values, from.dt);
    }
    synapses.forEach(
        (name, made) -> connect(network, from.projections.get(name), made, late.contains(name)));
    for (String name : from.outputs.isEmpty() ? from.populations.keySet() : from.outputs) {
      network.node(List.of(name, "output"), new OutputOperation()).edge(name, name + ".output");
    }
    return network.build();
  }

  /**
   * Nothing, in the shape of each population: every node must be reached from an input, which a
   * population that nobody drives is not.
   */
  private void starts(Network.Builder network, String input, int inputSize) {
    Set<Integer> made = new HashSet<>();
    for (Population population : from.populations.values()) {
      int size = population.size();
      if (made.add(size)) {
        Connectivity none = new Connectivity(size, new int[inputSize + 1], new int[0]);
        Tensor weights = Tensor.zeros(DType.FLOAT32, Shape.of(0));
        network.node(
            List.of(START, Integer.toString(size)),
            new SparseOperation(Shape.of(inputSize), Shape.of(size), none, weights));
        network.edge(input, START + "." + size);
      }
      boolean driven =
          from.drives.values().stream().anyMatch(each -> each.to().equals(population.name()));
      if (!driven) {
        List<String> names = neurons.get(population.name()).inputNames();
        network.edge(START + "." + size, population.name(), names.isEmpty() ? "" : names.get(0));
      }
    }
  }

  private void connect(
      Network.Builder network, Projection projection, Synapses made, boolean late) {
    String name = projection.name();
    int sooner = late ? 1 : 0;
    network.node(name, made.operation(sooner)).edge(name, projection.to(), projection.input());
    String from = sender(network, projection);
    boolean learns = projection.plasticity() != null;
    if (made.differ() && !learns) {
      network.edge(from, name);
      return;
    }
    String delay = delay(network, name, "delay", from, made, sooner);
    network.edge(delay, name, learns ? PlasticOperation.X : "");
    if (learns) {
      String arrival = delay;
      if (late || projection.shortTerm() != null) {
        // Spikes as they are, when they reach their targets.
        arrival = delay(network, name, "arrival", projection.from(), made, 0);
      }
      teach(network, projection, arrival);
    }
  }

  /**
   * Adds the delays of a projection behind a node, with their taps if it has such.
   *
   * @param within what the new node is called within the projection
   * @param sooner by how many steps they are shorter
   * @return the name of the new node
   */
  private static String delay(
      Network.Builder network,
      String projection,
      String within,
      String from,
      Synapses made,
      int sooner) {
    String name = projection + "." + within;
    List<String> path = List.of(projection, within);
    if (made.taps() == null) {
      int steps = made.delays().longest() - sooner;
      network.node(path, DelayOperation.of(Math.max(0, steps))).edge(from, name);
      return name;
    }
    String taps = name + ".taps";
    network.node(List.of(projection, within, "taps"), made.taps().spread()).edge(from, taps);
    network.node(path, made.taps().delay(sooner)).edge(taps, name);
    return name;
  }

  private static void teach(Network.Builder network, Projection projection, String arrival) {
    network.edge(arrival, projection.name(), PlasticOperation.PRE);
    network.edge(projection.to(), projection.name(), PlasticOperation.POST);
    if (projection.plasticity().rule().rewarded()) {
      String reward = projection.plasticity().reward();
      network.edge(reward, projection.name(), PlasticOperation.REWARD);
    }
  }

  /** The node that sends a projection's spikes: its source, or what changes them on their way. */
  private String sender(Network.Builder network, Projection projection) {
    ShortTerm shortTerm = projection.shortTerm();
    if (shortTerm == null) {
      return projection.from();
    }
    String name = projection.name() + ".short_term";
    Map<String, Values> given =
        Map.of("U", shortTerm.use(), "tau_d", shortTerm.tauD(), "tau_f", shortTerm.tauF());
    Map<String, ParameterValue> values =
        parameters(projection.name(), sizes.get(projection.from()), given);
    values.put("dt", ParameterValue.of(from.dt));
    try {
      NeuronOperation operation = new NeuronOperation(ReadoutModels.tsodyksMarkram(), values);
      network.node(List.of(projection.name(), "short_term"), operation);
    } catch (IllegalArgumentException e) {
      throw new NetworkException(
          "Projection '%s': %s".formatted(projection.name(), e.getMessage()), e);
    }
    network.edge(projection.from(), name);
    return name;
  }
}
