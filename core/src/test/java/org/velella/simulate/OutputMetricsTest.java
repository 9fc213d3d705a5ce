package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.network.FirstStep;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.testkit.Seeded;

/** What is kept of the outputs' spikes, against the spikes themselves. */
class OutputMetricsTest {
  private static final int STEPS = 97;
  private static final int SAMPLES = 5;
  private static final int WINDOW = 10;

  /** Steps of the spikes of every sample and output neuron, in order. */
  private static final class Spikes implements RecordSink {
    private final List<List<List<Integer>>> steps = new ArrayList<>();

    Spikes(int samples, int neurons) {
      for (int n = 0; n < samples; n++) {
        List<List<Integer>> sample = new ArrayList<>();
        IntStream.range(0, neurons).forEach(i -> sample.add(new ArrayList<>()));
        steps.add(sample);
      }
    }

    @Override
    public void spikes(String node, int sample, long step, int neuron, int count) {
      for (int i = 0; i < count; i++) {
        steps.get(sample).get(neuron).add((int) step);
      }
    }

    @Override
    public void trace(
        String node, String variable, int sample, long step, float[] values, int at, int length) {
      throw new AssertionError("no traces were asked for");
    }
  }

  @Seeded
  void areThoseOfTheSpikes(SplittableRandom random) {
    Network network = TestNetworks.recurrent(random, FirstStep.ZERO);
    float[] input = TestNetworks.input(random, STEPS, SAMPLES, network.inputSize());
    TileInput all = TestNetworks.slice(input, SAMPLES, network.inputSize(), 0, SAMPLES);
    OutputMetrics metrics = OutputMetrics.parse("isi,fano:" + WINDOW);
    for (String backend : List.of("scalar", "vector")) {
      for (String record : List.of("spikes:'out.if'", "")) {
        Probes probes = Probes.parse(record, network);
        Spikes spikes = new Spikes(SAMPLES, 3);
        try (Simulator one =
            new Simulator(
                network,
                Backends.load().named(backend),
                Probes.parse("spikes:'out.if'", network),
                SimulatorOptions.DEFAULT)) {
          TileState fresh = one.initial(SAMPLES, TileParameters.NONE);
          one.run(fresh, all, STEPS, TileParameters.NONE, spikes);
        }
        SimulatorOptions tight = new SimulatorOptions(1 << 20, 1 + random.nextInt(9));
        try (Simulator one =
            new Simulator(network, Backends.load().named(backend), probes, tight, metrics)) {
          TileState state = one.initial(SAMPLES, TileParameters.NONE);
          int cut = 1 + random.nextInt(STEPS - 1);
          state = one.run(state, all, cut, TileParameters.NONE, RecordSink.NONE);
          state = one.run(state, all, STEPS - cut, TileParameters.NONE, RecordSink.NONE);
          assertIsOf(state, spikes);
        }
      }
    }
  }

  private static void assertIsOf(TileState state, Spikes spikes) {
    int some = 0;
    for (int n = 0; n < SAMPLES; n++) {
      long[] windows = new long[STEPS / WINDOW + 1];
      for (int i = 0; i < 3; i++) {
        List<Integer> steps = spikes.steps.get(n).get(i);
        steps.forEach(step -> windows[step / WINDOW]++);
        some += steps.size() > 2 ? 1 : 0;
        int at = 3 * n + i;
        assertThat(state.spikeCounts().ints()[at]).isEqualTo(steps.size());
        int last = state.statistics().get(OutputMetrics.LAST_SPIKE_STEP).ints()[at];
        assertThat(last).isEqualTo(steps.isEmpty() ? -1 : steps.get(steps.size() - 1));
        assertThat(state.firstSpikeStep().ints()[at])
            .isEqualTo(steps.isEmpty() ? -1 : steps.get(0));
        long squares = 0;
        for (int k = 1; k < steps.size(); k++) {
          squares += (long) Math.pow(steps.get(k) - steps.get(k - 1), 2);
        }
        assertThat(state.statistics().get(OutputMetrics.INTERVAL_SQUARES).longs()[at])
            .isEqualTo(squares);
      }
      long squares = 0;
      for (int w = 0; w < STEPS / WINDOW; w++) {
        squares += windows[w] * windows[w];
      }
      assertThat(state.statistics().get(OutputMetrics.WINDOW_SQUARES).longs()[n])
          .isEqualTo(squares);
      assertThat(state.statistics().get(OutputMetrics.WINDOW_SPIKES).longs()[n])
          .isEqualTo(windows[STEPS / WINDOW]);
    }
    assertThat(some).as("neurons with intervals").isPositive();
  }

