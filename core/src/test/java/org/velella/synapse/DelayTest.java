package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.StepMode;
import org.velella.network.Edge;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class DelayTest {
  private static Network network(DelayOperation delay, FirstStep firstStep) {
    return Network.builder()
        .firstStep(firstStep)
        .node("input", new InputOperation(Shape.of(2)))
        .node("late", delay)
        .node("output", new OutputOperation())
        .edge("input", "late")
        .edge("late", "late")
        .edge("late", "output")
        .build();
  }

  @Test
  void moduleGivesEachElementAfterItsOwnTime() {
    Delay delay = new Delay(new int[] {0, 2});
    delay.setStepMode(StepMode.MULTI_STEP);
    // [T, N, 2]
    float[][][] steps = {{{1, 10}}, {{2, 20}}, {{3, 30}}, {{4, 40}}};

    Tensor first = NdArrays.toTensor(delay.forward(List.of(Nd4j.createFromArray(steps))).get(0));
    Tensor second = NdArrays.toTensor(delay.forward(List.of(Nd4j.createFromArray(steps))).get(0));

    assertThat(first.floats()).containsExactly(1, 0, 2, 0, 3, 10, 4, 20);
    assertThat(second.floats()).containsExactly(1, 30, 2, 40, 3, 10, 4, 20);
    delay.reset();
    Tensor fresh = NdArrays.toTensor(delay.forward(List.of(Nd4j.createFromArray(steps))).get(0));
    assertThat(fresh.floats()).containsExactly(first.floats());
  }

  @Test
  void memoryHoldsAsManyStepsAsTheLongestDelay() {
    DelayOperation delay = new DelayOperation(Tensor.of(Shape.of(2, 1), new int[] {1, 3}));

    assertThat(delay.longest()).isEqualTo(3);
    assertThat(delay.memories(Shape.of(2, 2)).get(0).shape()).isEqualTo(Shape.of(3, 2, 2));
    assertThat(delay.expand(Shape.of(2, 2))).containsExactly(1, 1, 3, 3);
    assertThat(DelayOperation.of(0).memories(Shape.of(2))).isEmpty();
  }

  @Test
  void networkFilesKeepDelays() {
    Network network =
        network(new DelayOperation(Tensor.of(Shape.of(2), new int[] {1, 5})), FirstStep.ZERO_INPUT);

    Network again = NetworkCodec.fromBytes(NetworkCodec.toBytes(network));

    assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
    assertThat(NetworkDigest.of(network(DelayOperation.of(5), FirstStep.ZERO_INPUT)).weights())
        .isNotEqualTo(NetworkDigest.of(network).weights());
    assertThat(network.memories()).containsOnlyKeys("late.history", "late.previous");
    assertThat(network.delayed()).containsExactly(new Edge("late", "late"));
  }

  /** What a delay of 0 passes on is its own output then, which only a run could tell. */
  @Test
  void firstStepOfADelayThatFeedsItselfIsKnownIfNothingIsPassedOn() {
    DelayOperation some = new DelayOperation(Tensor.of(Shape.of(2), new int[] {0, 5}));

    assertThat(network(some, FirstStep.ZERO).memories()).containsKey("late.previous");
    assertThatThrownBy(() -> network(some, FirstStep.ZERO_INPUT))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Node 'late' (Delay) closes a cycle");
  }

  @Test
  void whatIsNoDelayIsRefused() {
    assertThatThrownBy(() -> DelayOperation.of(-1))
        .hasMessage("Delay must be from 0 to 1048576 steps, found -1 at index 0");
    assertThatThrownBy(() -> new DelayOperation(Tensor.zeros(DType.FLOAT32, Shape.of(1))))
        .hasMessage("Delay needs whole numbers of steps in INT32, found FLOAT32");
    assertThatThrownBy(() -> new Delay(0))
        .hasMessage("A Delay module needs a delay of at least one step");
    assertThatThrownBy(() -> DelayOperation.of(1 << 20).memories(Shape.of(1 << 12)))
        .hasMessageContaining("Delay of 1048576 steps keeps 4294967296 numbers per sample");
    assertThatThrownBy(() -> DelayOperation.of(1 << 20).memories(Shape.of((1 << 8) + 1)))
        .hasMessageContainingAll("keeps 269484032 numbers", "at most 268435456 are allowed");
    assertThatThrownBy(
            () -> new DelayOperation(Tensor.of(Shape.of(2), new int[2])).outputShape(Shape.of(3)))
        .hasMessage("Shape [2] does not broadcast to [3]");
  }
}
