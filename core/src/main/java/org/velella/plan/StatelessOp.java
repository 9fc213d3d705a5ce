package org.velella.plan;

/** An op whose output of a step depends on nothing but its one input of that step and sample. */
public sealed interface StatelessOp extends Op
    permits LinearOp, ConvOp, PoolOp, ScaleOp, SparseOp, EqualWeightOp {
  /** The value that it reads. */
  int input();

  /** The value that it writes. */
  int output();
}
