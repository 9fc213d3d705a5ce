package org.velella.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.Memories;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.NamedMemory;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.NetworkModule;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;
import org.velella.synapse.LearningRule;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.StdpRule;
import org.velella.synapse.WeightDependence;

class ChangingSynapsesTest {
  static final NeuronModel RELAY =
      NeuronModel.parse("model relay\n  memory seen = 0\n  charge seen = x\n  fire s = x >= 1");
  static final NeuronModel SUM =
      NeuronModel.parse("model sum\n  memory v = 0\n  charge v = v + x\n  fire s = v >= 1e30");

  /**
   * All memories after some steps of one sample, whose inputs are 1 in the steps that are given.
   */
  static Map<String, float[]> run(Network network, int steps, Map<Integer, int[]> spikes) {
    float[] input = new float[steps * network.inputSize()];
    spikes.forEach(
        (element, at) -> {
          for (int t : at) {
            input[t * network.inputSize() + element] = 1;
          }
        });
    NetworkModule module = new NetworkModule(network);
    Modules.setStepMode(module, "m");
    module.forward(Nd4j.createFromArray(input).reshape(steps, 1, network.inputSize()));
    Map<String, float[]> all = new LinkedHashMap<>();
    for (NamedMemory memory : Memories.namedMemories(module)) {
      if (memory.value().kind() == MemoryValue.Kind.TENSOR) {
        all.put(memory.name(), memory.value().tensor().floats());
      }
    }
    return all;
  }

  static StdpRule additive() {
    return StdpRule.of(4, 4)
        .dependences(WeightDependence.constant(1), WeightDependence.constant(1));
  }

  /** Two relays that teach each other's synapses, in a cycle, of which one edge is late. */
  private static PopulationNetwork.Builder pair(Projection there, Projection back) {
    return PopulationNetwork.builder(1)
        .input("kick_p", 1)
        .input("kick_q", 1)
        .population(Population.of("p", 1, RELAY))
        .population(Population.of("q", 1, RELAY))
        .projection(Projection.of("kp", "kick_p", "p", Rule.oneToOne()))
        .projection(Projection.of("kq", "kick_q", "q", Rule.oneToOne()))
        .projection(there)
        .projection(back);
  }

  private static float[] both(int delay, String there, String back) {
    Projection first = Projection.of(there, "p", "q", Rule.oneToOne()).weight(0).delay(delay);
    Projection second = Projection.of(back, "q", "p", Rule.oneToOne()).weight(0).delay(delay);
    Network network =
        pair(first.plasticity(additive()), second.plasticity(additive())).build().network();
    // p fires at 3 and q at 5 and 12; a kick takes a step.
    Map<String, float[]> memories =
        run(network, 25, Map.of(0, new int[] {2}, 1, new int[] {4, 11}));
    return new float[] {memories.get(there + ".weight")[0], memories.get(back + ".weight")[0]};
  }

  /** Arrivals against spikes: nothing else counts, whichever projection closes the cycle. */
  @Test
  void synapsesLearnFromArrivals() {
    for (int delay : new int[] {1, 2, 4}) {
      for (float[] found : List.of(both(delay, "a", "b"), both(delay, "b", "a"))) {
        assertThat(found[0])
            .isCloseTo((float) change(new int[] {3}, new int[] {5, 12}, delay), within(1e-6f));
        assertThat(found[1])
            .isCloseTo((float) change(new int[] {5, 12}, new int[] {3}, delay), within(1e-6f));
      }
    }
  }

  /** Sum over all pairs: a trace falls to 3/4 in a step, and coincidences cancel. */
  static double change(int[] pre, int[] post, int delay) {
    double sum = 0;
    for (int x : pre) {
      for (int s : post) {
        int late = s - (x + delay);
        sum += Math.signum(late) * Math.pow(0.75, Math.abs(late));
      }
    }
    return sum;
  }

  /** Two sources and two targets, whose four synapses have delays of their own, and back. */
  static PopulationNetwork.Builder four(Projection there, Projection back) {
    return PopulationNetwork.builder(1)
        .input("kick_p", 2)
        .input("kick_q", 2)
        .population(Population.of("p", 2, RELAY))
        .population(Population.of("q", 2, RELAY))
        .projection(Projection.of("kp", "kick_p", "p", Rule.oneToOne()))
        .projection(Projection.of("kq", "kick_q", "q", Rule.oneToOne()))
        .projection(there)
        .projection(back);
  }

  private static Projection spread(String name, String from, String to, double... delays) {
    return Projection.of(name, from, to, Rule.allToAll()).weight(0).delay(Values.listed(delays));
  }

