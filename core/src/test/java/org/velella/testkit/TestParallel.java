package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.MaskedPsnOperation;
import org.velella.neuron.PsnOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Parallel neurons over T steps with random weights, and what they owe. */
final class TestParallel {
  private TestParallel() {}

  private static Tensor numbers(SplittableRandom random, Shape shape) {
    float[] numbers = new float[shape.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(shape, numbers);
  }

  static MaskedPsnOperation masked(SplittableRandom random, int k, int steps) {
    Tensor weight = numbers(random, Shape.of(steps, steps));
    return new MaskedPsnOperation(k, weight, numbers(random, Shape.of(steps)));
  }

  /**
   * A backend in chunks of any length, and in two runs, against the definition: each spike is that
   * of its sequence, and the second neurons see those of the first a step later.
   */
  static void agree(Backend backend, SplittableRandom random, int size) {
    int window = 1 + random.nextInt(6);
    int sequences = 4;
    int batch = 1 + random.nextInt(3);
    int steps = window * sequences;
    PsnOperation psn =
        new PsnOperation(
            numbers(random, Shape.of(window, window)), numbers(random, Shape.of(window)));
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(size)))
            .node("first", psn)
            .node("late", DelayOperation.of(1))
            .node("second", psn)
            .node("output", new OutputOperation())
            .edge("input", "first")
            .edge("first", "late")
            .edge("late", "second")
            .edge("second", "output")
            .build();
    int frame = batch * size;
    float[] x = TestInputs.sequence(random, steps * frame, random.nextInt(4) == 0);
    float[] late = new float[x.length];
    float[] first = spikes(psn, x, frame);
    System.arraycopy(first, 0, late, frame, x.length - frame);
    float[] expected = spikes(psn, late, frame);
    float[] found = new float[x.length];
    RecordSink sink = sink(found, frame, size);
    SimulatorOptions options = new SimulatorOptions(1L << 30, 1 + random.nextInt(steps));
    TileInput input =
        (from, count, target) -> System.arraycopy(x, (int) from * frame, target, 0, count * frame);
    Probes probes = new Probes(Set.of("second"), Map.of());
    try (Simulator simulator = new Simulator(network, backend, probes, options)) {
      int cut = random.nextInt(sequences + 1) * window;
      TileState start = simulator.initial(batch, TileParameters.NONE);
      TileState half = simulator.run(start, input, cut, TileParameters.NONE, sink);
      simulator.run(half, input, steps - cut, TileParameters.NONE, sink);
    }
    assertThat(found).isEqualTo(expected);
  }

  private static RecordSink sink(float[] found, int frame, int size) {
    return new RecordSink() {
      @Override
      public void spikes(String name, int sample, long step, int neuron, int count) {
        found[(int) step * frame + sample * size + neuron] = count;
      }

      @Override
      public void trace(
          String name, String v, int n, long step, float[] values, int at, int length) {
        throw new AssertionError("Nothing else was asked for");
      }
    };
  }

  private static float[] spikes(PsnOperation psn, float[] x, int frame) {
    int window = psn.stepsAtOnce();
    float[] spikes = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int t = i / frame % window;
      int begin = i / frame - t;
      float h = 0;
      for (int j = 0; j < window; j++) {
        float in = x[(begin + j) * frame + i % frame];
        h = Math.fma(psn.weight().floats()[t * window + j], in, h);
      }
      spikes[i] = h + psn.bias().floats()[t] >= 0 ? 1 : 0;
    }
    return spikes;
  }
}
