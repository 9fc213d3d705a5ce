package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.EncoderOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What encoders owe on every backend: the spikes are a function of seed, path, sample and step
 * alone, and come as often as the rates say.
 */
public abstract class EncoderContract {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 257, 4098};
  private static final int STEPS = 9;
  private static final String PATH = "'in.put'.encoder";

  /** A fresh one. */
  protected abstract Backend backend();

  private static List<EncoderOperation> encoders(SplittableRandom random) {
    return List.of(
        BernoulliOperation.dense(),
        BernoulliOperation.skip(1),
        BernoulliOperation.skip((float) random.nextDouble(0.3, 0.9)),
        BernoulliOperation.skip(0.02f),
        BernoulliOperation.skip(1e-4f));
  }

  /** Those, and what gives more than one spike. */
  private static List<EncoderOperation> all(SplittableRandom random) {
    List<EncoderOperation> all = new ArrayList<>(encoders(random));
    all.add(new PoissonCountOperation());
    return all;
  }

  private static Network network(EncoderOperation encoder, int size) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(size)))
        .node(List.of("in.put", "encoder"), encoder)
        .node("output", new OutputOperation())
        .edge("input", "in.put.encoder")
        .edge("in.put.encoder", "output")
        .build();
  }

  /** A raster {@code [T, N, F]} and where it ended. */
  private record Run(float[] spikes, TileState end) {}

  private Run run(
      Network network, Samples samples, TileState from, int batch, TileInput input, int steps) {
    int size = network.inputSize();
    float[] raster = new float[steps * batch * size];
    TileParameters tile = TileParameters.NONE.with(samples);
    Probes probes = new Probes(Set.of("in.put.encoder"), java.util.Map.of());
    try (Simulator simulator =
        new Simulator(network, backend(), probes, new SimulatorOptions(1 << 16, 4))) {
      TileState start = from == null ? simulator.initial(batch, tile) : from;
      RecordSink sink =
          new RecordSink() {
            @Override
            public void spikes(String node, int sample, long step, int neuron, int count) {
              int t = (int) (step - start.step());
              raster[(t * batch + sample) * size + neuron] = count;
            }

            @Override
            public void trace(
                String node, String variable, int n, long step, float[] v, int at, int length) {
              throw new AssertionError("no trace was asked for");
            }
          };
      return new Run(raster, simulator.run(start, input, steps, tile, sink));
    }
  }

  private static TileInput input(float[] rates, int frame) {
    return (first, steps, target) ->
        System.arraycopy(rates, (int) first * frame, target, 0, steps * frame);
  }

  private static float[] rates(SplittableRandom random, int length, double scale) {
    float[] special = {0, -0f, -1, 1, 2, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE};
    float[] rates = new float[length];
    for (int i = 0; i < length; i++) {
      rates[i] =
          random.nextInt(10) == 0
              ? special[random.nextInt(special.length)]
              : (float) (random.nextDouble() * scale);
    }
    return rates;
  }

  /** Rates, or means: from some events in a hundred steps to a hundred in a step, and the most. */
  private static float[] rates(
      SplittableRandom random, EncoderOperation encoder, int length, double scale) {
    float[] rates = rates(random, length, scale);
    for (int i = 0; encoder instanceof PoissonCountOperation && i < length; i++) {
      rates[i] *= random.nextInt(3) == 0 ? 100 : 2;
      rates[i] = rates[i] > 200 ? PoissonCountOperation.MOST_EXPECTED : rates[i];
    }
    if (encoder instanceof PoissonCountOperation && random.nextBoolean()) {
      // Most drives have one mean for all.
      Arrays.fill(rates, rates[0]);
    }
    return rates;
  }

  @Seeded(times = 2)
  protected void spikesAreThoseOfTheDefinition(SplittableRandom random) {
    for (int size : SIZES) {
      for (EncoderOperation encoder : all(random)) {
        int batch = size > 1000 ? 1 : 1 + random.nextInt(3);
        double scale = random.nextBoolean() ? 1 : 0.05;
        float[] rates = rates(random, encoder, STEPS * batch * size, scale);
        long[] seeds = random.longs(batch).toArray();
        long[] ids = random.longs(batch).toArray();
        Network network = network(encoder, size);
        TileInput input = input(rates, batch * size);
        float[] found = run(network, Samples.of(seeds, ids), null, batch, input, STEPS).spikes;
        for (int t = 0; t < STEPS; t++) {
          for (int n = 0; n < batch; n++) {
            int at = (t * batch + n) * size;
            float[] x = Arrays.copyOfRange(rates, at, at + size);
            assertThat(Arrays.copyOfRange(found, at, at + size))
                .as("%s, size %d, step %d, sample %d", encoder, size, t, n)
                .isEqualTo(LiteralEncoder.encode(encoder, seeds[n], PATH, ids[n], t, x));
          }
        }
      }
    }
  }

  @Seeded(times = 2)
  protected void aCutInTimeDoesNotShow(SplittableRandom random) {
    int batch = 3;
    int size = 40;
    Samples samples = Samples.of(random.nextLong(), random.longs(batch).toArray());
    for (EncoderOperation encoder : all(random)) {
      Network network = network(encoder, size);
      TileInput input = input(rates(random, encoder, STEPS * batch * size, 1), batch * size);
      Run whole = run(network, samples, null, batch, input, STEPS);
      for (int cut = 0; cut <= STEPS; cut++) {
        Run first = run(network, samples, null, batch, input, cut);
        Run second = run(network, samples, first.end, batch, input, STEPS - cut);
        float[] joined = Arrays.copyOf(first.spikes, whole.spikes.length);
        System.arraycopy(second.spikes, 0, joined, first.spikes.length, second.spikes.length);
        assertThat(joined).as("%s, cut at %d", encoder, cut).isEqualTo(whole.spikes);
        assertMemories(second.end, whole.end);
      }
    }
  }

  private static void assertMemories(TileState actual, TileState expected) {
    for (int m = 0; m < expected.memories().size(); m++) {
      Tensor memory = actual.memories().get(m);
      assertThat(memory.bitEquals(expected.memories().get(m))).as("memory %d", m).isTrue();
    }
  }

  @Seeded(times = 2)
  protected void aCutInTheBatchDoesNotShow(SplittableRandom random) {
    int batch = 7;
    int size = 33;
    long seed = random.nextLong();
    long[] ids = random.longs(batch).toArray();
    for (EncoderOperation encoder : all(random)) {
      Network network = network(encoder, size);
      float[] rates = rates(random, encoder, STEPS * batch * size, 1);
      TileInput all = input(rates, batch * size);
      float[] whole = run(network, Samples.of(seed, ids), null, batch, all, STEPS).spikes;
      for (int parts : new int[] {1, 2, 7}) {
        float[] joined = new float[whole.length];
        List<TileState> ends = new ArrayList<>();
        for (int p = 0; p < parts; p++) {
          int lo = p * batch / parts;
          int hi = (p + 1) * batch / parts;
          int row = (hi - lo) * size;
          float[] part = new float[STEPS * row];
          for (int t = 0; t < STEPS; t++) {
            System.arraycopy(rates, (t * batch + lo) * size, part, t * row, row);
          }
          Samples samples = Samples.of(seed, Arrays.copyOfRange(ids, lo, hi));
          Run run = run(network, samples, null, hi - lo, input(part, row), STEPS);
          for (int t = 0; t < STEPS; t++) {
            System.arraycopy(run.spikes, t * row, joined, (t * batch + lo) * size, row);
          }
          ends.add(run.end);
        }
        assertThat(joined).as("%s in %d parts", encoder, parts).isEqualTo(whole);
        // Joining refuses shared memories that differ.
        assertThat(TileState.concat(ends).step()).isEqualTo(STEPS);
      }
    }
  }

  @Seeded
  protected void rateZeroNeverFiresAndRateOneAlways(SplittableRandom random) {
    Samples samples = Samples.of(random.nextLong(), random.nextLong());
    for (EncoderOperation encoder : encoders(random)) {
      for (float rate : new float[] {0, 1}) {
        if (rate == 1 && limit(encoder) < 1) {
          continue;
        }
        Network network = network(encoder, 5000);
        TileInput input = (first, steps, target) -> Arrays.fill(target, rate);
        float[] spikes = run(network, samples, null, 1, input, 40).spikes;
        assertThat(count(spikes)).as("%s", encoder).isEqualTo(rate == 0 ? 0 : spikes.length);
      }
    }
  }

  private static double limit(EncoderOperation encoder) {
    return ((BernoulliOperation) encoder).limit();
  }

  private static int count(float[] spikes) {
    int count = 0;
    for (float spike : spikes) {
      count += spike != 0 ? 1 : 0;
    }
    return count;
  }

  /**
   * Counts of independent elements are binomial. Six standard deviations (and a few counts, where
   * they are rare) are left by chance in fewer than one of 10^8 runs.
   */
  @Seeded
  protected void spikesComeAtTheirRateAndIndependently(SplittableRandom random) {
    int size = 4000;
    int steps = 100;
    for (EncoderOperation encoder : encoders(random)) {
      for (double share : new double[] {0.02, 0.5, 1}) {
        float rate = (float) (share * Math.min(0.9, limit(encoder)));
        Samples samples = Samples.of(random.nextLong(), random.nextLong());
        TileInput input = (first, s, target) -> Arrays.fill(target, rate);
        float[] spikes = run(network(encoder, size), samples, null, 1, input, steps).spikes;
        assertBinomial(encoder + " at " + rate, count(spikes), spikes.length, rate);
        int neighbours = 0;
        int successive = 0;
        for (int t = 0; t < steps; t++) {
          for (int i = 0; i < size; i++) {
            boolean fires = spikes[t * size + i] != 0;
            // Disjoint pairs, so that the pairs are independent too.
            neighbours += fires && i % 2 == 1 && spikes[t * size + i - 1] != 0 ? 1 : 0;
            successive += fires && t % 2 == 1 && spikes[(t - 1) * size + i] != 0 ? 1 : 0;
          }
        }
        double both = (double) rate * rate;
        assertBinomial(encoder + ", neighbours", neighbours, spikes.length / 2, both);
        assertBinomial(encoder + ", successive steps", successive, spikes.length / 2, both);
      }
    }
  }

  private static void assertBinomial(String what, int count, int trials, double p) {
    double bound = 6 * Math.sqrt(trials * p * (1 - p)) + 12;
    assertThat((double) count)
        .as("%s: spikes of %d", what, trials)
        .isBetween(trials * p - bound, trials * p + bound);
  }
}