  /** Each synapse by its own arrivals, whichever projection closes the cycle. */
  @Test
  void synapsesWithDelaysOfTheirOwnLearnFromTheirArrivals() {
    int[][] p = {{3, 9}, {4}};
    int[][] q = {{5, 12}, {8}};
    double[] delays = {4, 1, 2, 2};
    // By tap: source 0 after 1 and 4 steps, source 1 after 2.
    int[][] places = {{0, 1, 1}, {0, 0, 4}, {1, 0, 2}, {1, 1, 2}};
    Map<Integer, int[]> kicks =
        Map.of(0, new int[] {2, 8}, 1, new int[] {3}, 2, new int[] {4, 11}, 3, new int[] {7});
    for (String[] names : new String[][] {{"a", "b"}, {"b", "a"}}) {
      Projection there = spread(names[0], "p", "q", delays).plasticity(additive());
      Projection back = spread(names[1], "q", "p", delays).plasticity(additive());
      Map<String, float[]> memories = run(four(there, back).build().network(), 25, kicks);
      for (int e = 0; e < 4; e++) {
        int[] at = places[e];
        assertThat(memories.get(names[0] + ".weight")[e])
            .isCloseTo((float) change(p[at[0]], q[at[1]], at[2]), within(1e-6f));
        assertThat(memories.get(names[1] + ".weight")[e])
            .isCloseTo((float) change(q[at[0]], p[at[1]], at[2]), within(1e-6f));
      }
    }
  }

  /** With a rate of 0 they are synapses like others; eighths are summed exactly in any order. */
  @Test
  void synapsesThatLearnNothingDeliverAsOthersDo() {
    Map<Integer, int[]> kicks = Map.of(0, new int[] {0, 3}, 5, new int[] {1, 2}, 9, new int[] {3});
    for (String name : List.of("a", "z")) {
      Projection there =
          Projection.of(name, "p", "q", Rule.probability(0.5))
              .weight(0.125)
              .delay(Values.uniform(1, 9));
      float[][] found = new float[2][];
      for (int i = 0; i < 2; i++) {
        Network network =
            PopulationNetwork.builder(7)
                .input("kick", 10)
                .population(Population.of("p", 10, RELAY))
                .population(Population.of("q", 8, SUM))
                .projection(Projection.of("k", "kick", "p", Rule.oneToOne()))
                .projection(Projection.of("m", "q", "p", Rule.allToAll()))
                .projection(i == 0 ? there : there.plasticity(additive().rate(0)))
                .build()
                .network();
        found[i] = run(network, 9, kicks).get("q.v");
      }
      assertThat(found[1]).isEqualTo(found[0]).contains(0.125f);
    }
  }

  @Test
  void axonsSendWhatTheyHave() {
    Projection tired =
        Projection.of("t", "p", "q", Rule.oneToOne())
            .weight(3)
            .delay(2)
            .shortTerm(ShortTerm.of(0.5, 10, 0));
    Network network =
        PopulationNetwork.builder(1)
            .dt(0.5)
            .input("kick", 1)
            .population(Population.of("p", 1, RELAY))
            .population(Population.of("q", 1, SUM))
            .projection(Projection.of("k", "kick", "p", Rule.oneToOne()).delay(0.5))
            .projection(tired)
            .build()
            .network();
    // Spikes of p at steps 1 and 5, 2 ms apart, arrive at steps 5 and 9.
    Map<Integer, int[]> kicks = Map.of(0, new int[] {0, 4});
    assertThat(run(network, 9, kicks).get("q.v")).containsExactly(1.5f);
    double second = 3 * 0.5 * (1 - 0.5 * Math.exp(-0.2));
    assertThat(run(network, 10, kicks).get("q.v")[0])
        .isCloseTo((float) (1.5 + second), within(1e-6f));
  }

  @Test
  void tiredAxonsWithManyDelaysTeachAsOthersDo() {
    float[][] weights = new float[2][];
    for (int i = 0; i < 2; i++) {
      Projection there =
          spread("a", "p", "q", 3, 1, 2, 4)
              .plasticity(additive())
              .shortTerm(i == 0 ? null : ShortTerm.of(0.25, 100, 0));
      Network network = four(there, spread("b", "q", "p", 1, 1, 1, 1)).build().network();
      Map<Integer, int[]> kicks = Map.of(0, new int[] {2, 5}, 1, new int[] {1}, 3, new int[] {7});
      weights[i] = run(network, 20, kicks).get("a.weight");
    }
    assertThat(weights[1]).isEqualTo(weights[0]).isNotEqualTo(new float[4]);
  }

