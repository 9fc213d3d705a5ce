package org.velella.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * The memories of delayed edges: their sources keep their last output in a memory named {@code
 * previous}, and here is what it holds before the first step. With {@link FirstStep#ZERO} that is
 * zeros; with {@link FirstStep#ZERO_INPUT} it is what the source gives while no neuron has fired.
 */
final class FirstStepValues {
  /** The memory of a delayed edge's source. */
  static final String MEMORY = "previous";

  private static final Tensor UNKNOWN = Tensor.zeros(DType.FLOAT32, Shape.SCALAR);

  private final Network network;
  private final Map<String, Tensor> values = new HashMap<>();

  FirstStepValues(Network network) {
    this.network = network;
  }

  /** By the name of the source. */
  Map<String, MemorySpec> memories() {
    Set<String> needed = new LinkedHashSet<>();
    network.delayed().forEach(edge -> needed.add(edge.source()));
    Map<String, MemorySpec> memories = new LinkedHashMap<>();
    for (Node node : network.nodes()) {
      if (needed.contains(node.name())) {
        memories.put(node.name(), new MemorySpec(MEMORY, MemoryScope.PER_SAMPLE, initial(node)));
      }
    }
    return memories;
  }

  private Tensor initial(Node node) {
    if (network.firstStep() == FirstStep.ZERO) {
      return Tensor.zeros(DType.FLOAT32, network.outputShape(node.name()));
    }
    if (values.isEmpty()) {
      network.nodes().forEach(each -> values.put(each.name(), quiet(each)));
    }
    Tensor value = values.get(node.name());
    if (value == UNKNOWN) {
      throw new NetworkException(
          "Node '%s' (%s) closes a cycle; what it gives at the first step, before any neuron has"
                  .formatted(node.name(), node.operation().kind())
              + " fired, is only known for Linear, Affine, Conv, Flatten, Delay, Scale, projection, SumPool and"
              + " AvgPool nodes that a neuron feeds; use first step ZERO");
    }
    return value;
  }

  /** A node's output while every neuron and every input is silent. */
  private Tensor quiet(Node node) {
    Operation operation = node.operation();
    Shape shape = network.outputShape(node.name());
    Tensor zeros = Tensor.zeros(DType.FLOAT32, shape);
    if (operation instanceof DelayOperation delay) {
      return undelayed(delay.expand(shape), node, zeros);
    }
    boolean delivers =
        operation instanceof PlasticOperation
            || operation instanceof DelayedSparseOperation delayed && delayed.deliversAtOnce();
    if (delivers) {
      Tensor sent = input(node);
      return sent != UNKNOWN && isZero(sent) ? zeros : UNKNOWN;
    }
    boolean keepsMemories = !operation.memories(network.inputShape(node.name())).isEmpty();
    if (keepsMemories || operation instanceof InputOperation) {
      return zeros;
    }
    Tensor input = input(node);
    if (operation instanceof FlattenOperation && input != UNKNOWN) {
      return input.reshape(shape);
    }
    if (input == UNKNOWN || !isZero(input)) {
      return UNKNOWN;
    }
    if (operation instanceof LinearOperation linear) {
      return spread(linear.bias(), shape, shape.rank() - 1);
    }
    if (operation instanceof ConvOperation conv) {
      return spread(conv.bias(), shape, 0);
    }
    boolean keepsZero =
        operation instanceof ScaleOperation
            || operation instanceof OutputOperation
            || operation instanceof PoolOperation
            || operation instanceof SparseOperation
            || operation instanceof EqualWeightOperation;
    return keepsZero ? zeros : UNKNOWN;
  }

  /** What a delay gives before anything came: its input where it is 0, zeros elsewhere. */
  private Tensor undelayed(int[] steps, Node node, Tensor zeros) {
    boolean passesOn = Arrays.stream(steps).anyMatch(each -> each == 0);
    Tensor input = passesOn ? input(node) : zeros;
    if (input == UNKNOWN) {
      return UNKNOWN;
    }
    float[] output = zeros.floats().clone();
    for (int i = 0; i < output.length; i++) {
      output[i] = steps[i % steps.length] == 0 ? input.floats()[i] : 0;
    }
    return Tensor.of(zeros.shape(), output);
  }

  /**
   * The value of a node's only source that is not late; of several sources only zeros are known.
   */
  private Tensor input(Node node) {
    Tensor input = null;
    for (String source : network.entering(node.name())) {
      boolean late = network.isDelayed(source, node.name());
      Tensor value = late ? UNKNOWN : values.get(source);
      if (input == null || input != UNKNOWN && isZero(input)) {
        input = value;
      } else if (value == UNKNOWN || !isZero(value)) {
        return UNKNOWN;
      }
    }
    return input;
  }

  private static boolean isZero(Tensor tensor) {
    for (float value : tensor.floats()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** A bias along one axis of a shape. */
  private static Tensor spread(Tensor bias, Shape shape, int axis) {
    float[] values = new float[shape.size()];
    int inner = shape.dropFirst(axis + 1).size();
    for (int i = 0; bias != null && i < values.length; i++) {
      // + 0.0f as at the end of every accumulation: -0 becomes +0.
      values[i] = bias.floats()[i / inner % bias.size()] + 0.0f;
    }
    return Tensor.of(shape, values);
  }
}
