package org.velella.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.network.NetworkException;
import org.velella.synapse.Connectivity;
import org.velella.testkit.Seeded;

/** Seeds of tests of chance are fixed; bounds are six standard deviations. */
class WiringTest {
  private static final long SEED = 7;

  private static Connectivity wire(Rule rule, int sources, int targets) {
    return wire(Projection.of("p", "a", "b", rule), sources, targets, SEED);
  }

  private static Connectivity within(Rule rule, int size) {
    return wire(Projection.of("p", "a", "a", rule), size, size, SEED);
  }

  private static Connectivity wire(Projection projection, int sources, int targets, long seed) {
    return new Wiring(projection, sources, targets, seed).wire(null, null).connectivity();
  }

  private static int[] in(Connectivity synapses) {
    int[] degrees = new int[synapses.targets()];
    for (int target : synapses.columns()) {
      degrees[target]++;
    }
    return degrees;
  }

  private static int[] out(Connectivity synapses) {
    int[] degrees = new int[synapses.sources()];
    for (int k = 0; k < degrees.length; k++) {
      degrees[k] = synapses.offsets()[k + 1] - synapses.offsets()[k];
    }
    return degrees;
  }

  private static boolean connected(Connectivity synapses, int source, int target) {
    for (int e = synapses.offsets()[source]; e < synapses.offsets()[source + 1]; e++) {
      if (synapses.columns()[e] == target) {
        return true;
      }
    }
    return false;
  }

  @Test
  void fixedRulesConnectWhatTheySay() {
    assertThat(wire(Rule.allToAll(), 2, 3).columns()).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(within(Rule.allToAll(), 3).columns()).containsExactly(1, 2, 0, 2, 0, 1);
    assertThat(wire(Rule.oneToOne(), 3, 3).columns()).containsExactly(0, 1, 2);
    assertThat(out(wire(Rule.oneToOne(), 3, 3))).containsOnly(1);
    assertThat(within(Rule.allToAll(), 1).synapses()).isZero();
  }

  @Seeded(times = 4)
  void degreesAndTotalsAreExact(SplittableRandom random) {
    long seed = random.nextLong();
    int sources = 2 + random.nextInt(150);
    int targets = 2 + random.nextInt(150);
    Projection between = Projection.of("p", "a", "b", Rule.allToAll());
    int in = random.nextInt(sources + 1);
    int out = random.nextInt(targets + 1);
    int all = random.nextInt(sources * targets + 1);
    for (Projection each : List.of(between, Projection.of("p", "a", "a", Rule.allToAll()))) {
      boolean same = each.from().equals(each.to());
      int to = same ? sources : targets;
      int most = same ? 1 : 0;
      int inDegree = Math.min(in, sources - most);
      int outDegree = Math.min(out, to - most);
      int total = Math.min(all, sources * (to - most));
      Connectivity ins = wire(with(each, Rule.inDegree(inDegree)), sources, to, seed);
      assertThat(in(ins)).containsOnly(inDegree);
      Connectivity outs = wire(with(each, Rule.outDegree(outDegree)), sources, to, seed);
      assertThat(out(outs)).containsOnly(outDegree);
      Connectivity totals = wire(with(each, Rule.total(total)), sources, to, seed);
      assertThat(totals.synapses()).isEqualTo(total);
      for (int k = 0; same && k < sources; k++) {
        for (Connectivity found : List.of(ins, outs, totals)) {
          assertThat(connected(found, k, k)).as("%s of %d", each, k).isFalse();
        }
      }
    }
  }

  private static Projection with(Projection projection, Rule rule) {
    return Projection.of(projection.name(), projection.from(), projection.to(), rule);
  }

  /** Every pair is as likely as the other: counts of a pair over many seeds are binomial. */
  @Test
  void choicesAreEven() {
    int seeds = 4000;
    int size = 5;
    for (Rule rule : List.of(Rule.inDegree(2), Rule.outDegree(3), Rule.total(8), Rule.total(17))) {
      int[][] counts = new int[size][size];
      double synapses = 0;
      for (int seed = 0; seed < seeds; seed++) {
        Connectivity found = wire(Projection.of("p", "a", "a", rule), size, size, seed);
        synapses = found.synapses();
        for (int k = 0; k < size; k++) {
          for (int e = found.offsets()[k]; e < found.offsets()[k + 1]; e++) {
            counts[k][found.columns()[e]]++;
          }
        }
      }
      double p = synapses / (size * (size - 1));
      for (int k = 0; k < size; k++) {
        for (int o = 0; o < size; o++) {
          assertBinomial(rule + " from " + k + " to " + o, counts[k][o], seeds, k == o ? 0 : p);
        }
      }
    }
  }