  /** What a tired axon sends is less, but its spikes teach as spikes. */
  @Test
  void tiredAxonsTeachAsOthersDo() {
    float[] weights = new float[2];
    for (int i = 0; i < 2; i++) {
      Projection there =
          Projection.of("a", "p", "q", Rule.oneToOne())
              .weight(0)
              .delay(3)
              .plasticity(additive())
              .shortTerm(i == 0 ? null : ShortTerm.of(0.25, 100, 0));
      Projection back = Projection.of("b", "q", "p", Rule.oneToOne()).weight(0);
      Network network = pair(there, back).build().network();
      Map<Integer, int[]> kicks = Map.of(0, new int[] {2, 5}, 1, new int[] {7, 11});
      weights[i] = run(network, 20, kicks).get("a.weight")[0];
    }
    assertThat(weights[1]).isEqualTo(weights[0]).isNotZero();
  }

  private static Item text(Object value) {
    return Item.text("line 1", value.toString());
  }

  private static Item map(Object... namesAndItems) {
    Map<String, Item> parts = new LinkedHashMap<>();
    for (int i = 0; i < namesAndItems.length; i += 2) {
      Object value = namesAndItems[i + 1];
      parts.put((String) namesAndItems[i], value instanceof Item item ? item : text(value));
    }
    return Item.map("line 1", parts);
  }

  private static PopulationNetwork file(Item shortTerm, Item plasticity) {
    Item own = map("size", 2, "model", "lif");
    Item projection =
        map(
            "from",
            "own",
            "to",
            "own",
            "rule",
            "all_to_all",
            "weight",
            0.5,
            "short_term",
            shortTerm,
            "plasticity",
            plasticity);
    return PopulationFile.read(
        map(
            "seed",
            1,
            "dt",
            0.5,
            "inputs",
            map("reward", 1, "wide", 2),
            "populations",
            map("own", own),
            "projections",
            map("pp", projection)));
  }

  private static PopulationNetwork builder(ShortTerm shortTerm, Plasticity plasticity) {
    return PopulationNetwork.builder(1)
        .dt(0.5)
        .input("reward", 1)
        .input("wide", 2)
        .population(Population.of("own", 2, BuiltInModels.named("lif")))
        .projection(
            Projection.of("pp", "own", "own", Rule.allToAll())
                .weight(0.5)
                .shortTerm(shortTerm)
                .plasticity(plasticity))
        .build();
  }

  /** Times of files are in the unit of dt, those of rules in steps. */
  @Test
  void filesSayWhatBuildersDo() {
    Item tired =
        map(
            "U",
            0.25,
            "tau_d",
            800,
            "tau_f",
            map("uniform", Item.list("line 1", List.of(text(10), text(20)))));
    Item rewarded = map("mstdp", map("tau_pre", 10, "high", 1, "rate", 0.25), "reward", "reward");
    LearningRule rule = MstdpRule.of(20, 40).rate(0.25f).bounds(-Float.MAX_VALUE, 1);
    ShortTerm shortTerm =
        new ShortTerm(Values.constant(0.25), Values.constant(800), Values.uniform(10, 20));

    assertThat(NetworkDigest.of(file(tired, rewarded).network()))
        .isEqualTo(NetworkDigest.of(builder(shortTerm, new Plasticity(rule, "reward")).network()));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Item tired = map("U", 0.25, "tau_d", 800);
    assertThatThrownBy(() -> file(tired, map("stdp", map("tau", 3))))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(
            "line 1: Projection 'pp' plasticity 'stdp' has no 'tau'; there are tau_pre,");
    assertThatThrownBy(() -> file(tired, map("hebb", map())))
        .hasMessageContaining("line 1: There is no learning rule 'hebb'");
    assertThatThrownBy(() -> file(tired, map("mstdp", map())))
        .hasMessageContaining("'mstdp' needs the name of an input as its reward");
    assertThatThrownBy(() -> file(tired, map("mstdp", map(), "reward", "wide")))
        .hasMessageContaining("Projection 'pp': input 'wide' has 2 elements, not 1");
    assertThatThrownBy(() -> file(tired, map("stdp", map("high", 0.25))))
        .hasMessageContaining("Projection 'pp': PlasticProjection weight must be from")
        .hasMessageContaining("found 0.5 at index 0");
    assertThatThrownBy(() -> file(map("U", 2, "tau_d", 1), map("stdp", map())))
        .hasMessageContaining("Projection 'pp':")
        .hasMessageContaining("U");
    double[] delays = new double[300];
    Arrays.fill(delays, 1 << 20);
    delays[299] = 1;
    Projection far =
        Projection.of("far", "p", "q", Rule.allToAll())
            .delay(Values.listed(delays))
            .plasticity(additive());
    PopulationNetwork.Builder builder =
        PopulationNetwork.builder(1)
            .population(Population.of("p", 300, RELAY))
            .population(Population.of("q", 1, RELAY))
            .projection(far);
    assertThatThrownBy(builder::build)
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Projection 'far': Delay of 1048576 steps keeps")
        .hasMessageContaining("shorten it");
  }
}
