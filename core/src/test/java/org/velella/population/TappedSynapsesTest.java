package org.velella.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.velella.population.ChangingSynapsesTest.RELAY;
import static org.velella.population.ChangingSynapsesTest.SUM;
import static org.velella.population.ChangingSynapsesTest.additive;
import static org.velella.population.ChangingSynapsesTest.change;
import static org.velella.population.ChangingSynapsesTest.four;
import static org.velella.population.ChangingSynapsesTest.run;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.velella.network.Network;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.WeightDependence;

/** Synapses that learn, each with a weight and a delay of its own. */
class TappedSynapsesTest {
  /** Two sources and two targets, and of either one when they fire; a kick takes a step. */
  private static final int[][] P = {{3, 9}, {4}};

  private static final int[][] Q = {{5, 12}, {8}};
  private static final Map<Integer, int[]> KICKS =
      Map.of(0, new int[] {2, 8}, 1, new int[] {3}, 2, new int[] {4, 11}, 3, new int[] {7});

  /** In the order of the sources. */
  private static final double[] WEIGHTS = {0.25, 0.5, -0.25, 0.125};

  private static final double[] DELAYS = {4, 1, 2, 2};

  /** By tap: source, target and which synapse; source 0 after 1 and 4 steps, source 1 after 2. */
  private static final int[][] PLACES = {{0, 1, 1}, {0, 0, 0}, {1, 0, 2}, {1, 1, 3}};

  private static Projection own(String name, String from, String to) {
    return Projection.of(name, from, to, Rule.allToAll())
        .weight(Values.listed(WEIGHTS))
        .delay(Values.listed(DELAYS));
  }

  private interface Change {
    double of(int[] pre, int[] post, int delay);
  }

  /** Whichever projection closes the cycle. */
  private static void assertLearned(
      UnaryOperator<Projection> taught, Map<Integer, int[]> inputs, Change change) {
    for (String[] names : new String[][] {{"a", "b"}, {"b", "a"}}) {
      Projection there = taught.apply(own(names[0], "p", "q"));
      Projection back = taught.apply(own(names[1], "q", "p"));
      Network network = four(there, back).input("reward", 1).build().network();
      Map<String, float[]> memories = run(network, 25, inputs);
      for (int e = 0; e < 4; e++) {
        int[] at = PLACES[e];
        double start = WEIGHTS[at[2]];
        int delay = (int) DELAYS[at[2]];
        assertThat(memories.get(names[0] + ".weight")[e])
            .isCloseTo((float) (start + change.of(P[at[0]], Q[at[1]], delay)), within(1e-6f));
        assertThat(memories.get(names[1] + ".weight")[e])
            .isCloseTo((float) (start + change.of(Q[at[0]], P[at[1]], delay)), within(1e-6f));
      }
    }
  }

  @Test
  void everySynapseChangesTheWeightThatItStartsWith() {
    assertLearned(
        projection -> projection.plasticity(additive().rate(0.0625f)),
        KICKS,
        (pre, post, delay) -> 0.0625 * change(pre, post, delay));
  }

  @Test
  void rewardsMeetWhatEverySynapseHasEarned() {
    WeightDependence one = WeightDependence.constant(1);
    MstdpRule rule = MstdpRule.of(4, 4).dependences(one, one).rate(0.0625f);
    int[] rewards = {5, 6, 9, 12, 13, 17};
    Map<Integer, int[]> inputs = new HashMap<>(KICKS);
    inputs.put(4, rewards);
    assertLearned(
        projection -> projection.plasticity(new Plasticity(rule, "reward")),
        inputs,
        (pre, post, delay) ->
            0.0625 * Arrays.stream(rewards).mapToDouble(r -> earned(pre, post, delay, r)).sum());
  }

  /** A reward meets what the step before has earned: a trace falls to e^(-1/4) in a step. */
  private static double earned(int[] pre, int[] post, int delay, int reward) {
    double sum = 0;
    for (int x : pre) {
      for (int s : post) {
        int late = s - (x + delay);
        boolean last = Math.max(s, x + delay) == reward - 1;
        sum += last ? Math.signum(late) * Math.exp(-Math.abs(late) / 4.0) : 0;
      }
    }
    return sum;
  }

  /** Sums of eighths are exact in any order. */
  @Test
  void everySynapseSendsItsOwnWeightAfterItsOwnDelay() {
    int steps = 9;
    double[] weights = new double[10 * 8];
    double[] delays = new double[weights.length];
    Arrays.setAll(weights, e -> (1 + e * 11 % 31) / 8.0);
    Arrays.setAll(delays, e -> 1 + e * 7 % 9);
    Map<Integer, int[]> kicks = Map.of(0, new int[] {0, 3}, 5, new int[] {1, 2}, 9, new int[] {3});
    float[] expected = new float[8];
    kicks.forEach(
        (source, at) -> {
          for (int e = source * 8; e < source * 8 + 8; e++) {
            for (int t : at) {
              expected[e % 8] += t + 1 + delays[e] < steps ? (float) weights[e] : 0;
            }
          }
        });
    for (String name : List.of("a", "z")) {
      Projection there =
          Projection.of(name, "p", "q", Rule.allToAll())
              .weight(Values.listed(weights))
              .delay(Values.listed(delays))
              .plasticity(additive().rate(0));
      Network network =
          PopulationNetwork.builder(7)
              .input("kick", 10)
              .population(Population.of("p", 10, RELAY))
              .population(Population.of("q", 8, SUM))
              .projection(Projection.of("k", "kick", "p", Rule.oneToOne()))
              .projection(Projection.of("m", "q", "p", Rule.allToAll()))
              .projection(there)
              .build()
              .network();
      assertThat(run(network, steps, kicks).get("q.v")).isEqualTo(expected);
    }
  }
}
