package org.velella.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.encoding.EncoderOperation;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.HostOperation;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.OutputOperation;
import org.velella.network.WeightScaling;
import org.velella.neuron.MaskedPsnOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.PsnOperation;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;

/** Turns a network into a {@link Plan}; a pure function of its arguments. */
public final class Lowering {
  private final Network network;
  private final PlanOptions options;
  private final List<PlanValue> values = new ArrayList<>();
  private final List<PlanMemory> memories = new ArrayList<>();
  private final Map<String, Integer> memoryByPath = new LinkedHashMap<>();
  private final Map<String, Integer> nodeValues = new LinkedHashMap<>();
  private final Map<String, Integer> previous = new LinkedHashMap<>();
  private final Map<String, Integer> recorded = new TreeMap<>();
  private final Map<String, List<List<Integer>>> reads = new TreeMap<>();
  private final List<Stage> stages = new ArrayList<>();
  private final Folding folding;
  private final Map<String, Integer> foldedInputs = new LinkedHashMap<>();
  private List<Op> ops = new ArrayList<>();

  private Lowering(Network network, PlanOptions options) {
    this.network = network;
    this.options = options;
    folding = Folding.of(network);
  }

  /**
   * The plan of a network.
   *
   * @throws IllegalArgumentException if a recorded node or variable does not exist; the message
   *     lists what does
   */
  public static Plan lower(Network network, PlanOptions options) {
    return new Lowering(network, options).run();
  }

  private Plan run() {
    for (Map.Entry<String, MemorySpec> entry : network.memories().entrySet()) {
      memoryByPath.put(entry.getKey(), memories.size());
      memories.add(new PlanMemory(memories.size(), entry.getKey(), entry.getValue()));
    }
    for (List<Node> component : network.components()) {
      boolean cycle = isCycle(component);
      if (cycle) {
        readDelays(component);
      }
      for (Node node : component) {
        lower(node);
        if (!cycle) {
          // What learns goes on step by step, wherever what teaches it comes from.
          flush(learn(node));
        }
      }
      if (cycle) {
        component.forEach(this::learn);
        writeDelays(component);
        flush(true);
      }
    }
    requireRecorded();
    List<Integer> inputs = ids(network.inputs());
    List<Integer> outputs = ids(network.outputs());
    Set<Integer> visible = new HashSet<>(outputs);
    for (String name : options.visibleNodes()) {
      network.node(name);
      visible.add(nodeValues.get(name));
    }
    visible.addAll(recorded.values());
    reads.values().forEach(inputsOf -> inputsOf.forEach(visible::addAll));
    return new Plan(
        options.batch(),
        List.copyOf(values),
        List.copyOf(stages),
        List.copyOf(memories),
        inputs,
        outputs,
        Map.copyOf(nodeValues),
        Map.copyOf(recorded),
        Map.copyOf(reads),
        Set.copyOf(visible));
  }

  private boolean isCycle(List<Node> component) {
    String first = component.get(0).name();
    return component.size() > 1 || network.isDelayed(first, first);
  }

  private List<Integer> ids(List<Node> nodes) {
    return nodes.stream().map(node -> nodeValues.get(node.name())).toList();
  }

  /** Ops of a feed-forward node become a stage each, so that they run over a whole chunk. */
  private void flush(boolean stepped) {
    if (stepped) {
      stages.add(new Stage(true, List.copyOf(ops)));
    } else {
      ops.forEach(op -> stages.add(new Stage(false, List.of(op))));
    }
    ops = new ArrayList<>();
  }

  private int value(String name, Shape shape) {
    values.add(new PlanValue(values.size(), name, shape));
    return values.size() - 1;
  }

  private void readDelays(List<Node> component) {
    for (Node node : component) {
      Integer memory = memoryByPath.get(node.path() + ".previous");
      if (memory != null) {
        Shape shape = network.outputShape(node.name());
        int output = value(node.path() + ".previous", shape);
        previous.put(node.name(), output);
        ops.add(new DelayReadOp(node.name(), memory, output, shape.size()));
      }
    }
  }

  private void writeDelays(List<Node> component) {
    for (Node node : component) {
      Integer memory = memoryByPath.get(node.path() + ".previous");
      if (memory != null) {
        int size = network.outputShape(node.name()).size();
        ops.add(new DelayWriteOp(node.name(), nodeValues.get(node.name()), memory, size));
      }
    }
  }

