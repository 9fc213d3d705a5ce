package org.velella.backend;

import java.util.List;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.SparseOp;
import org.velella.plan.Stage;

/** Which values of a plan are the same at every step of a tile. */
final class Constants {
  private Constants() {}

  /**
   * One for each value: what no synapse leads to, and what neurons without a memory make of it,
   * such as the rate of a drive.
   */
  static boolean[] of(Plan plan) {
    boolean[] constant = new boolean[plan.values().size()];
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof SparseOp sparse) {
          constant[sparse.output()] = sparse.connectivity().synapses() == 0;
        } else if (op instanceof NeuronOp neurons) {
          constant[neurons.output()] =
              forgets(neurons) && neurons.inputs().stream().allMatch(id -> constant[id]);
        }
      }
    }
    return constant;
  }

  private static boolean forgets(NeuronOp neurons) {
    List<Integer> kept = neurons.memories();
    return kept.isEmpty() && neurons.recorded().isEmpty() && !neurons.inputs().isEmpty();
  }
}
