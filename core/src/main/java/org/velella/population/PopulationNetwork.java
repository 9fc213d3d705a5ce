package org.velella.population;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.network.Network;

/**
 * A network of populations and projections, and what is known of it.
 *
 * <p>Every population is a node of its name, every projection a node of its name, with its delay in
 * a node {@code NAME.delay} before it if all synapses have the same one, else as a {@link
 * org.velella.synapse.DelayedSparseOperation}. What is drawn is a function of the seed and of
 * names: of the projection's for its synapses, of the population's and the parameter's for
 * parameters. The order of calls, other populations, threads and machines do not show.
 */
public final class PopulationNetwork {
  private final Network network;
  private final List<Population> populations;
  private final List<ProjectionReport> projections;
  private final List<String> notes;

  PopulationNetwork(
      Network network,
      List<Population> populations,
      List<ProjectionReport> projections,
      List<String> notes) {
    this.network = network;
    this.populations = List.copyOf(populations);
    this.projections = List.copyOf(projections);
    this.notes = List.copyOf(notes);
  }

  /**
   * A network without anything yet.
   *
   * @param seed of all that is drawn when it is built
   */
  public static Builder builder(long seed) {
    return new Builder(seed);
  }

  /** The network, as every other one. */
  public Network network() {
    return network;
  }

  /** The populations in the order in which they were added. */
  public List<Population> populations() {
    return populations;
  }

  /** What became of the projections, in the order in which they were added. */
  public List<ProjectionReport> projections() {
    return projections;
  }

  /** What was changed, such as delays that are no whole number of steps. */
  public List<String> notes() {
    return notes;
  }

  /** Collects populations, projections, inputs and drives; {@link #build()} checks and draws. */
  public static final class Builder {
    final long seed;
    double dt = 1;
    final Map<String, Integer> inputs = new LinkedHashMap<>();
    final Map<String, Population> populations = new LinkedHashMap<>();
    final Map<String, Projection> projections = new LinkedHashMap<>();
    final Map<String, Drive> drives = new LinkedHashMap<>();
    final List<String> outputs = new ArrayList<>();

    private Builder(long seed) {
      this.seed = seed;
    }

    /**
     * Sets the time of one step, in the unit of delays and rates; 1 by itself, so that delays are
     * steps and rates numbers per step.
     */
    public Builder dt(double time) {
      Checks.require(
          time > 0 && Double.isFinite(time), "dt must be finite and above 0, found %s", time);
      dt = time;
      return this;
    }

    /** Adds an Input node, from which projections may come. */
    public Builder input(String name, int size) {
      Checks.size("Input '" + name + "'", size);
      requireNew("Input", name);
      inputs.put(name, size);
      return this;
    }

    public Builder population(Population population) {
      requireNew("Population", population.name());
      populations.put(population.name(), population);
      return this;
    }

    public Builder projection(Projection projection) {
      requireNew("Projection", projection.name());
      projections.put(projection.name(), projection);
      return this;
    }

    public Builder drive(Drive drive) {
      requireNew("Drive", drive.name());
      drives.put(drive.name(), drive);
      return this;
    }

    /** Makes a population an output of the network; without any such call, all of them are. */
    public Builder output(String population) {
      Checks.require(
          !outputs.contains(population), "Population '%s' is an output already", population);
      outputs.add(population);
      return this;
    }

    private void requireNew(String what, String name) {
      Checks.name(what, name);
      boolean taken =
          inputs.containsKey(name)
              || populations.containsKey(name)
              || projections.containsKey(name)
              || drives.containsKey(name);
      Checks.require(!taken, "%s '%s': there is something of this name already", what, name);
    }

    /**
     * The network.
     *
     * @throws org.velella.network.NetworkException if something is missing or does not fit; all
     *     names and sizes are checked before anything is drawn
     */
    public PopulationNetwork build() {
      return new Assembly(this).build();
    }
  }
}
