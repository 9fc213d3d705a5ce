package org.velella.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.layer.FlattenOperation;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Shape;

/**
 * A neutral description of a network: named nodes, edges, weights. Checked when built: every edge
 * has both ends, every node's input shape is known and fits. Immutable.
 *
 * <p>Several edges into an input of a node are summed in byte order of the source's name. Most
 * nodes have one input; edges to neurons with several name one of them. An input that no edge leads
 * to is 0. A cycle is closed by edges that deliver one step late ({@link #delayed()}).
 */
public final class Network {
  private final List<Node> nodes;
  private final NetworkEdges edges;
  private final FirstStep firstStep;
  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final Map<String, Node> byPath = new LinkedHashMap<>();
  private final NetworkTopology topology;
  private final Set<Edge> delayed = new LinkedHashSet<>();
  private final Map<String, Shape> outputShapes;
  private final Map<String, MemorySpec> delayMemories;

  private Network(List<Node> nodes, List<Edge> edges, FirstStep firstStep) {
    this.firstStep = firstStep;
    for (Node node : nodes) {
      if (byName.put(node.name(), node) != null) {
        throw new NetworkException("Two nodes are named '" + node.name() + "'");
      }
      byPath.put(node.path(), node);
    }
    this.edges = new NetworkEdges(byName, edges);
    requireInputAndOutput();
    topology = new NetworkTopology(byName, this.edges.sources(), this.edges.entering());
    topology
        .delayed()
        .forEach(pair -> delayed.addAll(this.edges.between(pair.source(), pair.target())));
    delayed.removeIf(this.edges::teaches);
    this.nodes = topology.order().stream().map(byName::get).toList();
    requireNoWindowInCycle();
    stepsAtOnce();
    outputShapes = NetworkShapes.infer(this);
    delayMemories = new FirstStepValues(this).memories();
  }

