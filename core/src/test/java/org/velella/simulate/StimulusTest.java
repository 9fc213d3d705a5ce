package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.NoiseKernel;
import org.velella.backend.PlainNoise;
import org.velella.backend.Program;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.NormalNumbers;
import org.velella.module.Samples;
import org.velella.module.UnfitInputException;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.Plan;
import org.velella.plan.TileParameters;
import org.velella.sweep.SpaceText;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;

class StimulusTest {
  private static final double DT = 1e-3;

  private static Trial trial(String axis) {
    return new Trials(SpaceText.axis(axis), 0).trial(0);
  }

  private static final Trial NOTHING = new Trial(0, 0, 0, new TreeMap<>(), new TreeMap<>());

  /** The values of one sample, {@code [steps][width]}. */
  private static float[] values(Stimulus stimulus, Trial trial, long seed, int steps, int width) {
    float[] target = new float[steps * width];
    stimulus.tile(List.of(trial), Samples.of(seed, 7), width, DT).fill(0, steps, target);
    return target;
  }

  @Test
  void simpleKindsAreTheirFormulas() {
    assertThat(values(Stimulus.parse("constant:current=0.3"), NOTHING, 0, 3, 2)).containsOnly(0.3f);
    assertThat(
            values(
                Stimulus.parse("step:current=2,baseline=0.5,start=0.002,end=0.004"),
                NOTHING,
                0,
                6,
                1))
        .containsExactly(0.5f, 0.5f, 2f, 2f, 0.5f, 0.5f);
    assertThat(values(Stimulus.parse("ramp:slope=100,baseline=1"), NOTHING, 0, 4, 1))
        .containsExactly(1f, 1.1f, 1.2f, 1.3f);
    float[] sine =
        values(Stimulus.parse("sine:amplitude=2,frequency=50,baseline=1"), NOTHING, 0, 21, 1);
    // 50 Hz in steps of 1 ms: a quarter after 5 steps, a half after 10, the whole after 20.
    assertThat(sine[0]).isEqualTo(1f);
    assertThat(sine[5]).isEqualTo(3f);
    assertThat(sine[10]).isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-6f));
    assertThat(sine[15]).isEqualTo(-1f);
    assertThat(sine[20]).isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-6f));
  }

  @Test
  void anEquationIsOfTimeElementAndItsParameters() {
    Stimulus decay = Stimulus.parse("equation: a * exp(-t / tau) + i ; a=2, tau=0.01");
    float[] found = values(decay, trial("input.tau=0.02"), 0, 3, 2);
    for (int step = 0; step < 3; step++) {
      for (int i = 0; i < 2; i++) {
        assertThat(found[2 * step + i])
            .isEqualTo((float) (2 * StrictMath.exp(-(step * DT) / 0.02) + i));
      }
    }
    assertThat(decay.paths()).containsExactly("input.a", "input.tau");
    assertThat(Stimulus.parse(decay.toString())).hasToString(decay.toString());
    float[] gate = values(Stimulus.parse("equation:step >= 2"), NOTHING, 0, 4, 1);
    assertThat(gate).containsExactly(0f, 0f, 1f, 1f);
    assertThatThrownBy(() -> Stimulus.parse("equation:a * t"))
        .hasMessageContaining("found 'a'; names here are t, step, i");
    assertThatThrownBy(() -> Stimulus.parse("equation:t;t=1")).hasMessageContaining("'t=1'");
    assertThatThrownBy(() -> Stimulus.parse("equation")).hasMessageContaining("equation:");
  }

  @Test
  void whatIsNotFiniteIsNoInput() {
    for (String text :
        List.of(
            "equation:log(0-1)",
            "equation:1/(step-2)",
            "equation:i*1e39",
            "constant:current=1e39",
            "ramp:slope=1e41",
            "white:sigma=1e39",
            "ou:mean=1e39")) {
      assertThatThrownBy(() -> values(Stimulus.parse(text), NOTHING, 0, 5, 2))
          .as(text)
          .isInstanceOf(UnfitInputException.class)
          .hasMessageContaining("no finite float32");
    }
    assertThatThrownBy(() -> Stimulus.parse("equation:a;a=1,a=2")).hasMessageContaining("a twice");
  }

  /** A run under another definition of normal numbers is another run. */
  @Test
  void fingerprintsNameTheDefinitionOfNormalNumbers() {
    for (Stimulus.Kind kind : Stimulus.Kind.values()) {
      Stimulus stimulus =
          Stimulus.parse(kind == Stimulus.Kind.EQUATION ? "equation:t*a;a=2" : kind.text());
      boolean normal = kind == Stimulus.Kind.WHITE || kind == Stimulus.Kind.OU;
      assertThat(stimulus.fingerprint())
          .isEqualTo(stimulus + (normal ? " (normal numbers, version 2)" : ""));
      assertThat(stimulus.keptBytes(100) > 0).isEqualTo(kind == Stimulus.Kind.OU);
    }
  }

  @Test
  void trialsSetParameters() {
    Stimulus constant = Stimulus.parse("constant:current=0.3");
    assertThat(values(constant, trial("input.current=0.7"), 0, 2, 2)).containsOnly(0.7f);
    assertThat(constant.refusal(trial("input.current=0.7"))).isEmpty();
    assertThat(Stimulus.parse("poisson").refusal(trial("input.rate=-1")))
        .hasValueSatisfying(reason -> assertThat(reason).contains("rate = -1"));
    assertThat(constant.paths()).containsExactly("input.current");
  }

  @Test
  void wrongTextsAreNamed() {
    assertThatThrownBy(() -> Stimulus.parse("square")).hasMessageContaining("sine");
    assertThatThrownBy(() -> Stimulus.parse("sine:width=3")).hasMessageContaining("amplitude");
    assertThatThrownBy(() -> Stimulus.parse("sine:phase=x")).hasMessageContaining("no number");
    assertThatThrownBy(() -> Stimulus.parse("ou:tau=0")).hasMessageContaining("tau = 0");
  }

  @Seeded(times = 3)
  void poissonTrainsHaveTheirRate(SplittableRandom random) {
    float[] spikes =
        values(Stimulus.parse("poisson:rate=80"), NOTHING, random.nextLong(), 1000, 100);
    double count = 0;
    for (float spike : spikes) {
      assertThat(spike).isIn(0f, 1f);
      count += spike;
    }
    // Binomial of 100,000 trials with probability 0.08: deviation 86.
    assertThat(count).isBetween(8000 - 6 * 86.0, 8000 + 6 * 86.0);
  }

  @Seeded(times = 3)
  void whiteNoiseIsNormalAndIndependent(SplittableRandom random) {
    int n = 100_000;
    float[] x =
        values(Stimulus.parse("white:mean=3,sigma=2"), NOTHING, random.nextLong(), 1000, 100);
    double mean = 0;
    double square = 0;
    double fourth = 0;
    double next = 0;
    for (int i = 0; i < n; i++) {
      double z = (x[i] - 3) / 2;
      mean += z / n;
      square += z * z / n;
      fourth += z * z * z * z / n;
      next += i + 100 < n ? z * (x[i + 100] - 3) / 2 / n : 0;
    }
    // Deviations of the means of z, z^2, z^4 and z z' of n normal numbers: 1, sqrt 2, sqrt 96, 1.
    double unit = 6 / Math.sqrt(n);
    assertThat(mean).isBetween(-unit, unit);
    assertThat(square).isBetween(1 - unit * 1.42, 1 + unit * 1.42);
    assertThat(fourth).isBetween(3 - unit * 9.8, 3 + unit * 9.8);
    assertThat(next).isBetween(-unit, unit);
  }

  /** Stationary variance sigma^2, and a correlation of exp(-dt/tau) from one step to the next. */
  @Seeded(times = 3)
  void ornsteinUhlenbeckHasItsVarianceAndCorrelation(SplittableRandom random) {
    Stimulus ou = Stimulus.parse("ou:mean=-1,sigma=0.5,tau=0.01");
    int steps = 2000;
    int width = 200;
    float[] x = values(ou, NOTHING, random.nextLong(), steps, width);
    assertThat(Collections.frequency(java.util.Arrays.asList(x[0], x[1], x[2]), -1f)).isEqualTo(3);
    double square = 0;
    double lagged = 0;
    int count = 0;
    for (int t = 200; t + 1 < steps; t++) {
      for (int i = 0; i < width; i++) {
        double now = (x[t * width + i] + 1) / 0.5;
        square += now * now;
        lagged += now * (x[(t + 1) * width + i] + 1) / 0.5;
        count++;
      }
    }
    // About 1799 / 10 independent values in each of 200 rows; squares deviate by sqrt 2.
    double unit = 6 * Math.sqrt(2.0 / (200 * 179));
    assertThat(square / count).isBetween(1 - unit, 1 + unit);
    assertThat(lagged / square).isBetween(Math.exp(-0.1) - 0.01, Math.exp(-0.1) + 0.01);
  }

  /** Within a last place of float32, as two ways to a normal number round. */
  @Seeded(times = 3)
  void whiteNoiseIsBoxAndMullersOfTheSamplesWords(SplittableRandom random) {
    int width = 1000;
    long seed = random.nextLong();
    for (double[] law : new double[][] {{0, 1}, {-0.25, 3}, {0, 1e-42}, {7, 0}}) {
      Stimulus white = Stimulus.parse("white:mean=%s,sigma=%s".formatted(law[0], law[1]));
      float[] found = values(white, NOTHING, seed, 1, width);
      int blocks = 2 * width / CounterRandom.BLOCK_WORDS + 1;
      int[] words = new int[blocks * CounterRandom.BLOCK_WORDS];
      CounterRandom.words(CounterRandom.key(seed, "stimulus"), 7, 0, 0, blocks, words, 0);
      for (int i = 0; i < width; i++) {
        double u = (Integer.toUnsignedLong(words[2 * i]) + 0.5) * 0x1p-32;
        double turns = Integer.toUnsignedLong(words[2 * i + 1]) * 0x1p-32;
        double normal =
            StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * turns);
        float expected = (float) (law[0] + law[1] * normal);
        assertThat(found[i]).isCloseTo(expected, within(Math.ulp(expected)));
        double exact = law[0] + law[1] * NormalNumbers.of(words[2 * i], words[2 * i + 1]);
        assertThat(found[i]).isEqualTo((float) exact);
      }
    }
  }

  /** What a backend brings for drawing shows in no bit. */
  @Seeded(times = 3)
  void everyBackendsNoiseGivesTheSameInput(SplittableRandom random) {
    List<Backend> backends = Backends.load().available();
    assertThat(backends).hasSizeGreaterThan(1);
    for (Stimulus.Kind kind : Stimulus.Kind.values()) {
      Stimulus stimulus =
          Stimulus.parse(kind == Stimulus.Kind.EQUATION ? "equation:t*i+a;a=2" : kind.text());
      int width = random.nextInt(1, 90);
      Samples samples = Samples.of(new long[] {3, 3, random.nextLong()}, new long[] {5, 6, 5});
      TileInput input = stimulus.tile(Collections.nCopies(3, NOTHING), samples, width, DT);
      float[] expected = new float[20 * 3 * width];
      input.fill(0, 20, expected);
      for (int from = 0; from < 20; from += 5) {
        float[] part = Arrays.copyOfRange(expected, from * 3 * width, (from + 5) * 3 * width);
        for (Backend backend : backends) {
          float[] found = new float[part.length];
          input.begin(from, backend::inputNoise);
          input.fill(from, 5, found);
          assertThat(found).as("%s by %s from step %d", kind, backend, from).isEqualTo(part);
        }
      }
    }
  }

  /**
   * However a run is cut into pieces and its samples into tiles, and though each piece is run
   * twice, no step of a process that goes on is drawn more often than the piece is run.
   */
  @Test
  void aProcessGoesOnFromPieceToPiece() {
    int[] draws = new int[40];
    NoiseKernel noise = new PlainNoise();
    NoiseKernel counting =
        new NoiseKernel() {
          @Override
          public double[] normals(long key, long sample, long step, int count) {
            draws[(int) step]++;
            return noise.normals(key, sample, step, count);
          }

          @Override
          public void spikes(
              long key, long sample, long step, int n, long threshold, float[] out, int at) {
            throw new AssertionError("There are none");
          }
        };
    Stimulus ou = Stimulus.parse("ou");
    List<Trial> trials = Collections.nCopies(3, NOTHING);
    float[] whole = new float[40 * 3];
    ou.tile(trials, Samples.of(4, 1, 2, 3), 1, DT).fill(0, 40, whole);
    Trial ofSeed = new Trial(0, 0, 4, new TreeMap<>(), new TreeMap<>());
    ComputedInput input = ou.input(3, n -> ofSeed, n -> n + 1, 1, DT);
    for (int from = 0; from < 40; from += 10) {
      int[][] tiles = from == 20 ? new int[][] {{0}, {1, 2}} : new int[][] {{0, 1}, {2}};
      for (int[] tile : tiles) {
        for (int time = 0; time < 2; time++) {
          TileInput some = input.tile(tile);
          float[] found = new float[10 * tile.length];
          some.begin(from, () -> counting);
          some.fill(from, 10, found);
          for (int i = 0; i < found.length; i++) {
            int step = from + i / tile.length;
            assertThat(found[i]).isEqualTo(whole[step * 3 + tile[i % tile.length]]);
          }
        }
      }
    }
    for (int step = 0; step < 39; step++) {
      // From the last step of a piece to the next piece is drawn once.
      assertThat(draws[step]).as("step %d", step).isEqualTo(step % 10 == 9 ? 3 : 6);
    }
    // A part of the past that is not where a run began is drawn from the first step on.
    TileInput some = input.tile(new int[] {1});
    some.begin(15, () -> counting);
    float[] found = new float[1];
    some.fill(15, 1, found);
    assertThat(found[0]).isEqualTo(whole[15 * 3 + 1]);
    assertThat(draws[0]).isEqualTo(7);
  }

  /** Wherever runs begin, and if one ends with a value that is not finite. */
  @Seeded(times = 10)
  void aProcessIsTheSameInWhateverOrderItIsAskedFor(SplittableRandom random) {
    Stimulus ou = Stimulus.parse("ou:mean=3.4e38,sigma=2e35,tau=0.01");
    List<Trial> trials = List.of(NOTHING, NOTHING);
    Samples samples = Samples.of(random.nextLong(), 1, 2);
    float[] whole = new float[60 * 2];
    int end = 0;
    TileInput once = ou.tile(trials, samples, 1, DT);
    for (; end < 60; end++) {
      float[] step = new float[2];
      try {
        once.fill(end, 1, step);
      } catch (UnfitInputException e) {
        break;
      }
      System.arraycopy(step, 0, whole, 2 * end, 2);
    }
    TileInput input = ou.tile(trials, samples, 1, DT);
    for (int run = 0; run < 20; run++) {
      int from = random.nextInt(60);
      int steps = random.nextInt(1, 10);
      float[] found = new float[2 * steps];
      input.begin(from, PlainNoise::new);
      if (from + steps <= end) {
        input.fill(from, steps, found);
        assertThat(found).isEqualTo(Arrays.copyOfRange(whole, 2 * from, 2 * (from + steps)));
      } else if (end < 60 && from <= end) {
        assertThatThrownBy(() -> input.fill(from, steps, found))
            .isInstanceOf(UnfitInputException.class);
      }
    }
  }

  /** A run asks its own backend for noise, once for all its samples, and only if there is any. */
  @Test
  void runsDrawByMeansOfTheirBackend() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(3)))
            .node("output", new OutputOperation())
            .edge("input", "output")
            .build();
    for (Stimulus.Kind kind : List.of(Stimulus.Kind.OU, Stimulus.Kind.SINE)) {
      List<NoiseKernel> made = new ArrayList<>();
      Backend counting = counting(made);
      TileInput input =
          Stimulus.parse(kind.text()).tile(List.of(NOTHING, NOTHING), Samples.of(1, 3, 7), 3, DT);
      try (Simulator simulator =
          new Simulator(network, counting, Probes.NONE, SimulatorOptions.DEFAULT)) {
        TileState state = simulator.initial(2, TileParameters.NONE);
        for (int run = 0; run < 3; run++) {
          state = simulator.run(state, input, 4, TileParameters.NONE, RecordSink.NONE);
        }
      }
      assertThat(made).hasSize(kind == Stimulus.Kind.OU ? 1 : 0);
    }
  }

  private static Backend counting(List<NoiseKernel> made) {
    return new Backend() {
      private final Backend scalar = new ScalarBackend();

      @Override
      public String name() {
        return scalar.name();
      }

      @Override
      public Availability availability() {
        return scalar.availability();
      }

      @Override
      public int preference() {
        return scalar.preference();
      }

      @Override
      public Program compile(Plan plan) {
        return scalar.compile(plan);
      }

      @Override
      public NoiseKernel inputNoise() {
        NoiseKernel noise = scalar.inputNoise();
        made.add(noise);
        return noise;
      }
    };
  }

  /** Neither chunks nor where one begins nor who else is in the tile show. */
  @Seeded(times = 5)
  void everyStepIsAFunctionOfItsNumber(SplittableRandom random) {
    for (Stimulus.Kind kind : Stimulus.Kind.values()) {
      Stimulus stimulus =
          Stimulus.parse(kind == Stimulus.Kind.EQUATION ? "equation:t*i+a;a=2" : kind.text());
      long seed = random.nextLong();
      int width = random.nextInt(1, 90);
      float[] whole = values(stimulus, NOTHING, seed, 40, width);
      TileInput two = stimulus.tile(List.of(NOTHING, NOTHING), Samples.of(seed, 3, 7), width, DT);
      int from = random.nextInt(40);
      int steps = random.nextInt(1, 41 - from);
      float[] part = new float[2 * steps * width];
      two.fill(from, steps, part);
      for (int t = 0; t < steps; t++) {
        for (int i = 0; i < width; i++) {
          assertThat(part[(2 * t + 1) * width + i])
              .as("%s at step %d", kind, from + t)
              .isEqualTo(whole[(from + t) * width + i]);
        }
      }
    }
  }
}
