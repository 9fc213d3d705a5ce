package org.velella.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.velella.provenance.CanonicalJson;
import org.velella.testkit.Seeded;

class TrialTableTest {
  private static final double UNSET = ParameterSpace.UNSET;

  private static JsonNode written(JsonNode json) {
    return CanonicalJson.parse(json.toString().getBytes(StandardCharsets.UTF_8), "test");
  }

  @Test
  void isReadableText() {
    JsonNode json =
        TrialTable.toJson(
            List.of(Parameter.number("lif.tau"), new Parameter("kind", List.of("a", "b,c"))),
            new double[][] {{2, UNSET, 0.1}, {0, 1, UNSET}});
    assertThat(json)
        .hasToString(
            "{\"columns\":{\"lif.tau\":{\"numbers\":[\"2.0,,0.1\"]},"
                + "\"kind\":{\"texts\":[\"a\",\"b,c\"],\"rows\":[\"0,1,\"]}}}");
  }

  @Seeded
  void comesBackBitForBit(SplittableRandom random) {
    int rows = 1 + random.nextInt(3500);
    double[][] columns = new double[2][rows];
    for (int row = 0; row < rows; row++) {
      double number = Double.longBitsToDouble(random.nextLong());
      columns[0][row] = Double.isInfinite(number) || Double.isNaN(number) ? UNSET : number;
      columns[1][row] = random.nextInt(5) == 0 ? UNSET : random.nextInt(3);
    }
    List<Parameter> parameters =
        List.of(Parameter.number("a"), new Parameter("b", List.of("x", "y", "z")));
    ParameterSpace space = Spaces.parse(written(TrialTable.toJson(parameters, columns)));
    assertThat(space.parameters()).isEqualTo(parameters);
    assertThat(space.trials()).isEqualTo(rows);
    for (int row = 0; row < rows; row++) {
      assertThat(space.row(row)).containsExactly(columns[0][row], columns[1][row]);
    }
  }

  @Test
  void otherFormsAreRefused() {
    for (String text :
        List.of(
            "{'columns': {}}",
            "{'columns': [1]}",
            "{'columns': {'a': {'numbers': []}}}",
            "{'columns': {'a': {'rows': ['0']}}}",
            "{'columns': {'a': {'numbers': ['1,x']}}}",
            "{'columns': {'a': {'numbers': ['1,Infinity']}}}",
            "{'columns': {'a': {'texts': ['u'], 'rows': ['1']}}}",
            "{'columns': {'a': {'numbers': ['1']}, 'b': {'numbers': ['1,2']}}}")) {
      assertThatThrownBy(() -> Spaces.parse(new ObjectMapper().readTree(text.replace('\'', '"'))))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A row with a seed is one trial whatever the other seeds are; one without is one for each. */
  @Test
  void seedsOfRowsAreTheirOwn() {
    JsonNode json =
        TrialTable.toJson(
            List.of(Parameter.number("a"), Parameter.number("seed")),
            new double[][] {{1, 2, 3}, {9, UNSET, -0x1p53}});
    TrialList list = TrialList.NONE.extended(json, 5, 6);
    assertThat(
            LongStream.range(0, list.count())
                .mapToObj(list::trial)
                .map(trial -> trial.numbers() + " " + trial.seed()))
        .containsExactly("{a=1.0} 9", "{a=2.0} 5", "{a=2.0} 6", "{a=3.0} -9007199254740992");
    assertThat(list.parameters()).containsExactly(Parameter.number("a"));
    assertThat(list.trial(1).id())
        .as("the trial that the same values and seed are elsewhere")
        .isEqualTo(
            TrialList.NONE.extended(json("{\"zip\": [\"a=2\", \"seed=5\"]}"), 0).trial(0).id());
    assertThat(TrialList.fromJson(written(list.toJson())).trial(3)).isEqualTo(list.trial(3));
  }

  private static JsonNode json(String text) {
    return CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8), "test");
  }

  @Test
  void seedsThatAreNoneAreRefused() {
    for (String seed : List.of("0.5", "18014398509481984", "x")) {
      assertThatThrownBy(() -> TrialList.NONE.extended(json("\"seed=" + seed + "\""), 0))
          .as(seed)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("whole number from -2^53 to 2^53");
    }
  }
}
