package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.plan.Lowering;

/**
 * What a run records besides the spike counts and first spikes of its outputs.
 *
 * @param rasters names of the nodes whose spikes are recorded
 * @param traces recorded variables: node name to variable names
 */
public record Probes(Set<String> rasters, Map<String, Set<String>> traces) {
  /** Nothing is recorded. */
  public static final Probes NONE = new Probes(Set.of(), Map.of());

  public Probes {
    rasters = new TreeSet<>(rasters);
    traces = new TreeMap<>(traces);
  }

  /**
   * Probes from their text: {@code spikes} (all spiking nodes), {@code spikes:NODE}, {@code
   * VARIABLE:NODE}, separated by commas. A node is written by its name or its path; one that holds
   * a comma is quoted.
   *
   * @throws IllegalArgumentException if a node does not exist or does not have the variable, or
   *     does not spike; the message lists what can be recorded
   */
  public static Probes parse(String spec, Network network) {
    Set<String> rasters = new TreeSet<>();
    Map<String, Set<String>> traces = new TreeMap<>();
    for (String item : split(spec)) {
      int colon = item.indexOf(':');
      String what = colon < 0 ? item : item.substring(0, colon);
      String name = colon < 0 ? "" : resolve(network, item.substring(colon + 1));
      if (item.equals("spikes")) {
        spikingNodes(network).forEach(rasters::add);
      } else if (what.equals("spikes")) {
        requireSpiking(network, name);
        rasters.add(name);
      } else if (colon < 0) {
        throw new IllegalArgumentException(
            "Cannot record '%s'; write spikes, spikes:NODE or VARIABLE:NODE, such as v:%s"
                .formatted(item, spikingNodes(network).stream().findFirst().orElse("NODE")));
      } else {
        String path = network.node(name).path() + "." + what;
        if (!Lowering.recordable(network).contains(path)) {
          throw new IllegalArgumentException(
              "Node '%s' has no variable '%s'; recordable are %s"
                  .formatted(name, what, Lowering.recordable(network)));
        }
        traces.computeIfAbsent(name, key -> new TreeSet<>()).add(what);
      }
    }
    return new Probes(rasters, traces);
  }

  private static List<String> split(String spec) {
    List<String> items = new ArrayList<>();
    StringBuilder item = new StringBuilder();
    boolean quoted = false;
    for (char c : (spec + ",").toCharArray()) {
      quoted ^= c == '\'';
      if (c == ',' && !quoted) {
        if (!item.toString().isBlank()) {
          items.add(item.toString().strip());
        }
        item.setLength(0);
      } else {
        item.append(c);
      }
    }
    if (!item.toString().equals(",") && item.length() > 0) {
      throw new IllegalArgumentException("Unclosed quote in '" + spec + "'");
    }
    return items;
  }

  /** The name of the node that is written by its name or by a path, quoted or not. */
  private static String resolve(Network network, String written) {
    boolean quoted = written.indexOf('\'') >= 0;
    String path = quoted ? NodePath.join(NodePath.split(written)) : written;
    return network.nodes().stream()
        .filter(node -> node.path().equals(path))
        .findFirst()
        .orElseGet(() -> network.node(written))
        .name();
  }

  private static Set<String> spikingNodes(Network network) {
    return network.nodes().stream()
        .filter(node -> node.operation().spikes())
        .map(Node::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void requireSpiking(Network network, String name) {
    if (!network.node(name).operation().spikes()) {
      throw new IllegalArgumentException(
          "Node '%s' (%s) does not spike; spiking nodes are %s"
              .formatted(name, network.node(name).operation().kind(), spikingNodes(network)));
    }
  }

  /** Recorded variables as {@code path.variable}. */
  Set<String> variablePaths(Network network) {
    Set<String> paths = new TreeSet<>();
    traces.forEach(
        (node, names) -> names.forEach(name -> paths.add(network.node(node).path() + "." + name)));
    return paths;
  }
}