  private static void assertBinomial(String what, int count, double trials, double p) {
    double bound = 6 * Math.sqrt(trials * p * (1 - p));
    assertThat((double) count).as(what).isBetween(trials * p - bound, trials * p + bound);
  }

  @Test
  void aProbabilityGivesIndependentPairs() {
    for (double p : new double[] {0.001, 0.02, 0.3, 0.97}) {
      Connectivity found = wire(Rule.probability(p), 500, 800);
      assertBinomial("all of " + p, found.synapses(), 400_000, p);
      assertBinomial("last row", out(found)[499], 800, p);
      // In-degrees vary as those of independent pairs do: chi squared of 800 targets.
      double chi = 0;
      for (int degree : in(found)) {
        chi += (degree - 500 * p) * (degree - 500 * p) / (500 * p * (1 - p));
      }
      assertThat(chi).as("in-degrees of %s", p).isBetween(800 - 240.0, 800 + 240.0);
    }
    assertThat(wire(Rule.probability(1), 3, 700).synapses()).isEqualTo(2100);
    assertThat(wire(Rule.probability(0), 3, 700).synapses()).isZero();
    assertThat(within(Rule.probability(1), 30).synapses()).isEqualTo(30 * 29);
    Projection own = Projection.of("p", "a", "a", Rule.probability(1));
    own = own.selfConnections(SelfConnections.ALLOWED);
    assertThat(wire(own, 30, 30, SEED).synapses()).isEqualTo(900);
  }

  @Test
  void probabilitiesFallWithDistance() {
    Positions grid = Positions.grid(20, 30, 3, 2);
    Positions torus = grid.onTorus(3, 2);
    Rule.Distance gaussian = (Rule.Distance) Rule.gaussian(0.8, 0.4);
    assertThat(gaussian.at(0.16)).isCloseTo(0.8 * StrictMath.exp(-0.5), within());
    assertThat(((Rule.Distance) Rule.exponential(0.5, 2)).at(4)).isCloseTo(0.5 / Math.E, within());
    for (Positions places : List.of(grid, torus)) {
      for (Rule rule : List.of(gaussian, Rule.exponential(0.5, 0.3), Rule.disc(0.4, 0.5))) {
        Projection projection = Projection.of("p", "a", "b", rule);
        Connectivity found =
            new Wiring(projection, 600, 600, SEED).wire(places, places).connectivity();
        double mean = 0;
        double variance = 0;
        int beyond = 0;
        for (int k = 0; k < 600; k++) {
          for (int o = 0; o < 600; o++) {
            double p = ((Rule.Distance) rule).at(places.squaredDistance(k, places, o));
            mean += p;
            variance += p * (1 - p);
            beyond += p == 0 && connected(found, k, o) ? 1 : 0;
          }
        }
        double bound = 6 * Math.sqrt(variance);
        assertThat((double) found.synapses()).isBetween(mean - bound, mean + bound);
        assertThat(beyond).isZero();
      }
    }
    // Opposite ends of a row: 29 cells of 0.1 apart, or one on the torus.
    assertThat(grid.squaredDistance(0, grid, 29)).isCloseTo(2.9 * 2.9, within());
    assertThat(torus.squaredDistance(0, torus, 29)).isCloseTo(0.01, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-12);
  }

  @Test
  void listedPairsKeepTheirValues() {
    Rule rule = Rule.pairs(new int[] {2, 0, 2, 0}, new int[] {1, 3, 0, 2});
    Wired wired = new Wiring(Projection.of("p", "a", "b", rule), 3, 4, SEED).wire(null, null);

    assertThat(wired.connectivity().offsets()).containsExactly(0, 2, 2, 4);
    assertThat(wired.connectivity().columns()).containsExactly(2, 3, 0, 1);
    double[] values = wired.values("w", Values.listed(10, 20, 30, 40), null, 0);
    assertThat(values).containsExactly(40, 20, 30, 10);
  }

