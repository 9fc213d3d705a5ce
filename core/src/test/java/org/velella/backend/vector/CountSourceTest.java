package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;

/** Steps that leave as many vectors to the next as there is room for, and one more. */
class CountSourceTest {
  private static final int STEPS = 60;
  private static final int SAMPLES = 3;
  private static final int SIZE = 70;

  /** Neurons that fire by what they were given many steps ago. */
  private static NeuronModel line(int memories) {
    StringBuilder text = new StringBuilder("model line\n");
    for (int m = 0; m < memories; m++) {
      text.append("  memory m%d = 0\n".formatted(m));
    }
    text.append("  charge h = x + m%d\n  fire s = h >= 1\n".formatted(memories - 1));
    text.append("  reset m0 = where(s, 0, h)\n");
    for (int m = 1; m < memories; m++) {
      text.append("  reset m%d = m%d\n".formatted(m, m - 1));
    }
    return NeuronModel.parse(text.toString());
  }

  @Seeded
  void longLinesOfMemoriesAreNotCountedInRegisters(SplittableRandom random) {
    float[] values = new float[STEPS * SAMPLES * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(0.8);
    }
    TileInput input =
        (first, steps, target) ->
            System.arraycopy(
                values, (int) first * SAMPLES * SIZE, target, 0, steps * SAMPLES * SIZE);
    for (int memories : List.of(1, 21, 22, 40)) {
      NeuronModel model = line(memories);
      assertThat(CountSource.fits(NeuronVariant.plain(model.program(), Form.COUNTS)))
          .isEqualTo(memories < 22);
      int[] expected = counts(model, new ScalarBackend(), input);
      assertThat(Arrays.stream(expected).sum()).as("spikes").isPositive();
      assertThat(counts(model, new VectorBackend(), input))
          .as("%d memories", memories)
          .isEqualTo(expected);
    }
  }

  private static int[] counts(NeuronModel model, Backend backend, TileInput input) {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(SIZE)))
            .node("line", new NeuronOperation(model, Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "line")
            .edge("line", "output")
            .build();
    try (Simulator simulator =
        new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT)) {
      return simulator
          .run(
              simulator.initial(SAMPLES, TileParameters.NONE),
              input,
              STEPS,
              TileParameters.NONE,
              RecordSink.NONE)
          .spikeCounts()
          .ints();
    }
  }
}
