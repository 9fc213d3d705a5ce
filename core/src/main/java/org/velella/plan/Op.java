package org.velella.plan;

/**
 * One step of a plan. Inputs and outputs are numbers of {@link PlanValue}s. Sealed: a backend that
 * handles every subtype handles every plan.
 */
public sealed interface Op
    permits NeuronOp,
        EncoderOp,
        StatelessOp,
        SumOp,
        DelayOp,
        DelayedSparseOp,
        PlasticOp,
        LearnOp,
        PsnOp,
        MaskedPsnOp,
        DelayReadOp,
        DelayWriteOp,
        HostOp {
  /** The network node that this op computes, for messages and provenance. */
  String node();
}
