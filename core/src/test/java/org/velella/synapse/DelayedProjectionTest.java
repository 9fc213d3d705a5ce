package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.StepMode;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirWriter;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestSynapses;

class DelayedProjectionTest {
  /** Source 0 to both targets, source 1 to target 1. */
  private static final Connectivity SYNAPSES =
      new Connectivity(2, new int[] {0, 2, 3}, new int[] {0, 1, 1});

  private static DelayedSparseOperation operation(int... steps) {
    Tensor weight = Tensor.of(Shape.of(3), new float[] {1, 10, 100});
    Tensor delays = Tensor.of(Shape.of(steps.length), steps);
    return new DelayedSparseOperation(Shape.of(2), Shape.of(2), SYNAPSES, weight, delays);
  }

  private static Network network(DelayedSparseOperation operation, FirstStep first) {
    return Network.builder()
        .firstStep(first)
        .node("input", new InputOperation(Shape.of(2)))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "node")
        .edge("node", "output")
        .build();
  }

  @Test
  void everySynapseTakesItsTime() {
    DelayedProjection module =
        new DelayedProjection(SYNAPSES, new float[] {1, 10, 100}, new int[] {0, 2, 1});
    module.setStepMode(StepMode.MULTI_STEP);
    // [T, N, 2]
    float[][][] steps = {{{1, 2}}, {{3, 4}}, {{5, 0}}};

    Tensor first = NdArrays.toTensor(module.forward(List.of(Nd4j.createFromArray(steps))).get(0));
    Tensor second = NdArrays.toTensor(module.forward(List.of(Nd4j.createFromArray(steps))).get(0));

    // Target 1 at step t: 10 x0[t - 2] + 100 x1[t - 1].
    assertThat(first.floats()).containsExactly(1, 0, 3, 200, 5, 400 + 10);
    assertThat(second.floats()).containsExactly(1, 30 + 0, 3, 200 + 50, 5, 400 + 10);
    module.reset();
    Tensor fresh = NdArrays.toTensor(module.forward(List.of(Nd4j.createFromArray(steps))).get(0));
    assertThat(fresh.floats()).containsExactly(first.floats());
  }

  /** 2^24 + 1 + 1 and 1 + 1 + 2^24 differ: what was sent first is added first. */
  @Test
  void whatWasSentFirstIsAddedFirst() {
    Connectivity all = new Connectivity(1, new int[] {0, 1, 2, 3}, new int[] {0, 0, 0});
    float large = 1 << 24;
    DelayedProjection module =
        new DelayedProjection(all, new float[] {1, 1, large}, new int[] {2, 1, 3});
    module.setStepMode(StepMode.MULTI_STEP);
    // All of it arrives at step 3: from source 2 at step 0, 0 at step 1, 1 at step 2.
    float[][][] sent = {{{0, 0, 1}}, {{1, 0, 0}}, {{0, 1, 0}}, {{0, 0, 0}}};
    Tensor y = NdArrays.toTensor(module.forward(List.of(Nd4j.createFromArray(sent))).get(0));
    assertThat(y.floats()).containsExactly(0, 0, 0, large);
    DelayedProjection other =
        new DelayedProjection(all, new float[] {1, 1, large}, new int[] {3, 2, 1});
    other.setStepMode(StepMode.MULTI_STEP);
    float[][][] last = {{{1, 0, 0}}, {{0, 1, 0}}, {{0, 0, 1}}, {{0, 0, 0}}};
    Tensor z = NdArrays.toTensor(other.forward(List.of(Nd4j.createFromArray(last))).get(0));
    assertThat(z.floats()).containsExactly(0, 0, 0, large + 2);
  }

  /** With one delay for all, it is a sparse projection whose output comes later. */
  @Seeded(times = 3)
  void equalDelaysAreThoseOfADelayBehindAProjection(SplittableRandom random) {
    Connectivity synapses = TestSynapses.connectivity(random, 9, 12, 0.5);
    float[] weights = TestSynapses.weights(random, synapses).floats();
    int[] steps = new int[synapses.synapses()];
    int delay = 1 + random.nextInt(4);
    java.util.Arrays.fill(steps, delay);
    DelayedProjection module = new DelayedProjection(synapses, weights, steps);
    SparseProjection now = new SparseProjection(synapses, weights);
    Delay late = new Delay(delay);
    for (int t = 0; t < 8; t++) {
      float[][] x = new float[2][9];
      for (float[] row : x) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextInt(3) == 0 ? (float) random.nextDouble() : 0;
        }
      }
      Tensor found = NdArrays.toTensor(module.forward(Nd4j.createFromArray(x)));
      Tensor expected = NdArrays.toTensor(late.forward(now.forward(Nd4j.createFromArray(x))));
      assertThat(found.bitEquals(expected)).as("step %d", t).isTrue();
    }
  }

  @Test
  void filesKeepDelaysAndDigestsTellThemApart() {
    Network network = network(operation(1, 2, 3), FirstStep.ZERO);
    byte[] bytes = NetworkCodec.toBytes(network);
    Network again = NetworkCodec.fromBytes(bytes);

    assertThat(NetworkCodec.toBytes(again)).isEqualTo(bytes);
    assertThat(NetworkDigest.of(network(operation(1, 3, 3), FirstStep.ZERO)).value())
        .isNotEqualTo(NetworkDigest.of(network).value());
    assertThat(again.memories().get("node.pending").shape()).isEqualTo(Shape.of(3, 2));
    assertThatThrownBy(
            () -> NirWriter.toBytes(network, NirConvention.NORSE, 1e-4, NirWriter.Compression.NONE))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("node (DelayedProjection)");
  }

  @Test
  void firstStepIsKnownIfNothingArrivesAtOnce() {
    assertThat(network(operation(1, 2, 3), FirstStep.ZERO_INPUT).memories())
        .containsKey("node.previous");
    assertThatThrownBy(() -> network(operation(0, 2, 3), FirstStep.ZERO_INPUT))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Node 'node' (DelayedProjection) closes a cycle");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> operation(1, 2))
        .hasMessageContaining("one INT32 delay for each of 3 synapses")
        .hasMessageContaining("INT32 [2]");
    assertThatThrownBy(() -> operation(1, -1, 0)).hasMessageContaining("found -1 at synapse 1");
    assertThatThrownBy(() -> operation(0, 0, 0)).hasMessageContaining("take a SparseProjection");
    Tensor floats = Tensor.zeros(DType.FLOAT32, Shape.of(3));
    assertThatThrownBy(
            () -> new DelayedSparseOperation(Shape.of(2), Shape.of(2), SYNAPSES, floats, floats))
        .hasMessageContaining("found FLOAT32");
    Connectivity wide = new Connectivity(1 << 10, new int[] {0, 1}, new int[] {5});
    Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(1));
    Tensor far = Tensor.of(Shape.of(1), new int[] {1 << 20});
    assertThatThrownBy(
            () -> new DelayedSparseOperation(Shape.of(1), Shape.of(1 << 10), wide, weight, far))
        .hasMessageContaining("keeps 1073741824 numbers per sample");
  }
}
