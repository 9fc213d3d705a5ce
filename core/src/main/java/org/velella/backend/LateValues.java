package org.velella.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.plan.DelayReadOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.tensor.Tensor;

/**
 * What nodes of cycles gave at the step before. Within a chunk it stays in the buffer that it was
 * written to, which the node writes again only after its readers have run; the memory gets it at
 * the end. Where a node reads itself, it is copied.
 */
final class LateValues {
  private final boolean[] stays;
  private final float[][] arrays;
  private final int[] places;

  LateValues(Plan plan) {
    int memories = plan.memories().size();
    stays = new boolean[memories];
    arrays = new float[memories][];
    places = new int[memories];
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof DelayWriteOp write) {
          stays[write.memory()] = stays(stage, write);
        }
      }
    }
  }

  private static boolean stays(Stage stage, DelayWriteOp write) {
    List<Integer> late = new ArrayList<>();
    boolean others = false;
    for (Op op : stage.ops()) {
      if (op instanceof DelayReadOp read && read.memory() == write.memory()) {
        late.add(read.output());
      } else if (op instanceof StatelessOp layer && layer.output() == write.input()) {
        others = !late.contains(layer.input());
      } else if (op instanceof NeuronOp neurons && neurons.output() == write.input()) {
        others = late.stream().noneMatch(neurons.inputs()::contains);
      }
    }
    return others;
  }

  /** Where a memory's value is: {@link #place} says from where on. */
  float[] array(int memory, Tensor[] memories) {
    return arrays[memory] == null ? memories[memory].floats() : arrays[memory];
  }

  /** Whether a memory's value was computed in this chunk. */
  boolean isKept(int memory) {
    return arrays[memory] != null;
  }

  /** Where in its array the value begins. */
  int place(int memory) {
    return arrays[memory] == null ? 0 : places[memory];
  }

  /** Keeps a value, which begins at {@code at}, for the next step. */
  void keep(int memory, float[] value, int at, Tensor[] memories) {
    if (stays[memory]) {
      arrays[memory] = value;
      places[memory] = at;
    } else {
      copy(memory, value, at, memories);
    }
  }

  private static void copy(int memory, float[] value, int at, Tensor[] memories) {
    float[] to = memories[memory].floats();
    System.arraycopy(value, at, to, 0, to.length);
  }

  /** Goes on from the memories, whatever a run that failed has left. */
  void forget() {
    Arrays.fill(arrays, null);
  }

  /** Brings all values to their memories, before the buffers are somebody else's. */
  void settle(Tensor[] memories) {
    for (int memory = 0; memory < arrays.length; memory++) {
      if (arrays[memory] != null) {
        copy(memory, arrays[memory], places[memory], memories);
        arrays[memory] = null;
      }
    }
  }
}
