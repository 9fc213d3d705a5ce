package org.velella.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.HostOperation;
import org.velella.module.MemorySpec;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.MultiStepContainer;
import org.velella.module.NamedMemory;
import org.velella.module.Operation;
import org.velella.module.OperationModule;
import org.velella.module.SeqToAnnContainer;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Networks from module trees. */
public final class Networks {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  private final Network.Builder builder = Network.builder();
  private final Set<Module> stateful = Collections.newSetFromMap(new IdentityHashMap<>());
  private String last = INPUT;
  private Shape shape;

  private Networks(Shape input) {
    this.shape = input;
    builder.node(INPUT, new InputOperation(input));
  }

  /**
   * The network that computes what a sequence of modules does: one node per module, named by its
   * path in the tree, so that the network's memories have the paths and the order of {@link
   * org.velella.module.Memories#namedMemories}. Built-in modules become their operations, a {@link
   * NetworkModule} its nodes, other ones {@link HostOperation}s. A fresh run starts from the
   * modules' reset values; what their memories hold now is not part of a network.
   *
   * @param root its modules run one after the other; inside may be further sequences
   * @param input the shape of one step of one sample
   * @throws IllegalArgumentException if a user's module cannot be built anew, a module with
   *     memories is used twice, a reset value is not where the operation starts, or shapes do not
   *     fit; the message names the module
   */
  public static Network fromModule(Sequential root, Shape input) {
    if (!isSequence(root)) {
      throw new NetworkException(
          root.getClass().getName()
              + " may do more than run its modules in sequence; put it into a Sequential, where it"
              + " becomes one node");
    }
    Networks networks = new Networks(input);
    networks.add(root, List.of());
    networks.builder.node(OUTPUT, new OutputOperation()).edge(networks.last, OUTPUT);
    return networks.builder.build();
  }

  /** Subclasses of users may override forward, so only the known sequences count. */
  private static boolean isSequence(Module module) {
    return module.getClass() == Sequential.class
        || module instanceof SeqToAnnContainer
        || module instanceof MultiStepContainer;
  }

  private void add(Module sequence, List<String> path) {
    for (Map.Entry<String, Module> child : sequence.namedChildren().entrySet()) {
      List<String> segments = new ArrayList<>(path);
      segments.add(child.getKey());
      if (isSequence(child.getValue())) {
        add(child.getValue(), segments);
      } else if (child.getValue() instanceof NetworkModule inner) {
        embed(inner, segments);
      } else {
        addNode(child.getValue(), segments);
      }
    }
  }

  private void addNode(Module module, List<String> segments) {
    String name = String.join(".", segments);
    Operation operation;
    try {
      operation = operation(module, shape);
      if (!operation.memories(shape).isEmpty()) {
        requireFirstUse(module);
      }
      shape = operation.outputShape(shape);
    } catch (IllegalArgumentException e) {
      throw refused(name, module, e);
    }
    builder.node(segments, operation).edge(last, name);
    last = name;
  }

  private static NetworkException refused(String name, Module module, Exception cause) {
    return new NetworkException(
        "Module '%s' (%s): %s"
            .formatted(name, module.getClass().getSimpleName(), cause.getMessage()),
        cause);
  }

  private void requireFirstUse(Module module) {
    if (!stateful.add(module)) {
      throw new NetworkException(
          "it has memories and is used twice; a network has no shared memories");
    }
  }

  /** Takes the nodes of a network of one input and one output, which one node feeds. */
  private void embed(NetworkModule module, List<String> path) {
    Network inner = module.network();
    try {
      requireFirstUse(module);
      Node input = only("Input", inner.inputs());
      String end =
          only("edge into its Output", inner.sources(only("Output", inner.outputs()).name()));
      if (!shape.equals(inner.outputShape(input.name())) || end.equals(input.name())) {
        throw new NetworkException(
            "it takes input of shape %s through at least one node, found %s"
                .formatted(inner.outputShape(input.name()), shape));
      }
      if (inner.firstStep() != FirstStep.ZERO) {
        throw new NetworkException(
            "it starts with first step %s, inside another network that is %s"
                .formatted(inner.firstStep(), FirstStep.ZERO));
      }
      shape = inner.outputShape(end);
      String entry = last;
      for (Node node : inner.nodes()) {
        boolean port = node == input || inner.outputs().contains(node);
        if (!port) {
          List<String> segments = new ArrayList<>(path);
          segments.addAll(NodePath.split(node.path()));
          builder.node(segments, node.operation());
        }
      }
      for (Edge edge : inner.edges()) {
        if (!(inner.node(edge.target()).operation() instanceof OutputOperation)) {
          boolean first = edge.source().equals(input.name());
          String from = first ? entry : inside(path, edge.source());
          builder.edge(edge.between(from, inside(path, edge.target())));
        }
      }
      last = inside(path, end);
    } catch (NetworkException e) {
      throw refused(String.join(".", path), module, e);
    }
  }

  private static <T> T only(String what, List<T> found) {
    if (found.size() != 1) {
      throw new NetworkException(
          "as part of another network it must have one %s, found %d".formatted(what, found.size()));
    }
    return found.get(0);
  }

  private static String inside(List<String> path, String name) {
    return String.join(".", path) + "." + name;
  }

  /**
   * What a module does with inputs of a shape.
   *
   * @throws IllegalArgumentException if it cannot take them, or would not start as a fresh
   *     operation does
   */
  static Operation operation(Module module, Shape input) {
    if (!(module instanceof OperationModule built)) {
      return HostOperation.of(module);
    }
    Operation operation = built.operation();
    if (operation.inputNames().size() > 1) {
      throw new NetworkException(
          "it has the inputs %s, and a sequence gives each module one"
              .formatted(operation.inputNames()));
    }
    operation.outputShape(input);
    requireSameStart(built, operation.memories(input), input);
    return operation;
  }

  private static void requireSameStart(
      OperationModule module, List<MemorySpec> memories, Shape shape) {
    INDArray zeros = NdArrays.toArray(Tensor.zeros(DType.FLOAT32, shape.prepend(1)));
    List<MemoryValue> resets =
        module.namedMemories().stream().map(NamedMemory::name).map(module::resetValue).toList();
    List<MemoryValue> starts = module.materialize(List.of(zeros), resets, StepMode.SINGLE_STEP);
    for (int i = 0; i < memories.size(); i++) {
      MemorySpec spec = memories.get(i);
      Tensor start = starts.get(i).tensor();
      if (!start.reshape(spec.shape()).bitEquals(spec.initial())) {
        throw new NetworkException(
            "the reset value of memory '%s' was changed to %s; a network starts from %s"
                .formatted(spec.name(), resets.get(i), spec.initial()));
      }
    }
  }
}