  @Seeded
  void metricsAreThoseOfTheTextbook(SplittableRandom random) {
    int spikes = 3 + random.nextInt(50);
    int[] steps = new int[spikes];
    for (int i = 1; i < spikes; i++) {
      steps[i] = steps[i - 1] + 1 + random.nextInt(40);
    }
    double[] intervals = new double[spikes - 1];
    long squares = 0;
    for (int i = 0; i < intervals.length; i++) {
      intervals[i] = steps[i + 1] - steps[i];
      squares += (long) (intervals[i] * intervals[i]);
    }
    double mean = java.util.Arrays.stream(intervals).average().orElseThrow();
    double variance =
        java.util.Arrays.stream(intervals).map(d -> (d - mean) * (d - mean)).average().orElse(0);
    int last = steps[spikes - 1];
    assertThat(SpikeMetrics.meanInterval(spikes, 0, last)).isCloseTo(mean, within(1e-12 * mean));
    assertThat(SpikeMetrics.intervalVariation(spikes, 0, last, squares))
        .isCloseTo(Math.sqrt(variance) / mean, within(1e-12));
    assertThat(SpikeMetrics.fano(intervals.length, last, squares))
        .isCloseTo(variance / mean, within(1e-11));
    assertThat(SpikeMetrics.rate(30, 3, 0.5)).isEqualTo(20);
  }

  @Test
  void whatIsNotThereIsNoNumber() {
    assertThat(SpikeMetrics.meanInterval(1, 5, 5)).isNaN();
    assertThat(SpikeMetrics.intervalVariation(2, 0, 9, 81)).isNaN();
    assertThat(SpikeMetrics.intervalVariation(4, 7, 7, 0)).isNaN();
    assertThat(SpikeMetrics.fano(1, 4, 16)).isNaN();
    assertThat(SpikeMetrics.fano(5, 0, 0)).isNaN();
    // Every 7 steps exactly, and far beyond what fits into 64 bits: not a trace of variation.
    assertThat(SpikeMetrics.intervalVariation(4, 1, 22, 3 * 49)).isZero();
    int far = 2_000_000_000;
    assertThat(SpikeMetrics.intervalVariation(far + 1, 0, far, far)).isZero();
    assertThat(SpikeMetrics.fano(3_000_000_000L, 9_000_000_000L, 27_000_000_000L)).isZero();
  }

  @Test
  void askedForByName() {
    assertThat(OutputMetrics.parse(" fano:50 , isi ")).hasToString("isi,fano:50");
    assertThat(OutputMetrics.parse("")).isEqualTo(OutputMetrics.PLAIN);
    for (String wrong : List.of("isi,isi", "fano", "fano:0", "fano:1.5", "cv", "isi:3", "isi,")) {
      assertThatThrownBy(() -> OutputMetrics.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("fano:");
    }
  }

  @Test
  void aRuleStopsWhoMeetsIt() {
    StopRule rule = StopRule.parse("rate >= 100 and max_rate > 150 or spikes == 0 and t > 0.1", 50);
    Network network = TestNetworks.recurrent(new SplittableRandom(1), FirstStep.ZERO);
    try (Simulator one =
        new Simulator(
            network, Backends.load().named("scalar"), Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState fresh = StopRule.fresh(one.initial(4, TileParameters.NONE));
      // 100 steps of 1 ms; 3 neurons: 30 spikes are 100 per second.
      int[] counts = {10, 10, 10, 0, 14, 16, 0, 0, 0, 0, 15, 15};
      TileState at =
          new TileState(100, 4, fresh.memories(), fresh.shared(), fresh.statistics())
              .with(
                  OutputMetrics.SPIKE_COUNTS,
                  org.velella.tensor.Tensor.of(org.velella.tensor.Shape.of(4, 3), counts));
      assertThat(rule.judged(at, 1e-3).statistics().get(StopRule.STOPPED_STEP).ints())
          .containsExactly(-1, 100, -1, -1);
      assertThat(rule.judged(at, 2e-3).statistics().get(StopRule.STOPPED_STEP).ints())
          .as("silent after 0.2 s")
          .containsExactly(-1, -1, 100, -1);
      TileState between = new TileState(99, 4, at.memories(), at.shared(), at.statistics());
      assertThat(rule.judged(between, 1e-3)).isSameAs(between);
    }
    assertThatThrownBy(() -> StopRule.parse("rate", 50)).hasMessageContaining("rate > 200");
    assertThatThrownBy(() -> StopRule.parse("v > 2", 50)).hasMessageContaining("min_rate");
    assertThatThrownBy(() -> StopRule.parse("rate > 2", 0)).hasMessageContaining("1 or more");
  }
}