  private void lower(Node node) {
    Operation operation = node.operation();
    Shape shape = network.outputShape(node.name());
    if (operation instanceof InputOperation) {
      nodeValues.put(node.name(), value(node.name(), shape));
      return;
    }
    Folding.Folded folded = folding.at(node.name());
    List<Integer> inputs =
        folded == null ? inputs(node) : List.of(foldedInputs.get(folded.source().name()));
    int input = inputs.get(0);
    if (passesOn(operation)) {
      nodeValues.put(node.name(), input);
      return;
    }
    if (folding.movesOn(node.name())) {
      foldedInputs.put(node.name(), input);
      if (!options.visibleNodes().contains(node.name())) {
        return;
      }
    }
    int output = value(node.name(), shape);
    nodeValues.put(node.name(), output);
    Node weighted = folded == null ? node : folded.source();
    Operation does = folded == null ? operation : folded.operation();
    Shape in = network.inputShape(weighted.name());
    if (options.scaledNodes().contains(weighted.name())) {
      int sums = value(node.path() + ".sums", shape);
      ops.add(op(node, WeightScaling.withoutBias(does), in, input, sums));
      ops.add(scaling(node, weighted, does, sums, output));
    } else if (does instanceof NeuronOperation neurons) {
      ops.add(neuronOp(node, neurons, in, inputs, output));
    } else {
      ops.add(op(node, does, in, input, output));
    }
  }

  /** Whether a node's output is its input. */
  private static boolean passesOn(Operation operation) {
    return operation instanceof OutputOperation
        || operation instanceof FlattenOperation
        || operation instanceof DelayOperation delay && delay.kept() == 0;
  }

  /**
   * What scales the sums that weights give. It has the parameters of the node whose weights they
   * are, wherever batch normalisation has moved them.
   */
  private NeuronOp scaling(Node node, Node weighted, Operation does, int sums, int output) {
    Shape shape = network.outputShape(node.name());
    NeuronOperation scaling = WeightScaling.scaling(does);
    return new NeuronOp(
        node.name(), weighted.path(), scaling, shape, List.of(sums), output, List.of(), Map.of());
  }

  /** The values that a node reads, one for each of its inputs. */
  private List<Integer> inputs(Node node) {
    List<String> names = new ArrayList<>(node.operation().inputNames());
    names.removeAll(node.operation().learningInputs());
    if (names.size() < 2) {
      String only = names.isEmpty() ? "" : names.get(0);
      return List.of(input(node, node.path() + ".input", network.sources(node.name(), only)));
    }
    List<Integer> all = new ArrayList<>();
    for (String name : names) {
      List<String> sources = network.sources(node.name(), name);
      all.add(input(node, node.path() + ".input." + name, sources));
    }
    return List.copyOf(all);
  }

  /** The value of an input: its only source's, or the sum of all. */
  private int input(Node node, String valueName, List<String> sources) {
    List<Integer> from = new ArrayList<>();
    for (String source : sources) {
      boolean late = network.isDelayed(source, node.name());
      from.add(late ? previous.get(source) : nodeValues.get(source));
    }
    if (options.readNodes().contains(node.name())) {
      reads.computeIfAbsent(node.name(), name -> new ArrayList<>()).add(List.copyOf(from));
    }
    return sum(node, valueName, from, network.inputShape(node.name()));
  }

  /** Lets a node learn, if it does, from what others have sent in this step. */
  private boolean learn(Node node) {
    if (!(node.operation() instanceof PlasticOperation plastic)) {
      return false;
    }
    Shape first = network.inputShape(node.name());
    List<Integer> from = new ArrayList<>();
    for (String name : plastic.inputNames().subList(1, plastic.inputNames().size())) {
      List<Integer> sources =
          network.sources(node.name(), name).stream().map(nodeValues::get).toList();
      String path = node.path() + ".input." + name;
      from.add(sum(node, path, sources, plastic.inputShape(name, first)));
    }
    List<Integer> own = memoryIds(node, plastic.memories(first));
    ops.add(new LearnOp(node.name(), plastic, List.copyOf(from), own));
    return true;
  }

  private int sum(Node node, String name, List<Integer> from, Shape shape) {
    if (from.size() == 1) {
      return from.get(0);
    }
    int sum = value(name, shape);
    ops.add(new SumOp(node.name(), List.copyOf(from), sum, shape.size()));
    return sum;
  }

