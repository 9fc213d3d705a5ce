package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.plan.TileParameters;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.tensor.Shape;

class SelfCheckTest {
  private static final int SAMPLES = 2;

  @TempDir Path folder;

  /** However long the interval, the check sums up a bounded number of steps at a time. */
  @Test
  void longIntervalsAreCheckedInPieces() throws Exception {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node(
                "lif", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "lif")
            .edge("lif", "output")
            .build();
    Probes probes = Probes.parse("spikes", network);
    int steps = SelfCheck.MOST_SUMS / SAMPLES + 10;
    TileInput input =
        (firstStep, count, target) -> {
          for (int i = 0; i < count * SAMPLES; i++) {
            target[i] = (firstStep * SAMPLES + i) % 7;
          }
        };
    long[] calls = new long[2];
    long[] lengths = new long[2];
    TileState[] ends = new TileState[2];
    for (int checked = 0; checked < 2; checked++) {
      int which = checked;
      TileInput counted =
          (firstStep, count, target) -> {
            calls[which]++;
            lengths[which] += count;
            input.fill(firstStep, count, target);
          };
      try (Simulator simulator =
              new Simulator(
                  network, Backends.load().named("scalar"), probes, SimulatorOptions.DEFAULT);
          SelfCheck check =
              new SelfCheck(
                  checked, new LocalCheckpointStore(folder), probes, OutputMetrics.PLAIN)) {
        TileState fresh = simulator.initial(SAMPLES, TileParameters.NONE);
        RowIds ids = new RowIds(new long[SAMPLES], new long[] {0, 1});
        ends[checked] =
            check.run(simulator, fresh, counted, steps, TileParameters.NONE, RecordSink.NONE, ids);
      }
    }
    assertThat(lengths[1]).isEqualTo(2 * lengths[0]).isEqualTo(2L * steps);
    assertThat(ends[1].step()).isEqualTo(steps);
    assertThat(ends[1].spikeCounts().bitEquals(ends[0].spikeCounts())).isTrue();
    assertThat(ends[1].memories().get(0).bitEquals(ends[0].memories().get(0))).isTrue();
    assertThat(Arrays.stream(ends[1].spikeCounts().ints()).sum()).isPositive();
  }
}
