package org.velella.plan;

import java.util.ArrayList;
import java.util.List;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The memories of one tile: their initial values and the check of given ones. */
public final class TileMemories {
  private TileMemories() {}

  /** Fresh memories in plan order: {@code [N, *]}, shared ones {@code [*]}. */
  public static List<Tensor> initial(Plan plan, TileParameters parameters) {
    List<Tensor> memories = new ArrayList<>();
    for (PlanMemory memory : plan.memories()) {
      Tensor one = memory.spec().initial();
      if (memory.spec().scope() == MemoryScope.SHARED) {
        memories.add(one.copy());
        continue;
      }
      Tensor all = Tensor.zeros(one.dtype(), one.shape().prepend(plan.batch()));
      for (int n = 0; n < plan.batch(); n++) {
        all.setRow(n, one);
      }
      memories.add(all);
    }
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof NeuronOp neuron) {
          NeuronConstants.initialMemories(neuron, plan.batch(), parameters, memories);
        }
      }
    }
    return memories;
  }

  /** Gives every NaN of a tensor the one form in which memories are written; the same tensor. */
  public static Tensor canonical(Tensor memory) {
    if (memory.dtype() == DType.FLOAT32) {
      float[] values = memory.floats();
      for (int i = 0; i < values.length; i++) {
        if (values[i] != values[i]) {
          values[i] = Float.intBitsToFloat(Tensor.canonicalBits(values[i]));
        }
      }
    }
    return memory;
  }

  /**
   * Checks that memories fit a plan before any of them is used.
   *
   * @throws IllegalArgumentException naming the first that does not, with what was expected and
   *     found
   */
  public static void require(Plan plan, List<Tensor> memories) {
    if (memories.size() != plan.memories().size()) {
      throw new IllegalArgumentException(
          "Memory length mismatch: model has %d memories but list contains %d"
              .formatted(plan.memories().size(), memories.size()));
    }
    for (PlanMemory memory : plan.memories()) {
      Tensor given = memories.get(memory.id());
      Shape one = memory.spec().shape();
      boolean shared = memory.spec().scope() == MemoryScope.SHARED;
      Shape expected = shared ? one : one.prepend(plan.batch());
      if (given.dtype() != memory.spec().dtype() || !given.shape().equals(expected)) {
        throw new IllegalArgumentException(
            "Memory %s must be %s %s, found %s %s"
                .formatted(
                    memory.path(), memory.spec().dtype(), expected, given.dtype(), given.shape()));
      }
      if (!memory.spec().holds(given)) {
        throw new IllegalArgumentException(
            "Memory %s must be from 0 to %d, found %d"
                .formatted(memory.path(), memory.spec().most(), given.longs()[0]));
      }
    }
  }
}