  @Test
  void drawsDependOnSeedAndNameAlone() {
    List<Connectivity> found = new ArrayList<>();
    for (Rule rule : List.of(Rule.probability(0.1), Rule.inDegree(5), Rule.total(300))) {
      found.add(wire(rule, 40, 60));
      assertThat(wire(rule, 40, 60)).isEqualTo(found.get(found.size() - 1));
      assertThat(wire(Projection.of("q", "a", "b", rule), 40, 60, SEED)).isNotIn(found);
      assertThat(wire(Projection.of("p", "a", "b", rule), 40, 60, 8)).isNotIn(found);
      assertThat(wire(Projection.of("p", "c", "d", rule), 40, 60, SEED)).isIn(found);
    }
  }

  /** Rows have their own numbers: a larger population begins as the smaller one does. */
  @Test
  void rowsDoNotDependOnEachOther() {
    Connectivity few = wire(Rule.outDegree(5), 10, 60);
    Connectivity many = wire(Rule.outDegree(5), 20, 60);
    assertThat(many.columns()).startsWith(few.columns());
  }

  @Test
  void distributionsHaveTheirMoments() {
    Values normal = Values.normal(2, 0.5);
    assertMoments(Values.uniform(-1, 3), 1, 16 / 12.0);
    assertMoments(normal, 2, 0.25);
    // exp(mu + s^2 / 2) and (exp(s^2) - 1) exp(2 mu + s^2).
    double mean = Math.exp(0.1 + 0.02);
    assertMoments(Values.logNormal(0.1, 0.2), mean, (Math.exp(0.04) - 1) * mean * mean);
    Draws draws = Draws.ofProjection(SEED, "p").at(0, 1);
    for (int i = 0; i < 1000; i++) {
      assertThat(draws.draw(normal.clipped(1.9, 2.2))).isBetween(1.9, 2.2);
    }
  }

  private static void assertMoments(Values values, double mean, double variance) {
    int count = 100_000;
    double[] drawn = new double[count];
    Draws draws = Draws.ofProjection(SEED, "moments").at(3, 1);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      drawn[i] = draws.draw(values);
      sum += drawn[i];
    }
    double squares = 0;
    for (double each : drawn) {
      squares += (each - mean) * (each - mean);
    }
    double bound = 6 * Math.sqrt(variance / count);
    assertThat(sum / count).as("%s", values).isBetween(mean - bound, mean + bound);
    // A kurtosis of 4 covers all of these.
    double spread = 6 * variance * Math.sqrt(3.0 / count);
    assertThat(squares / count).isBetween(variance - spread, variance + spread);
  }

  @Test
  void whatCannotBeIsRefused() {
    refused(() -> wire(Rule.inDegree(4), 3, 9), "in-degree of 4: there are 3 to choose from");
    refused(() -> within(Rule.outDegree(3), 3), "out-degree of 3: there are 2 to choose from");
    refused(() -> within(Rule.total(7), 3), "7 synapses: there are 6 pairs");
    refused(() -> wire(Rule.oneToOne(), 3, 4), "one size, found 3 and 4");
    refused(() -> within(Rule.oneToOne(), 3), "allow self-connections");
    refused(() -> wire(Rule.gaussian(0.5, 1), 3, 4), "'a' and 'b' both need positions");
    refused(() -> wire(Rule.allToAll(), 1 << 20, 1 << 20), "more synapses than the 2147483639");
    refused(() -> wire(Rule.probability(0.5), 1 << 17, 1 << 17), "more synapses");
    refused(() -> Rule.probability(1.5), "from 2^-31 to 1, found 1.5");
    refused(() -> Rule.probability(Double.NaN), "found NaN");
    refused(() -> Rule.disc(0.5, 0), "width of a distance rule");
    refused(() -> Rule.inDegree(-1), "found -1");
    Rule doubled = Rule.pairs(new int[] {1, 0, 1}, new int[] {2, 2, 2});
    refused(() -> wire(doubled, 2, 3), "source 1 and target 2 twice, at 0 and 2");
    Rule outside = Rule.pairs(new int[] {1, 2}, new int[] {2, 2});
    refused(() -> wire(outside, 2, 3), "source 2 at pair 1 is none of the 2 from 0 on");
    refused(() -> Values.normal(0, -1), "standard deviation");
    refused(() -> Values.uniform(1, 0), "from 1.0 to 0.0");
    refused(() -> Values.listed(1).clipped(0, 1), "cannot be clipped");
    refused(() -> Values.constant(Double.NaN), "found NaN");
    refused(() -> Positions.of(2, 1, 2, 3), "2 dimensions cannot be made of 3");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(NetworkException.class).hasMessageContaining(why);
  }
}
