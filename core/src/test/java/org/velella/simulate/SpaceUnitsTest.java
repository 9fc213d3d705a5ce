package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.sweep.Spaces;
import org.velella.tensor.Shape;

class SpaceUnitsTest {
  /** Two populations that measure time differently; n has no unit. */
  private static final Network NETWORK =
      Network.builder()
          .node("input", new InputOperation(Shape.of(4)))
          .node("a", new NeuronOperation(model("ms"), Map.of()))
          .node("b", new NeuronOperation(model("s"), Map.of()))
          .node("output", new OutputOperation())
          .edge("input", "a")
          .edge("a", "b")
          .edge("b", "output")
          .build();

  private static NeuronModel model(String time) {
    return NeuronModel.parse(
        """
        model lif
          parameter tau [%s] = 2.0, threshold [mV] = 1.0, n = 3
          memory v = 0
          charge h = v + (x - v) / tau * n
          fire s = h >= threshold
          reset v = where(s, 0, h)
        """
            .formatted(time));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void assertNumbers(String space, String numbers) {
    assertThat(SpaceUnits.numbers(json(space), NETWORK)).isEqualTo(json(numbers));
  }

  private static void assertRefused(String space, String... words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpaceUnits.numbers(json(space), NETWORK))
        .withMessageContainingAll(words);
  }

  @Test
  void valuesAreTurnedIntoTheUnitThatTheModelDeclares() {
    assertNumbers("'a.tau=2 ms:0.02 s:19'", "'a.tau=2:20:19'");
    assertNumbers("'b.tau=2 ms:0.02 s:19'", "'b.tau=0.002:0.02:19'");
    assertNumbers("'b.tau=1 us:1 s:5:log'", "'b.tau=0.000001:1:5:log'");
    assertNumbers("'*.threshold= 15 mV, 0.02 V,  500 uV'", "'*.threshold=15,20,0.5'");
    assertNumbers("'a.tau=2, 300 us'", "'a.tau=2,0.3'");
  }

  @Test
  void spacesOfEveryKind() {
    assertNumbers(
        "{'product': ['a.tau=2 ms', {'zip': ['b.tau=1 s', {'grid': ['a.n=1,2']}]}]}",
        "{'product': ['a.tau=2', {'zip': ['b.tau=1', {'grid': ['a.n=1,2']}]}]}");
    assertNumbers("{'union': ['a.tau=2 ms', 'a.n=1']}", "{'union': ['a.tau=2', 'a.n=1']}");
    assertNumbers(
        "{'table': {'a.tau': ['2 ms', '', 3], 'a.n': ['1', '2', '3']}}",
        "{'table': {'a.tau': ['2', '', 3], 'a.n': ['1', '2', '3']}}");
    for (String kind : new String[] {"random", "latin-hypercube", "sobol"}) {
      assertNumbers(
          "{'%s': {'trials': 4, 'seed': 1, 'vary': ['a.tau=uniform:2 ms:20 ms', 'b.tau=normal:5 ms:500 us', 'a.threshold=choice:1 mV,1 V']}}"
              .formatted(kind),
          "{'%s': {'trials': 4, 'seed': 1, 'vary': ['a.tau=uniform:2:20', 'b.tau=normal:0.005:0.0005', 'a.threshold=choice:1,1000']}}"
              .formatted(kind));
    }
    assertNumbers(
        "{'random': {'trials': 4, 'vary': ['a.tau=integers:2 ms:1 s']}}",
        "{'random': {'trials': 4, 'vary': ['a.tau=integers:2:1000']}}");
    JsonNode integers =
        SpaceUnits.numbers(
            json("{'random': {'trials': 4, 'vary': ['a.tau=integers:2 ms:1 s']}}"), NETWORK);
    assertThat(Spaces.parse(integers).parameters()).hasSize(1);
  }

  /** Blanks included, for a space is written down as it is. */
  @Test
  void whatHasNoUnitStaysAsItIs() {
    for (String space :
        new String[] {
          "' a.tau = 2 : 20 : 19'",
          "'weights=5 nets.nir,6 nets.nir'",
          "{'columns': {'a.tau': {'numbers': ['2.0,3.0']}}}",
          "'no values'",
          "{'product': 7}",
          "{'random': 7}",
          "{'table': []}",
          "{'a': 1, 'b': 2}",
          "7"
        }) {
      assertNumbers(space, space);
    }
  }

  @Test
  void unitsThatDoNotFitAreRefusedByName() {
    assertRefused("'a.tau=2 mV'", "a.tau=2 mV", "is a potential", "wanted is a time", "ms");
    assertRefused("'a.n=2 mV'", "a.n declares no unit");
    assertRefused("'a.tau=2 parsecs'", "'parsecs' is no unit");
    assertRefused("'*.tau=2 ms'", "a.tau is in ms and b.tau in s", "*.tau");
    assertRefused("'a.tua=2 ms'", "no such parameter", "a.tau");
    assertRefused("'input.rate=2 Hz'", "input.rate=2 Hz", "an input declares no unit");
    assertRefused("{'table': {'a.tau': ['2 V']}}", "a.tau=2 V", "is a potential");
    assertRefused("'a.tau=2 ms:20 ms:19 ms'", "'19 ms' in 'a.tau=2 ms:20 ms:19 ms'");
    assertRefused("'a.tau=2:20:19 ms:log'", "'19 ms' in", "no whole number");
  }

  /** Beyond float64, and beyond the exponents that {@link java.math.BigDecimal} has. */
  @Test
  void numbersThatAreNoneInTheUnitAreRefusedByName() {
    for (String value : new String[] {"1e400 ms", "-1e400 ms", "2e305 ks", "1e2147483647 ks"}) {
      assertRefused("'a.tau=" + value + "'", "a.tau=" + value, "beyond the numbers", "in ms");
    }
    assertNumbers("'a.tau=1e-400 ms,1e-2147483647 us,0e2147483647 s'", "'a.tau=0,0,0'");
  }
}
