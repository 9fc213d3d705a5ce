package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class WindowLengthTest {
  private static final int CACHE = 1 << 10;

  private static Plan linear(int inputs, int outputs, int batch) {
    Tensor weight = Tensor.of(Shape.of(outputs, inputs), new float[outputs * inputs]);
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(inputs)))
            .node("fc", new LinearOperation(weight, null))
            .node("output", new OutputOperation())
            .edge("input", "fc")
            .edge("fc", "output")
            .build();
    return Lowering.lower(network, PlanOptions.ofBatch(batch));
  }

  private static int steps(Plan plan, long perStep) {
    return new WindowLength(plan, CACHE).steps(perStep, 100);
  }

  @Test
  void buffersStayInTheCacheWhereWeightsDo() {
    Plan plan = linear(16, 16, 4);
    assertThat(steps(plan, 100)).isEqualTo(10);
    assertThat(steps(plan, 5000)).isEqualTo(1);
    assertThat(steps(plan, 0)).isEqualTo(100);
  }

  /** 64 KiB of weights, of which a window of one step would read all for 4 rows. */
  @Test
  void largeWeightsAreReadForManyRowsAtOnce() {
    assertThat(steps(linear(128, 128, 4), 512)).isEqualTo(64);
    assertThat(steps(linear(128, 128, 4), 10)).isEqualTo(100);
    assertThat(steps(linear(128, 128, 200), 512)).isEqualTo(2);
    assertThat(new WindowLength(linear(128, 128, 4), CACHE).steps(512, 16)).isEqualTo(16);
  }

  /** 16 KiB are 8 second-level caches of twice the buffers' room; a little more is read for 256. */
  @Test
  void weightsFromMemoryAreReadForMoreRows() {
    assertThat(steps(linear(64, 64, 8), 512)).isEqualTo(16);
    assertThat(steps(linear(64, 65, 8), 512)).isEqualTo(32);
  }

  /** What lies between ops is larger than the weights. */
  @Test
  void largeBuffersAreWorse() {
    assertThat(steps(linear(128, 128, 4), 40_000)).isEqualTo(1);
  }
}
