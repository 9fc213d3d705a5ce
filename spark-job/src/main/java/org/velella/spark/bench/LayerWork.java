package org.velella.spark.bench;

import org.velella.network.Network;
import org.velella.plan.ConvOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.Lowering;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.SparseOp;
import org.velella.plan.Stage;

/**
 * What one step of one sample takes where no input is skipped.
 *
 * @param terms multiply-adds of synapses
 * @param neurons updates of neurons
 */
record LayerWork(double terms, double neurons) {
  static LayerWork of(Network network) {
    double terms = 0;
    double neurons = 0;
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(1));
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        terms += terms(op);
        neurons += op instanceof NeuronOp population ? population.shape().size() : 0;
      }
    }
    return new LayerWork(terms, neurons);
  }

  private static double terms(Op op) {
    if (op instanceof ConvOp conv) {
      // With the terms that fall on padding.
      return (double) conv.weight().length * conv.outH() * conv.outW();
    }
    if (op instanceof LinearOp linear) {
      return (double) linear.rows() * linear.inputs() * linear.outputs();
    }
    if (op instanceof SparseOp sparse) {
      return sparse.connectivity().synapses();
    }
    if (op instanceof EqualWeightOp equal) {
      return equal.connectivity().synapses();
    }
    return op instanceof DelayedSparseOp late ? late.connectivity().synapses() : 0;
  }
}
