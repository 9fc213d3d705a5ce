package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.MaskedPsnOperation;
import org.velella.neuron.PsnOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class WholeWindowsTest {
  private static Network network(Operation neurons) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(3)))
        .node("neurons", neurons)
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "output")
        .build();
  }

  private static Tensor zeros(int... dims) {
    return Tensor.zeros(DType.FLOAT32, Shape.of(dims));
  }

  @Test
  void everyCutMustFallBetweenWindows() {
    Network network = network(new PsnOperation(zeros(4, 4), zeros(4)));
    WholeWindows.require(network, 20, 0);
    WholeWindows.require(network, 20, 8);
    // More than there are steps is one at the end.
    WholeWindows.require(network, 20, 30);
    assertThatThrownBy(() -> WholeWindows.require(network, 18, 0))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--steps is 18: Node 'neurons' (PSN) takes 4 steps at a time, so it cannot run 18 steps after 0");
    assertThatThrownBy(() -> WholeWindows.require(network, 20, 5))
        .hasMessageContaining("--checkpoint-every is 5: Node 'neurons' (PSN) takes 4 steps");
    assertThatThrownBy(() -> WholeWindows.require(network, 20, Manner.AUTO))
        .hasMessageContaining("--checkpoint-every auto chooses any step");
  }

  @Test
  void stepsBeyondTheWeightsAreRefused() {
    Network network = network(new MaskedPsnOperation(2, zeros(6, 6), zeros(6)));
    WholeWindows.require(network, 6, Manner.AUTO);
    assertThatThrownBy(() -> WholeWindows.require(network, 7, 0))
        .hasMessage(
            "--steps is 7: Node 'neurons' (MaskedPSN) has weights for 6 steps, so it cannot run to step 7");
  }
}
