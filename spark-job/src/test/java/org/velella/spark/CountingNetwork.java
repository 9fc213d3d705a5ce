package org.velella.spark;

import java.util.Map;
import java.util.SplittableRandom;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.synapse.EqualWeightOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.TestSynapses;

/** A network whose synapses count spikes, and which does not take half of one. */
public final class CountingNetwork {
  private CountingNetwork() {}

  /** One with as many inputs and neurons. */
  public static Network of(int size) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(size)))
        .node(
            "count",
            new EqualWeightOperation(
                Shape.of(size),
                Shape.of(size),
                TestSynapses.connectivity(new SplittableRandom(4), size, size, 0.9),
                0.3f))
        .node("if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "count")
        .edge("count", "if")
        .edge("if", "output")
        .build();
  }
}
