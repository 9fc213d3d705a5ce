package org.velella.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.CounterRandom;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.synapse.SparseOperation;
import org.velella.testkit.Seeded;

class PopulationNetworkTest {
  /** Fires where its input reaches 1. */
  private static final NeuronModel RELAY =
      NeuronModel.parse("model relay\n  memory seen = 0\n  charge seen = x\n  fire s = x >= 1");

  /** Adds up what it gets; its start is a parameter. */
  private static final NeuronModel SUM =
      NeuronModel.parse(
          """
          model sum
            parameter start = 0, threshold = 1e30
            memory v = start
            charge v = v + x
            fire s = v >= threshold
          """);

  private static Population relays(String name, int size) {
    return Population.of(name, size, RELAY);
  }

  private static RecordSink sink(List<float[]> trace) {
    return new RecordSink() {
      @Override
      public void spikes(String name, int sample, long step, int neuron, int count) {}

      @Override
      public void trace(
          String name, String v, int n, long step, float[] values, int at, int length) {
        trace.add(Arrays.copyOfRange(values, at, at + length));
      }
    };
  }

  /** What a memory of a node is after each step, [T][elements], of one sample. */
  private static List<float[]> run(Network network, float[][] input, String node, String variable) {
    List<float[]> trace = new ArrayList<>();
    RecordSink sink = sink(trace);
    Probes probes = new Probes(Set.of(), Map.of(node, Set.of(variable)));
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().select(Backends.AUTO).backend(),
            probes,
            SimulatorOptions.DEFAULT)) {
      int size = network.inputSize();
      simulator.run(
          simulator.initial(1, TileParameters.NONE),
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              System.arraycopy(input[(int) first + t], 0, target, t * size, size);
            }
          },
          input.length,
          TileParameters.NONE,
          sink);
    }
    return trace;
  }

  /** Neuron 0 of a ring is kicked at step 0; each passes the spike on. */
  @Test
  void aSpikeGoesRoundARingWithItsDelay() {
    for (int delay : new int[] {1, 2, 5}) {
      Rule ring = Rule.pairs(new int[] {0, 1, 2}, new int[] {1, 2, 0});
      Network network =
          PopulationNetwork.builder(1)
              .input("kick", 3)
              .population(relays("ring", 3))
              .projection(Projection.of("in", "kick", "ring", Rule.oneToOne()))
              .projection(Projection.of("around", "ring", "ring", ring).delay(delay))
              .build()
              .network();
      float[][] input = new float[20][3];
      input[0][0] = 1;
      List<float[]> seen = run(network, input, "ring", "seen");
      for (int t = 0; t < 20; t++) {
        // The kick takes one step from the input.
        int since = t - 1;
        float[] expected = new float[3];
        if (since >= 0 && since % delay == 0) {
          expected[since / delay % 3] = 1;
        }
        assertThat(seen.get(t)).as("delay %d, step %d", delay, t).containsExactly(expected);
      }
    }
  }

  /**
   * Two populations that feed each other and themselves: whatever edges close the cycles, every
   * projection takes its own time.
   */
  @Seeded(times = 3)
  void delaysDoNotDependOnNamesAndCycles(SplittableRandom random) {
    List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f"));
    java.util.Collections.shuffle(names, new java.util.Random(random.nextLong()));
    int size = 3;
    String[] populations = {names.get(0), names.get(1)};
    int[][] delays = new int[2][2];
    PopulationNetwork.Builder builder = PopulationNetwork.builder(random.nextLong());
    builder.input("kick", size).population(relays(populations[0], size));
    builder.population(relays(populations[1], size));
    Rule shift = Rule.pairs(new int[] {0, 1, 2}, new int[] {1, 2, 0});
    for (int from = 0; from < 2; from++) {
      for (int to = 0; to < 2; to++) {
        delays[from][to] = 1 + random.nextInt(4);
        String name = names.get(2 + 2 * from + to);
        builder.projection(
            Projection.of(name, populations[from], populations[to], shift).delay(delays[from][to]));
      }
    }
    builder.projection(Projection.of("in", "kick", populations[0], Rule.oneToOne()));
    float[][] input = new float[12][size];
    input[2][1] = 1;
    float[][][] expected = new float[2][12][size];
    for (int t = 0; t < 12; t++) {
      for (int to = 0; to < 2; to++) {
        for (int i = 0; i < size; i++) {
          float x = to == 0 && t > 0 ? input[t - 1][i] : 0;
          for (int from = 0; from < 2; from++) {
            int since = t - delays[from][to];
            x += since >= 0 && expected[from][since][(i + 2) % size] >= 1 ? 1 : 0;
          }
          expected[to][t][i] = x;
        }
      }
    }
    Network network = builder.build().network();
    for (int p = 0; p < 2; p++) {
      List<float[]> seen = run(network, input, populations[p], "seen");
      for (int t = 0; t < 12; t++) {
        assertThat(seen.get(t)).as("step %d, %s", t, names).containsExactly(expected[p][t]);
      }
    }
  }

  /** Neuron 0 feeds 0 itself after 3 steps and 1 after 1; neuron 1 feeds 0 after 2. */
  @Test
  void synapsesHaveDelaysOfTheirOwn() {
    Rule pairs = Rule.pairs(new int[] {1, 0, 0}, new int[] {0, 1, 0});
    Projection around =
        Projection.of("around", "a", "a", pairs)
            .weight(Values.listed(0.5, 2, 1))
            .delay(Values.listed(2, 1, 3))
            .selfConnections(SelfConnections.ALLOWED);
    PopulationNetwork made =
        PopulationNetwork.builder(1)
            .input("kick", 2)
            .population(relays("a", 2))
            .projection(Projection.of("in", "kick", "a", Rule.oneToOne()))
            .projection(around)
            .build();
    float[][] input = new float[8][2];
    input[0][0] = 1;
    List<float[]> seen = run(made.network(), input, "a", "seen");
    // Spikes (x >= 1): 0 at 1; 1 at 2; 0 at 4 (0.5 from neuron 1, and 1 of its own); 1 at 5; ...
    float[][] expected = {{0, 0}, {1, 0}, {0, 2}, {0, 0}, {1.5f, 0}, {0, 2}, {0, 0}, {1.5f, 0}};
    for (int t = 0; t < 8; t++) {
      assertThat(seen.get(t)).as("step %d", t).containsExactly(expected[t]);
    }
    ProjectionReport report = made.projections().get(1);
    assertThat(report.kind()).isEqualTo("DelayedProjection");
    assertThat(List.of(report.shortestDelay(), report.longestDelay())).containsExactly(1, 3);
    assertThat(report.bytes()).isEqualTo(4 * (3 + 3 + 3 + 3));
  }

  @Test
  void orderOfCallsDoesNotShow() {
    Population a = relays("a", 20);
    Population b = Population.of("b", 30, SUM).with("start", Values.uniform(0, 1));
    Projection ab =
        Projection.of("ab", "a", "b", Rule.probability(0.2)).weight(Values.normal(1, 0.1));
    Projection ba = Projection.of("ba", "b", "a", Rule.inDegree(4)).weight(-2);
    Drive drive = new Drive.Current("push", "b", Values.uniform(0, 1));
    PopulationNetwork one =
        PopulationNetwork.builder(5)
            .population(a)
            .population(b)
            .projection(ab)
            .projection(ba)
            .drive(drive)
            .build();
    PopulationNetwork other =
        PopulationNetwork.builder(5)
            .drive(drive)
            .projection(ba)
            .projection(ab)
            .population(b)
            .population(a)
            .build();
    String digest = NetworkDigest.of(one.network()).value();
    assertThat(NetworkDigest.of(other.network()).value()).isEqualTo(digest);
    PopulationNetwork reseeded =
        PopulationNetwork.builder(6)
            .population(a)
            .population(b)
            .projection(ab)
            .projection(ba)
            .drive(drive)
            .build();
    assertThat(NetworkDigest.of(reseeded.network()).value()).isNotEqualTo(digest);
    byte[] bytes = NetworkCodec.toBytes(one.network());
    assertThat(NetworkCodec.toBytes(NetworkCodec.fromBytes(bytes))).isEqualTo(bytes);
  }

  private static int[] words(long seed, String name, long row, int purpose) {
    int[] words = new int[4 * 64];
    CounterRandom.words(CounterRandom.key(seed, name), row, purpose, 0, 4, words, 0);
    return words;
  }

  /** By the letter of the page: skips of pairs, and two words for each normal number. */
  @Test
  void pairsAndWeightsAreThoseOfTheDefinition() {
    float p = 0.3f;
    Projection projection =
        Projection.of("p", "a", "b", Rule.probability(p)).weight(Values.normal(1, 0.5));
    SparseOperation found =
        (SparseOperation)
            PopulationNetwork.builder(2026)
                .population(relays("a", 50))
                .population(relays("b", 80))
                .projection(projection)
                .build()
                .network()
                .node("p")
                .operation();
    int e = 0;
    for (int k = 0; k < 50; k++) {
      int[] pairs = words(2026, "projection p", k, 0);
      int[] normal = words(2026, "projection p", k, 1);
      int target = -1;
      for (int draw = 0; ; draw++) {
        target++;
        double missed = 1 - (double) p;
        while (Integer.toUnsignedLong(pairs[draw]) >= (1L << 32) - Math.round(missed * 0x1p32)) {
          target++;
          missed *= 1 - (double) p;
        }
        if (target >= 80) {
          break;
        }
        double u = (Integer.toUnsignedLong(normal[2 * draw]) + 0.5) / 4294967296.0;
        double v = (Integer.toUnsignedLong(normal[2 * draw + 1]) + 0.5) / 4294967296.0;
        double z = StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
        assertThat(found.connectivity().columns()[e]).isEqualTo(target);
        assertThat(found.weight().floats()[e++]).isEqualTo((float) (1 + 0.5 * z));
      }
      assertThat(found.connectivity().offsets()[k + 1]).isEqualTo(e);
    }
  }

  @Test
  void projectionsAndDrivesLeadToInputsOfTheirChoice() {
    NeuronModel two =
        NeuronModel.parse(
            """
            model two
              input exc, inh
              memory e = 0, i = 0
              charge e = e + exc
              charge i = i + inh
              fire s = e >= 1e30
            """);
    PopulationNetwork.Builder builder =
        PopulationNetwork.builder(1)
            .input("kick", 2)
            .population(Population.of("a", 2, two))
            .projection(Projection.of("in", "kick", "a", Rule.oneToOne()).input("inh"))
            .drive(new Drive.Current("push", "a", "exc", Values.constant(2)));
    float[][] input = {{1, 0}, {0, 3}, {0, 0}};
    Network network = builder.build().network();
    assertThat(run(network, input, "a", "i").get(2)).containsExactly(1, 3);
    assertThat(run(network, input, "a", "e").get(2)).containsExactly(6, 6);
    builder.projection(Projection.of("q", "kick", "a", Rule.allToAll()));
    refused(
        builder::build, "Projection 'q' leads to input '' of 'a'; it has the inputs [exc, inh]");
  }

  @Test
  void drivesGiveWhatTheySay() {
    PopulationNetwork made =
        PopulationNetwork.builder(3)
            .dt(0.5)
            .population(Population.of("p", 500, SUM).with("start", 2))
            .population(Population.of("q", 4, SUM))
            .drive(new Drive.Current("push", "q", Values.listed(1, 2, 3, 4)))
            .drive(new Drive.Poisson("noise", "p", Values.constant(0.3), 20, Values.constant(0.25)))
            .build();
    float[][] input = new float[100][1];
    List<float[]> q = run(made.network(), input, "q", "v");
    assertThat(q.get(99)).containsExactly(100, 200, 300, 400);
    List<float[]> p = run(made.network(), input, "p", "v");
    double events = 0;
    for (float v : p.get(99)) {
      events += (v - 2) / 0.25;
    }
    // 500 neurons, 100 steps, 20 * 0.3 * 0.5 events in each; the run's seed is 0.
    double bound = 6 * Math.sqrt(150_000);
    assertThat(events).isBetween(150_000 - bound, 150_000 + bound).isEqualTo(Math.rint(events));
  }

  /** Cycles, delays of their own, what is pending, random drives: on another backend, in pieces. */
  @Seeded(times = 2)
  void cutsInTimeAndInTheBatchDoNotShow(SplittableRandom random) {
    Network network =
        PopulationNetwork.builder(random.nextLong())
            .population(Population.of("a", 30, SUM).with("threshold", 3))
            .population(Population.of("b", 20, SUM).with("threshold", 4))
            .projection(
                Projection.of("ab", "a", "b", Rule.inDegree(6))
                    .weight(Values.normal(0.5, 0.2))
                    .delay(Values.uniform(1, 6)))
            .projection(
                Projection.of("ba", "b", "a", Rule.probability(0.3))
                    .weight(Values.uniform(-0.3, 0.1))
                    .delay(Values.uniform(1, 3)))
            .projection(Projection.of("aa", "a", "a", Rule.total(90)).weight(0.1).delay(4))
            .drive(new Drive.Poisson("n", "a", Values.uniform(0, 0.4), 3, Values.constant(1)))
            .build()
            .network();
    Samples samples = Samples.of(random.nextLong(), 5, 6, 9);
    TileParameters tile = TileParameters.NONE.with(samples);
    TileInput silence = (first, steps, target) -> Arrays.fill(target, 0);
    RecordSink none = sink(new ArrayList<>());
    Probes probes = new Probes(Set.of(), Map.of());
    TileState whole;
    try (Simulator one =
        new Simulator(network, new ScalarBackend(), probes, SimulatorOptions.DEFAULT)) {
      whole = one.run(one.initial(3, tile), silence, 25, tile, none);
    }
    int cut = 1 + random.nextInt(23);
    List<TileState> parts = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      TileParameters own = TileParameters.NONE.with(Samples.of(samples.seed(n), samples.id(n)));
      try (Simulator part =
          new Simulator(
              network,
              Backends.load().select(Backends.AUTO).backend(),
              probes,
              new SimulatorOptions(1 << 16, 4))) {
        TileState first = part.run(part.initial(1, own), silence, cut, own, none);
        parts.add(part.run(first, silence, 25 - cut, own, none));
      }
    }
    TileState joined = TileState.concat(parts);
    for (int m = 0; m < whole.memories().size(); m++) {
      assertThat(joined.memories().get(m).bitEquals(whole.memories().get(m)))
          .as("%s, cut at %d", List.copyOf(network.memories().keySet()).get(m), cut)
          .isTrue();
    }
    // There is something to compare: neurons have fired.
    assertThat(IntStream.of(whole.spikeCounts().ints()).sum()).isPositive();
  }

  @Test
  void parametersAndReportsSayWhatWasDrawn() {
    PopulationNetwork made =
        PopulationNetwork.builder(3)
            .dt(0.1)
            .population(Population.of("a", 100, SUM).with("start", Values.uniform(-60, -50)))
            .projection(Projection.of("p", "a", "a", Rule.inDegree(10)).delay(1.5))
            .projection(
                Projection.of("q", "a", "a", Rule.outDegree(3))
                    .weight(Values.uniform(0, 1))
                    .delay(0.26))
            .output("a")
            .build();
    NeuronOperation neurons = (NeuronOperation) made.network().node("a").operation();
    double[] starts = neurons.parameter("start").values();
    assertThat(starts).hasSize(100).doesNotHaveDuplicates();
    assertThat(starts[7]).isBetween(-60.0, -50.0);
    ProjectionReport p = made.projections().get(0);
    assertThat(p.kind()).isEqualTo("EqualWeightProjection");
    assertThat(p.synapses()).isEqualTo(1000);
    assertThat(List.of(p.leastInDegree(), p.mostInDegree())).containsExactly(10, 10);
    assertThat(List.of(p.shortestDelay(), p.longestDelay())).containsExactly(15, 15);
    assertThat(p.bytes()).isEqualTo(4 * (1000 + 101 + 1));
    ProjectionReport q = made.projections().get(1);
    assertThat(q.kind()).isEqualTo("SparseProjection");
    assertThat(q.bytes()).isEqualTo(4 * (300 + 101 + 300));
    assertThat(made.notes())
        .containsExactly("Projection 'q': a delay of 0.26 was rounded to 3 steps of 0.1");
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    Population a = relays("a", 3);
    refused(() -> relays("1a", 3), "Population '1a'");
    refused(() -> relays("a", 0), "Population 'a' needs a size of at least 1, found 0");
    refused(() -> a.with("tau", 1), "has no parameter 'tau'");
    refused(() -> a.at(Positions.grid(1, 2, 1, 1)), "'a' of 3 neurons has 2 positions");
    PopulationNetwork.Builder builder = PopulationNetwork.builder(0);
    refused(builder::build, "no population");
    builder.population(a);
    refused(() -> builder.population(a), "Population 'a': there is something of this name");
    refused(() -> builder.dt(0), "dt must be finite and above 0");
    refused(() -> with(Projection.of("p", "a", "x", Rule.oneToOne())), "'p' names 'x'");
    refused(() -> with(Projection.of("p", "x", "a", Rule.oneToOne())), "there are [a]");
    refused(() -> with(Projection.of("input", "a", "a", Rule.allToAll())), "'input' is the name");
    Projection p = Projection.of("p", "a", "a", Rule.allToAll());
    refused(() -> with(p.delay(0.2)), "'p': a delay must be from 1 to 1048576 steps of 1.0");
    refused(() -> with(p.delay(Double.MAX_VALUE)), "found 1.79");
    refused(() -> with(p.weight(1e300)), "1.0E300 is too large");
    refused(() -> with(p.weight(Values.listed(1, 2))), "2 values for 6 synapses");
    refused(
        () ->
            PopulationNetwork.builder(0)
                .population(Population.of("a", 3, SUM).with("start", Values.listed(1, 2)))
                .build(),
        "'start' of 'a' has 2 values for 3 neurons");
    refused(
        () ->
            PopulationNetwork.builder(0)
                .population(a)
                .drive(new Drive.Current("d", "b", Values.constant(1)))
                .build(),
        "Drive 'd' names 'b'");
    refused(() -> PopulationNetwork.builder(0).population(a).output("b").build(), "outputs");
  }

  private static void with(Projection projection) {
    PopulationNetwork.builder(0).population(relays("a", 3)).projection(projection).build();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(NetworkException.class).hasMessageContaining(why);
  }
}
