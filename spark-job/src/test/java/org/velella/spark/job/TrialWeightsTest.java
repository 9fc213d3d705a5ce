package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.encoding.CycleOperation.Counting;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.PsnOperation;
import org.velella.sweep.Spaces;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class TrialWeightsTest {
  @TempDir Path folder;

  private static Network network(Operation operation) {
    return Network.builder()
        .node("in", new InputOperation(Shape.of(2)))
        .node("op", operation)
        .node("out", new OutputOperation())
        .edge("in", "op")
        .edge("op", "out")
        .build();
  }

  private static PeriodicOperation periodic(float... pattern) {
    return new PeriodicOperation(Tensor.of(Shape.of(pattern.length / 2, 2), pattern));
  }

  private static PsnOperation parallel(int steps) {
    return new PsnOperation(
        Tensor.zeros(DType.FLOAT32, Shape.of(steps, steps)),
        Tensor.zeros(DType.FLOAT32, Shape.of(steps)));
  }

  /** Checks a weights file before a sweep that has it. */
  private TrialWeights of(Operation own, Operation other) throws IOException {
    Path file = folder.resolve("other.safetensors");
    Files.write(file, NetworkCodec.toBytes(network(other)));
    return TrialWeights.of(
        Spaces.parse(TextNode.valueOf("weights=" + file)),
        RunConfig.builder()
            .network("own.safetensors")
            .input("x.npy")
            .output("run")
            .steps(6)
            .build(),
        network(own),
        new Configuration(),
        each -> {});
  }

  private void requireRefusal(Operation own, Operation other, String reason) {
    assertThatThrownBy(() -> of(own, other))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(folder.resolve("other.safetensors").toString())
        .hasMessageContaining(
            "is not the network of own.safetensors: its node op goes on in " + reason)
        .hasMessageContaining("sweep it by a command of its own");
  }

  @Test
  void otherCyclesAreRefusedAsTilesShareTheirPlace() {
    requireRefusal(
        new WeightedPhaseOperation(4),
        new WeightedPhaseOperation(5),
        "cycles of 5 steps, counting those of a cycle, not in cycles of 4 steps, counting those of a cycle");
    requireRefusal(
        new LatencyOperation(4, LatencyOperation.Curve.LINEAR),
        new LatencyOperation(4, LatencyOperation.Curve.LINEAR, Counting.RUN),
        "cycles of 4 steps, counting all steps of the run, not in cycles of 4 steps, counting those of a cycle");
    requireRefusal(
        periodic(1, 0, 0, 1),
        periodic(1, 0, 0, 1, 1, 1),
        "cycles of 3 steps, not in cycles of 2 steps");
  }

  @Test
  void otherNumbersOfParallelStepsAreRefused() {
    requireRefusal(parallel(2), parallel(3), "steps by 3, not in steps by 2");
  }

  @Test
  void otherValuesWithTheSameStepsAreTaken() throws IOException {
    for (List<Operation> pair :
        List.<List<Operation>>of(
            List.of(periodic(1, 0, 0, 1), periodic(0, 0, 0, 1)),
            List.of(
                new LatencyOperation(4, LatencyOperation.Curve.LINEAR),
                new LatencyOperation(4, LatencyOperation.Curve.LOGARITHMIC)),
            List.of(parallel(2), parallel(2)))) {
      assertThat(of(pair.get(0), pair.get(1)).isEmpty()).isFalse();
    }
  }
}
