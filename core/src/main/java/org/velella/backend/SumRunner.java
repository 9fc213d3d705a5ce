package org.velella.backend;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.velella.plan.DelayReadOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.SparseOp;
import org.velella.plan.Stage;
import org.velella.plan.SumOp;

/**
 * Sums the edges of one input of a node. Edges without a synapse give +0 at every step, which
 * changes no sum but one of -0; so they are left out where some other edge is known not to give -0.
 */
final class SumRunner {
  private final SumOp op;

  /** Whether the only reader is the population that comes next in a step of a cycle. */
  private final boolean passing;

  private final int length;
  private final EdgeSums sums;
  private final TileBuffers buffers;
  private final LateValues late;
  private final int[] all;

  /** Those with synapses. */
  private final int[] terms;

  /** Whether one of these is a sum over synapses, which ends with + 0, of this step. */
  private final boolean sure;

  /** The memories in which other such sums are kept for the next step. */
  private final int[] lateSums;

  private final float[][] in;
  private final int[] from;

  SumRunner(SumOp op, boolean stepped, HeapProgram program, TileBuffers buffers, LateValues late) {
    Plan plan = program.plan();
    this.op = op;
    passing = stepped && isReadNext(plan, op);
    this.buffers = buffers;
    this.late = late;
    length = plan.batch() * op.size();
    sums = program.sums();
    all = op.inputs().stream().mapToInt(Integer::intValue).toArray();
    Set<Integer> silent = new HashSet<>();
    Set<Integer> ofSynapses = new HashSet<>();
    for (Op each : ops(plan)) {
      if (each instanceof SparseOp sparse) {
        (sparse.connectivity().synapses() == 0 ? silent : ofSynapses).add(sparse.output());
      } else if (each instanceof EqualWeightOp equal) {
        ofSynapses.add(equal.output());
      }
    }
    terms = Arrays.stream(all).filter(id -> !silent.contains(id)).toArray();
    sure = Arrays.stream(terms).anyMatch(ofSynapses::contains);
    lateSums = Arrays.stream(terms).flatMap(id -> lateSum(plan, id, ofSynapses)).toArray();
    in = new float[all.length][];
    from = new int[all.length];
  }

  private static List<Op> ops(Plan plan) {
    return plan.stages().stream().map(Stage::ops).flatMap(List::stream).toList();
  }

  /**
   * Whether a sum is of no use once the population that it is for has read it. What a node only
   * passes on may be read at any time; a projection would write where it reads.
   */
  private static boolean isReadNext(Plan plan, SumOp sum) {
    if (plan.nodeValues().containsValue(sum.output())) {
      return false;
    }
    List<Op> ops = ops(plan);
    int next = ops.indexOf(sum) + 1;
    while (next < ops.size() && ops.get(next) instanceof SumOp other && isOfSame(sum, other)) {
      next++;
    }
    return next < ops.size()
        && ops.get(next) instanceof NeuronOp neurons
        && neurons.inputs().contains(sum.output());
  }

  /** Whether two sums are inputs of one node. */
  private static boolean isOfSame(SumOp sum, SumOp other) {
    return sum.node().equals(other.node());
  }

  /** The memory that a value is read from, if sums over synapses are written to it. */
  private static IntStream lateSum(Plan plan, int id, Set<Integer> ofSynapses) {
    for (Op read : ops(plan)) {
      if (read instanceof DelayReadOp late && late.output() == id) {
        for (Op write : ops(plan)) {
          if (write instanceof DelayWriteOp kept
              && kept.memory() == late.memory()
              && ofSynapses.contains(kept.input())) {
            return IntStream.of(late.memory());
          }
        }
      }
    }
    return IntStream.empty();
  }

  /** Sums some consecutive steps of the chunk. */
  void run(int t, int steps) {
    if (buffers.held(op.output())) {
      if (t == 0) {
        sum(t);
      }
      return;
    }
    for (int s = t; s < t + steps; s++) {
      sum(s);
    }
  }

  private void sum(int t) {
    int[] ids = terms.length < all.length && isNeverMinusZero() ? terms : all;
    if (ids.length == 1 && passing && alias(ids[0], t)) {
      return;
    }
    for (int k = 0; k < ids.length; k++) {
      in[k] = buffers.floats(ids[k]);
      from[k] = buffers.offset(ids[k], t);
    }
    int to = buffers.offset(op.output(), t);
    sums.sum(ids.length, in, from, buffers.floats(op.output()), to, length);
  }

  /** Whoever reads the sum in this step reads its only term. */
  private boolean alias(int id, int t) {
    return buffers.alias(op.output(), buffers.floats(id), buffers.offset(id, t));
  }

  /** What was kept in this chunk was computed; what a memory begins with may be anything. */
  private boolean isNeverMinusZero() {
    if (sure) {
      return true;
    }
    for (int memory : lateSums) {
      if (late.isKept(memory)) {
        return true;
      }
    }
    return false;
  }
}
