package org.velella.network;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemorySpec;
import org.velella.module.MemoryValue;
import org.velella.module.Noise;
import org.velella.module.Samples;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One node of a {@link NetworkModule}. Its own forward runs its operation alone; where a cycle
 * needs its last output, that is kept in the memory {@code previous}.
 */
final class NodeModule extends EngineModule {
  private final boolean keepsOutput;
  private final String path;

  /**
   * The module of a node.
   *
   * @param memories of the node with their names, in the network's order
   */
  NodeModule(Node node, java.util.Map<String, MemorySpec> memories, boolean keepsOutput) {
    this.keepsOutput = keepsOutput;
    path = node.path();
    memories.forEach(this::place);
    run(node.operation());
    samples(Samples.numbered());
  }

  /** Sets who the samples are, for nodes that draw random numbers. */
  void samples(Samples samples) {
    noise(new Noise(samples, path));
  }

  private void place(String name, MemorySpec spec) {
    List<String> segments = NodePath.split(name);
    EngineModule owner = this;
    for (String segment : segments.subList(0, segments.size() - 1)) {
      owner = owner.part(segment);
    }
    String last = segments.get(segments.size() - 1);
    owner.memory(last, spec);
    if (!(keepsOutput && name.equals(FirstStepValues.MEMORY))) {
      slot(owner, last);
    }
  }

  @Override
  void afterForward(List<INDArray> outputs, StepMode mode) {
    Tensor output = NdArrays.toTensor(outputs.get(0));
    if (keepsOutput && mode == StepMode.SINGLE_STEP) {
      setMemory(FirstStepValues.MEMORY, MemoryValue.tensor(output));
    } else if (keepsOutput && output.shape().dim(0) > 0) {
      int steps = output.shape().dim(0);
      Shape step = output.shape().dropFirst(1);
      Tensor last = output.rows(steps - 1, steps).reshape(step);
      setMemory(FirstStepValues.MEMORY, MemoryValue.tensor(last));
    }
  }
}
