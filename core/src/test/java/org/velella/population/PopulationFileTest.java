package org.velella.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

class PopulationFileTest {
  private static final String MODEL = "model own\n  parameter a = 1\n  output y = a * x";

  private int line;

  /** Of texts, lists and maps; each gets the next line. */
  private Item item(Object value) {
    String place = "line " + ++line;
    if (value instanceof Map<?, ?> map) {
      Map<String, Item> parts = new LinkedHashMap<>();
      map.forEach((name, each) -> parts.put((String) name, item(each)));
      return Item.map(place, parts);
    }
    if (value instanceof List<?> list) {
      List<Item> items = new ArrayList<>();
      list.forEach(each -> items.add(item(each)));
      return Item.list(place, items);
    }
    return Item.text(place, value.toString());
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private PopulationNetwork read(Object... namesAndValues) {
    return PopulationFile.read(item(map(namesAndValues)));
  }

  /** A current falls by a quarter in each step without a spike; each projection takes a step. */
  @Test
  void synapticFiltersArePopulationsOnTheWay() {
    PopulationNetwork found =
        read(
            "seed",
            1,
            "inputs",
            map("kick", 2),
            "models",
            List.of("model sum\n  memory v = 0\n  charge v = v + x\n  fire s = v >= 1e30"),
            "populations",
            map(
                "current",
                map("size", 2, "model", "synapse_filter", "parameters", map("tau", 4)),
                "post",
                map("size", 1, "model", "sum")),
            "projections",
            map(
                "spikes",
                map("from", "kick", "to", "current", "rule", "one_to_one"),
                "synapses",
                map(
                    "from",
                    "current",
                    "to",
                    "post",
                    "rule",
                    "all_to_all",
                    "weight",
                    List.of(2, 3))),
            "outputs",
            List.of("post"));
    Map<String, float[]> memories =
        ChangingSynapsesTest.run(found.network(), 8, Map.of(0, new int[] {2}, 1, new int[] {4}));
    assertThat(memories.get("post.v"))
        .containsExactly(2 * (1 + 0.75f + 0.5625f + 0.421875f) + 3 * (1 + 0.75f));
  }

  @Test
  void aFileSaysWhatABuilderDoes() {
    Map<String, Object> grid = map("rows", 4, "columns", 5, "width", 1, "height", 2);
    grid.put("torus", List.of(1, 2));
    Map<String, Object> uniform = map("uniform", List.of(0, 0.5), "clip", List.of(0.1, 0.4));
    PopulationNetwork found =
        read(
            "seed",
            -3,
            "dt",
            0.5,
            "inputs",
            map("kick", 20),
            "models",
            List.of(MODEL),
            "populations",
            map(
                "e",
                map(
                    "size",
                    20,
                    "model",
                    "if",
                    "parameters",
                    map("v_reset", uniform),
                    "positions",
                    grid),
                "o",
                map("size", 2, "model", "own", "parameters", map("a", List.of(3, 4)))),
            "projections",
            map(
                "in",
                map("from", "kick", "to", "e", "rule", "one_to_one"),
                "ee",
                map(
                    "from",
                    "e",
                    "to",
                    "e",
                    "rule",
                    map("gaussian", map("probability", 0.5, "width", 0.3)),
                    "weight",
                    map("normal", List.of(1, 0.1)),
                    "delay",
                    map("uniform", List.of(0.5, 3)),
                    "self_connections",
                    "true"),
                "eo",
                map(
                    "from",
                    "e",
                    "to",
                    "o",
                    "rule",
                    map("pairs", List.of(List.of(3, 1), List.of(2, 0))),
                    "weight",
                    List.of(7, 8),
                    "delay",
                    2)),
            "drives",
            map(
                "noise",
                map(
                    "to",
                    "e",
                    "poisson",
                    map("rate", 0.1, "sources", 5, "weight", map("lognormal", List.of(0, 1)))),
                "push",
                map("to", "o", "current", 1.5)),
            "outputs",
            List.of("o"));

    PopulationNetwork expected =
        PopulationNetwork.builder(-3)
            .dt(0.5)
            .input("kick", 20)
            .population(
                Population.of("e", 20, BuiltInModels.named("if"))
                    .with("v_reset", Values.uniform(0, 0.5).clipped(0.1, 0.4))
                    .at(Positions.grid(4, 5, 1, 2).onTorus(1, 2)))
            .population(
                Population.of("o", 2, NeuronModel.parse(MODEL)).with("a", Values.listed(3, 4)))
            .projection(Projection.of("in", "kick", "e", Rule.oneToOne()))
            .projection(
                Projection.of("ee", "e", "e", Rule.gaussian(0.5, 0.3))
                    .weight(Values.normal(1, 0.1))
                    .delay(Values.uniform(0.5, 3))
                    .selfConnections(SelfConnections.ALLOWED))
            .projection(
                Projection.of("eo", "e", "o", Rule.pairs(new int[] {3, 2}, new int[] {1, 0}))
                    .weight(Values.listed(7, 8))
                    .delay(2))
            .drive(new Drive.Poisson("noise", "e", Values.constant(0.1), 5, Values.logNormal(0, 1)))
            .drive(new Drive.Current("push", "o", Values.constant(1.5)))
            .output("o")
            .build();
    assertThat(NetworkDigest.of(found.network()).value())
        .isEqualTo(NetworkDigest.of(expected.network()).value());
    assertThat(found.projections()).isEqualTo(expected.projections());
    assertThat(found.projections().get(1).kind()).isEqualTo("DelayedProjection");
  }

  private void refused(String why, Object... namesAndValues) {
    line = 0;
    Item file = item(map(namesAndValues));
    assertThatThrownBy(() -> PopulationFile.read(file))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(why);
  }

  private void refusedPopulation(String why, Object... namesAndValues) {
    refused(why, "seed", 1, "populations", map("a", map(namesAndValues)));
  }

  private void refusedRule(String why, Object rule) {
    Map<String, Object> projection = map("from", "a", "to", "a", "rule", rule);
    refused(why, "seed", 1, "projections", map("p", projection));
  }

  @Test
  void whatAFileDoesNotKnowIsRefusedWithItsLine() {
    refused("line 1: The file lacks 'seed'");
    refused("line 3: The file has no 'sed'; there are seed, dt, inputs", "seed", 1, "sed", 2);
    refused("line 2: 'seed' must be a whole number, found '1.5'", "seed", 1.5);
    refused("line 3: 'populations' must be names and values", "seed", 1, "populations", "a");
    refused("line 4: Equations, line 1", "seed", 1, "models", List.of("nonsense"));
    refused("line 5: Two models are named 'own'", "seed", 1, "models", List.of(MODEL, MODEL));
    refused("The network has no population", "seed", 1);
    refusedPopulation("line 5: Population 'a' has no 'modle'; there are size", "modle", "if");
    refusedPopulation("line 4: Population 'a' lacks 'size'", "model", "if");
    refusedPopulation("line 6: There is no neuron model 'no'", "size", 2, "model", "no");
    refusedPopulation("line 4: Population 'a' needs a size", "size", 0, "model", "if");
    refusedPopulation("line 5: Population 'a' 'size' must be below 2^31", "size", 1L << 31);
    Map<String, Object> unknown = map("tau", 3);
    refusedPopulation(
        "line 8: Population 'a': neuron", "size", 2, "model", "if", "parameters", unknown);
    Object two = map("v_reset", map("uniform", List.of(1, 2), "normal", List.of(1, 2)));
    refusedPopulation(
        "line 8: Population 'a' 'v_reset' must say one kind, found [uniform, normal]",
        "size",
        2,
        "model",
        "if",
        "parameters",
        two);
    Object order = map("v_reset", map("uniform", List.of(2, 1)));
    refusedPopulation(
        "line 8: A uniform distribution", "size", 2, "model", "if", "parameters", order);
    Object three = map("v_reset", map("uniform", List.of(2, 1, 3)));
    refusedPopulation("must be 2 numbers, found 3", "size", 2, "model", "if", "parameters", three);
  }

  @Test
  void rulesThatAreNoneAreRefusedWithTheirLine() {
    refusedRule("line 7: Projection 'p' rule 'some' is not known; there are all_to_all", "some");
    refusedRule("line 8: Projection 'p' rule 'some' is not known", map("some", 1));
    refusedRule(
        "line 7: Projection 'p' rule must say one kind, found [total, in_degree]",
        map("total", 1, "in_degree", 2));
    refusedRule(
        "line 8: A probability must be 0, or from 2^-31 to 1, found 2.0", map("probability", 2));
    refusedRule(
        "line 8: Projection 'p' rule lacks 'width'", map("gaussian", map("probability", 0.5)));
    refusedRule("a pair is a source and a target", map("pairs", List.of(List.of(1))));
    refused("either 'poisson' or 'current'", "seed", 1, "drives", map("d", map("to", "a")));
  }

  private static final String UNITS =
      "model own\n  input x [nA]\n  parameter dt [ms] = 1, a [mV] = 1, g [1/ms] = 1, n = 1\n  output y = a * x";

  private PopulationNetwork withUnits(Object dt, Object a, Object weight, Object rate) {
    Map<String, Object> network = new LinkedHashMap<>();
    network.put("seed", 1);
    network.put("dt", dt);
    network.put("models", List.of(UNITS));
    network.put(
        "populations",
        map("p", map("size", 2, "model", "own", "parameters", map("a", a, "g", "20 Hz"))));
    Map<String, Object> projection = map("from", "p", "to", "p", "rule", "all_to_all");
    projection.put("weight", weight);
    projection.put("delay", map("uniform", List.of("0.2 ms", "900 us")));
    network.put("projections", map("pp", projection));
    network.put(
        "drives",
        map(
            "noise",
            map("to", "p", "poisson", map("rate", rate, "sources", 3, "weight", "200 pA"))));
    return PopulationFile.read(item(network));
  }

  @Test
  void numbersWithUnitsAreThoseInTheUnitsOfTheModel() {
    PopulationNetwork expected =
        PopulationNetwork.builder(1)
            .dt(0.1)
            .population(
                Population.of("p", 2, NeuronModel.parse(UNITS))
                    .with("a", Values.listed(-70, 3))
                    .with("g", 0.02)
                    .with("dt", 0.1))
            .projection(
                Projection.of("pp", "p", "p", Rule.allToAll())
                    .weight(Values.normal(0.5, 0.002))
                    .delay(Values.uniform(0.2, 0.9)))
            .drive(
                new Drive.Poisson("noise", "p", Values.constant(0.0125), 3, Values.constant(0.2)))
            .build();
    PopulationNetwork found =
        withUnits(
            "0.1 ms",
            List.of("-0.07 V", 3),
            map("normal", List.of("500 pA", "2e-12 A")),
            "12.5 Hz");
    assertThat(NetworkDigest.of(found.network())).isEqualTo(NetworkDigest.of(expected.network()));
  }

  @Test
  void otherUnitsAreRefusedWithThePlaceAndWhatIsWanted() {
    assertThatThrownBy(() -> withUnits("0.1 ms", "20 ms", 1, 1))
        .hasMessageContaining("line ")
        .hasMessageContaining("Population 'p' 'a'")
        .hasMessageContaining("'20 ms' is a time; wanted is a potential, such as in mV");
    assertThatThrownBy(() -> withUnits("0.1 ms", 1, "3 nS", 1))
        .hasMessageContaining("Projection 'pp' weight")
        .hasMessageContaining("a conductance; wanted is a current");
    assertThatThrownBy(() -> withUnits("0.1 ms", 1, 1, "5 mV"))
        .hasMessageContaining("wanted is a frequency, such as in 1/ms");
    assertThatThrownBy(() -> withUnits("0.1 mV", 1, 1, 1))
        .hasMessageContaining("'dt' is the time of a step");
    assertThatThrownBy(() -> withUnits(0.1, 1, 1, 1))
        .hasMessageContaining("give dt a unit, such as dt: 0.1 ms");
    assertThatThrownBy(() -> withUnits("0.1 ms", "20 lightyears", 1, 1))
        .hasMessageContaining("'lightyears' is no unit");
    assertThatThrownBy(() -> withUnits("0.1 ms", map("lognormal", List.of("1 mV", "1 mV")), 1, 1))
        .hasMessageContaining("write the number alone");
  }

  @Test
  void whatDeclaresNoUnitTakesNone() {
    assertThatThrownBy(
            () ->
                read(
                    "seed",
                    1,
                    "populations",
                    map("p", map("size", 1, "model", "lif", "parameters", map("tau", "20 ms")))))
        .hasMessageContaining("parameter 'tau' of neuron model 'lif' declares no unit");
  }

  private PopulationNetwork integrated(String model, String method) {
    Map<String, Object> population = map("size", 2, "model", model, "method", method);
    String text =
        "model decay\n  parameter dt = 1\n  method euler\n  memory v = 1\n  dv/dt = -v\n  output y = v";
    return read("seed", 1, "models", List.of(text), "populations", map("p", population));
  }

  @Test
  void aPopulationMayBeIntegratedByAnotherMethod() {
    assertThat(integrated("decay", "rk4 substeps 3").populations().get(0).model().text())
        .contains("method rk4 substeps 3");
    assertThatThrownBy(() -> integrated("decay", "rk5")).hasMessageContaining("methods are euler");
    assertThatThrownBy(() -> integrated("lif", "rk4"))
        .hasMessageContaining("line ")
        .hasMessageContaining("model 'lif' has no equations dv/dt");
  }
}