  /** Names as bytes of UTF-8, which orders as Unicode code points do. */
  public static final Comparator<String> BYTE_ORDER =
      (a, b) -> java.util.Arrays.compareUnsigned(utf8(a), utf8(b));

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private void requireInputAndOutput() {
    if (inputs().isEmpty() || outputs().isEmpty()) {
      throw new NetworkException(
          "A network needs an Input and an Output node; nodes are " + byName.keySet());
    }
    for (Node node : byName.values()) {
      if (sources(node.name()).isEmpty() && !(node.operation() instanceof InputOperation)) {
        throw new NetworkException(
            "Node '" + node.name() + "' (" + node.operation().kind() + ") has no incoming edge");
      }
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** All nodes from input to output; equal ranks in byte order of their names. */
  public List<Node> nodes() {
    return nodes;
  }

  public List<Edge> edges() {
    return edges.all();
  }

  /** What delayed edges deliver at the first step of a fresh run. */
  public FirstStep firstStep() {
    return firstStep;
  }

  /**
   * The node of a name, or of a path as it stands in options and memory names.
   *
   * @throws NetworkException if there is none
   */
  public Node node(String name) {
    Node node = byName.getOrDefault(name, byPath.get(name));
    if (node == null) {
      throw new NetworkException("No node '" + name + "'; nodes are " + byName.keySet());
    }
    return node;
  }

  /** Input nodes in byte order of their names; a sample's input holds them one after the other. */
  public List<Node> inputs() {
    return ofKind(InputOperation.class);
  }

  /** Output nodes in byte order of their names. */
  public List<Node> outputs() {
    return ofKind(OutputOperation.class);
  }

  private List<Node> ofKind(Class<?> kind) {
    Map<String, Node> found = new TreeMap<>(BYTE_ORDER);
    byName.values().stream()
        .filter(node -> kind.isInstance(node.operation()))
        .forEach(node -> found.put(node.name(), node));
    return List.copyOf(found.values());
  }

  /**
   * Names of the nodes that feed a node, through whatever input, in byte order: the order in which
   * they are summed if it has one input.
   */
  public List<String> sources(String target) {
    return edges.sources().get(target);
  }

  /**
   * Names of the nodes that feed one input of a node, in byte order: the order in which they are
   * summed.
   *
   * @throws NetworkException if the node has several inputs and this is none of them
   */
  public List<String> sources(String target, String input) {
    return edges.sources(target, input);
  }

  /** Per-sample shape of a node's output for one step. */
  public Shape outputShape(String name) {
    return outputShapes.get(name);
  }

  /**
   * Per-sample shape of the first (summed) input of a node for one step, mostly that of all; scalar
   * for an Input.
   */
  public Shape inputShape(String name) {
    List<String> from = entering(name);
    return from.isEmpty() ? Shape.SCALAR : outputShapes.get(from.get(0));
  }

  /** Elements of one step of one sample's input, all Input nodes together. */
  public int inputSize() {
    return inputs().stream().mapToInt(node -> outputShape(node.name()).size()).sum();
  }

  /** Edges that deliver one step late; every cycle has at least one. */
  public Set<Edge> delayed() {
    return Collections.unmodifiableSet(delayed);
  }

  /**
   * Whether what a node sends to another one arrives one step late, but for what that learns from.
   */
  public boolean isDelayed(String source, String target) {
    return topology.delayed().contains(new Edge(source, target));
  }

  /** Groups of nodes, in execution order; a group of several nodes, or on itself, is a cycle. */
  public List<List<Node>> components() {
    return topology.components().stream()
        .map(names -> names.stream().map(byName::get).toList())
        .toList();
  }

  /**
   * The memories of all nodes with their paths, such as {@code lif.v}, in checkpoint order: in the
   * order in which a tree of modules with these paths lists them, each node's own ones before the
   * {@code previous} output that a cycle needs of it.
   */
  public Map<String, MemorySpec> memories() {
    Map<String, MemorySpec> all = new LinkedHashMap<>();
    for (Node node : NodeTree.of(nodes).nodes()) {
      memoriesOf(node).forEach((name, memory) -> all.put(node.path() + "." + name, memory));
    }
    return all;
  }

  /** One node's memories in the order of {@link #memories()}, by their names without its path. */
  Map<String, MemorySpec> memoriesOf(Node node) {
    List<MemorySpec> own = new ArrayList<>();
    List<MemorySpec> below = new ArrayList<>();
    for (MemorySpec memory : node.operation().memories(inputShape(node.name()))) {
      // A user's module may have children; their memories follow those that are its own.
      (NodePath.split(memory.name()).size() == 1 ? own : below).add(memory);
    }
    MemorySpec previous = previous(node.name());
    if (previous != null) {
      own.add(previous);
    }
    own.addAll(below);
    Map<String, MemorySpec> all = new LinkedHashMap<>();
    for (MemorySpec memory : own) {
      if (all.put(memory.name(), memory) != null) {
        throw new NetworkException(
            "Node '%s' has a memory '%s' of its own and one for its last output; rename its own"
                .formatted(node.name(), memory.name()));
      }
    }
    return all;
  }

  /** The memory that keeps a node's last output for the delayed edges from it, or null. */
  MemorySpec previous(String name) {
    return delayMemories.get(name);
  }

  /** Whether a node sends on whole numbers of spikes; Output, Flatten and Delay pass on theirs. */
  public boolean spikes(String name) {
    Operation operation = node(name).operation();
    if (operation instanceof OutputOperation
        || operation instanceof FlattenOperation
        || operation instanceof DelayOperation) {
      List<String> from = sources(name);
      return from.size() == 1 && spikes(from.get(0));
    }
    return operation.spikes();
  }

  /** How many steps must run at a time: the least common multiple of what the nodes take. */
  public int stepsAtOnce() {
    long all = 1;
    for (Node node : nodes) {
      int each = node.operation().stepsAtOnce();
      all = all / gcd(all, each) * each;
      if (all > Integer.MAX_VALUE) {
        throw new NetworkException(
            "Its nodes take steps at a time of which the least common multiple is above 2^31");
      }
    }
    return (int) all;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * Refuses steps that some node cannot run.
   *
   * @param from how many have run
   * @param steps how many shall run now
   * @throws NetworkException if so; the message names the node and what it can
   */
  public void requireSteps(long from, long steps) {
    for (Node node : nodes) {
      Operation operation = node.operation();
      int atOnce = operation.stepsAtOnce();
      if (from % atOnce != 0 || steps % atOnce != 0) {
        throw new NetworkException(
            "Node '%s' (%s) takes %d steps at a time, so it cannot run %d steps after %d"
                .formatted(node.name(), operation.kind(), atOnce, steps, from));
      }
      if (from + steps > operation.mostSteps()) {
        throw new NetworkException(
            "Node '%s' (%s) has weights for %d steps, so it cannot run to step %d"
                .formatted(node.name(), operation.kind(), operation.mostSteps(), from + steps));
      }
    }
  }

  private void requireNoWindowInCycle() {
    for (Node node : nodes) {
      if (node.operation().stepsAtOnce() > 1 && isInCycle(node.name())) {
        throw new NetworkException(
            "Node '%s' (%s) takes %d steps at a time, so it cannot be part of a cycle"
                .formatted(node.name(), node.operation().kind(), node.operation().stepsAtOnce()));
      }
    }
  }

  boolean isInCycle(String name) {
    return topology.isInCycle(name);
  }

  /** Names of the nodes whose outputs enter a node's output, in byte order. */
  List<String> entering(String target) {
    return edges.entering().get(target);
  }

  /** Whether the target of an edge only learns from what it brings. */
  boolean teaches(Edge edge) {
    return edges.teaches(edge);
  }

  /** Collects nodes and edges; {@link #build()} checks them. */
  public static final class Builder {
    private final List<Node> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private FirstStep firstStep = FirstStep.ZERO;

    private Builder() {}

    public Builder node(String name, Operation operation) {
      nodes.add(new Node(name, operation));
      return this;
    }

    /** A node inside nested graphs or modules: their names, then its own. */
    public Builder node(List<String> segments, Operation operation) {
      nodes.add(Node.at(segments, operation));
      return this;
    }

    /** An edge to the only input of a node. */
    public Builder edge(String source, String target) {
      return edge(new Edge(source, target));
    }

    /** An edge to one of a node's inputs. */
    public Builder edge(String source, String target, String input) {
      return edge(new Edge(source, target, input));
    }

    public Builder edge(Edge edge) {
      edges.add(edge);
      return this;
    }

    public Builder firstStep(FirstStep value) {
      firstStep = value;
      return this;
    }

    /**
     * The network.
     *
     * @throws NetworkException if an end is missing, an edge is doubled or names no input where
     *     there are several, or shapes do not fit
     */
    public Network build() {
      return new Network(nodes, edges, firstStep);
    }
  }
}