  private Op op(Node node, Operation operation, Shape in, int input, int output) {
    if (operation instanceof EncoderOperation encoder) {
      List<Integer> ids =
          encoder.memories(in).stream()
              .map(spec -> memoryByPath.get(node.path() + "." + spec.name()))
              .toList();
      return new EncoderOp(node.name(), node.path(), encoder, input, output, in.size(), ids);
    }
    if (operation instanceof LinearOperation linear) {
      return new LinearOp(
          node.name(),
          input,
          output,
          in.size() / linear.inputs(),
          linear.inputs(),
          linear.outputs(),
          linear.weight().floats(),
          linear.bias() == null ? null : linear.bias().floats());
    }
    if (operation instanceof ConvOperation conv) {
      return Windows.conv(node.name(), conv, in, network.outputShape(node.name()), input, output);
    }
    if (operation instanceof PoolOperation pool) {
      return Windows.pool(node.name(), pool, in, network.outputShape(node.name()), input, output);
    }
    if (operation instanceof ScaleOperation scale) {
      return new ScaleOp(node.name(), input, output, in.size(), 1, scale.expand(in), null);
    }
    if (operation instanceof BatchNormOperation norm) {
      int inner = in.size() / in.dim(0);
      float[] scale = Rounding.toFloats(norm.scale());
      float[] shift = Rounding.toFloats(norm.shift());
      return new ScaleOp(node.name(), input, output, in.size(), inner, scale, shift);
    }
    if (operation instanceof SparseOperation sparse) {
      float[] weight = sparse.weight().floats();
      return new SparseOp(node.name(), input, output, sparse.connectivity(), weight);
    }
    if (operation instanceof EqualWeightOperation equal) {
      return new EqualWeightOp(node.name(), input, output, equal.connectivity(), equal.weight());
    }
    if (operation instanceof DelayOperation delay) {
      int memory = memoryIds(node, delay.memories(in)).get(0);
      int[] steps = delay.expand(in);
      return new DelayOp(
          node.name(), node.path(), input, output, in.size(), steps, delay.kept(), memory);
    }
    if (operation instanceof DelayedSparseOperation delayed) {
      return new DelayedSparseOp(
          node.name(),
          input,
          output,
          delayed.connectivity(),
          delayed.weight().floats(),
          delayed.steps().ints(),
          delayed.longest(),
          memoryIds(node, delayed.memories(in)).get(0));
    }
    if (operation instanceof PlasticOperation plastic) {
      int memory = memoryIds(node, plastic.memories(in)).get(0);
      return new PlasticOp(node.name(), node.path(), plastic, input, output, memory);
    }
    if (operation instanceof PsnOperation psn) {
      return new PsnOp(node.name(), psn, input, output, in.size());
    }
    if (operation instanceof MaskedPsnOperation masked) {
      List<Integer> own = memoryIds(node, masked.memories(in));
      int past = own.size() > 1 ? own.get(1) : -1;
      return new MaskedPsnOp(node.name(), masked, input, output, in.size(), own.get(0), past);
    }
    if (operation instanceof HostOperation host) {
      List<Integer> own = memoryIds(node, host.memories(in));
      return new HostOp(node.name(), host, input, output, own);
    }
    throw new IllegalArgumentException(
        "Node '" + node.name() + "': no lowering for " + operation.getClass().getName());
  }

  private NeuronOp neuronOp(
      Node node, NeuronOperation neurons, Shape in, List<Integer> inputs, int output) {
    Map<String, Integer> record = new TreeMap<>();
    for (String variable :
        new java.util.TreeSet<>(neurons.model().program().variables().keySet())) {
      String path = node.path() + "." + variable;
      if (options.variables().contains(path)) {
        int id = value(path, in);
        record.put(variable, id);
        recorded.put(path, id);
      }
    }
    return new NeuronOp(
        node.name(),
        node.path(),
        neurons,
        in,
        inputs,
        output,
        memoryIds(node, neurons.memories(in)),
        record);
  }

  private List<Integer> memoryIds(Node node, List<MemorySpec> specs) {
    return specs.stream().map(spec -> memoryByPath.get(node.path() + "." + spec.name())).toList();
  }

  private void requireRecorded() {
    for (String path : options.variables()) {
      if (!recorded.containsKey(path)) {
        throw new IllegalArgumentException(
            "Cannot record '" + path + "'; recordable are " + recordable(network));
      }
    }
  }

  /** Every {@code path.variable} that a probe may name. */
  public static List<String> recordable(Network network) {
    List<String> paths = new ArrayList<>();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons) {
        neurons.model().program().variables().keySet().stream()
            .sorted()
            .forEach(variable -> paths.add(node.path() + "." + variable));
      }
    }
    return paths;
  }
}
