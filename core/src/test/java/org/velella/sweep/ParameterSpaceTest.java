package org.velella.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.provenance.CanonicalJson;

class ParameterSpaceTest {
  @Test
  void rangesMeetBothEndsExactly() {
    assertThat(values(SpaceText.axis("lif.tau=2:20:19")))
        .containsExactly(
            2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0,
            18.0, 19.0, 20.0);
    List<Double> tenths = values(SpaceText.axis("x=0.1:0.7:7"));
    assertThat(tenths.get(0)).isEqualTo(0.1);
    assertThat(tenths.get(6)).isEqualTo(0.7);
    assertThat(values(SpaceText.axis("x=20:2:2"))).containsExactly(20.0, 2.0);
    assertThat(values(SpaceText.axis("x=3:3:1"))).containsExactly(3.0);
  }

  /** 64 of 1 to 250 is 1 + 249 * (63 / 249), which is less than 64 in float64. */
  @Test
  void wholeNumbersAtWholeDistancesAreWhole() {
    List<Double> steps = values(SpaceText.axis("steps=1:250:250"));
    for (int i = 0; i < 250; i++) {
      assertThat(steps.get(i)).isEqualTo(i + 1);
    }
    assertThat(values(SpaceText.axis("x=-40:40:5"))).containsExactly(-40.0, -20.0, 0.0, 20.0, 40.0);
  }

  @Test
  void logarithmicRangesHaveEqualRatios() {
    List<Double> decades = values(SpaceText.axis("x=0.001:1000:7:log"));
    for (int i = 0; i < 7; i++) {
      assertThat(decades.get(i)).isCloseTo(Math.pow(10, i - 3), withinPart(1e-14));
    }
  }

  private static org.assertj.core.data.Percentage withinPart(double part) {
    return org.assertj.core.data.Percentage.withPercentage(100 * part);
  }

  @Test
  void theLastParameterOfAGridVariesFastest() {
    ParameterSpace grid =
        new ProductSpace(List.of(SpaceText.axis("a=1,2"), SpaceText.axis("b=10,20,30")));
    assertThat(grid.trials()).isEqualTo(6);
    assertThat(rows(grid))
        .containsExactly(
            List.of(1.0, 10.0),
            List.of(1.0, 20.0),
            List.of(1.0, 30.0),
            List.of(2.0, 10.0),
            List.of(2.0, 20.0),
            List.of(2.0, 30.0));
  }

  @Test
  void zippedValuesVaryInStep() {
    ParameterSpace zip =
        new ZipSpace(List.of(SpaceText.axis("a=1,2,3"), SpaceText.axis("b=x,y,x")));
    assertThat(rows(zip)).containsExactly(List.of(1.0, 0.0), List.of(2.0, 1.0), List.of(3.0, 0.0));
    assertThat(zip.parameters().get(1).labels()).containsExactly("x", "y");
    assertThatThrownBy(
            () -> new ZipSpace(List.of(SpaceText.axis("a=1,2"), SpaceText.axis("b=1,2,3"))))
        .hasMessageContaining("a has 2, b has 3");
  }

  @Test
  void conditionalParametersAreUnsetElsewhere() throws Exception {
    ParameterSpace space =
        Spaces.parse(
            new ObjectMapper()
                .readTree(
                    "{\"union\": [{\"product\": [\"kind=b\", \"x=1,2\"]}, {\"product\": [\"kind=a,b\", \"y=5\"]}]}"));
    assertThat(space.parameters().stream().map(Parameter::path)).containsExactly("kind", "x", "y");
    assertThat(rows(space))
        .containsExactly(
            List.of(0.0, 1.0, Double.NaN),
            List.of(0.0, 2.0, Double.NaN),
            List.of(1.0, Double.NaN, 5.0),
            List.of(0.0, Double.NaN, 5.0));
    Trials trials = new Trials(space, 7);
    assertThat(trials.trial(2).texts()).containsExactly(java.util.Map.entry("kind", "a"));
    assertThat(trials.trial(2).numbers()).containsExactly(java.util.Map.entry("y", 5.0));
  }

  @Test
  void aTrialsIdDependsOnValuesAndSeedOnly() {
    Trials one =
        new Trials(new ProductSpace(List.of(SpaceText.axis("a=1,2"), SpaceText.axis("b=3"))), 1, 2);
    Trials other =
        new Trials(new ProductSpace(List.of(SpaceText.axis("b=4,3"), SpaceText.axis("a=2"))), 2);
    // a = 2, b = 3, seed 2: the last of four here, the second of two there.
    assertThat(other.trial(1).id()).isEqualTo(one.trial(3).id());
    assertThat(List.of(0L, 1L, 2L, 3L).stream().map(n -> one.trial(n).id()))
        .doesNotHaveDuplicates()
        .allMatch(id -> id >= 0);
  }

  /** By {@code printf '{"numbers":{"a":"0x1.8p1"},"seed":5,"texts":{"k":"v"}}' | sha256sum}. */
  @Test
  void anIdIsTheBeginningOfAHash() {
    Trials trials =
        new Trials(new ProductSpace(List.of(SpaceText.axis("a=3"), SpaceText.axis("k=v"))), 5);
    assertThat(Long.toHexString(trials.trial(0).id())).isEqualTo(EXPECTED_ID);
  }

  private static final String EXPECTED_ID = "1e908bd133894e42";

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> SpaceText.axis("lif.tau")).hasMessageContaining("path=a,b,c");
    assertThatThrownBy(() -> SpaceText.axis("lif.tau=1:2")).hasMessageContaining("from:to:count");
    assertThatThrownBy(() -> SpaceText.axis("lif.tau=1:x:3")).hasMessageContaining("'x'");
    assertThatThrownBy(() -> SpaceText.axis("lif.tau=1:2:0")).hasMessageContaining("'0'");
    assertThatThrownBy(() -> SpaceText.axis("lif.tau=1:2:1")).hasMessageContaining("2 values");
    assertThatThrownBy(() -> SpaceText.axis("lif.tau=-1:2:3:log")).hasMessageContaining("positive");
    assertThatThrownBy(() -> SpaceText.axis("a=1,,2")).hasMessageContaining("'a=1,,2'");
    assertThatThrownBy(() -> SpaceText.axis("a=-1e308:1e308:5")).hasMessageContaining("Infinity");
    assertThatThrownBy(() -> SpaceText.axis("a=1:Infinity:5")).hasMessageContaining("Infinity");
    assertThatThrownBy(() -> SpaceText.axis("a=1:NaN:5")).hasMessageContaining("NaN");
    assertThatThrownBy(() -> SpaceText.axis("a=NaN:1:5")).hasMessageContaining("NaN");
    assertThatThrownBy(() -> SpaceText.axis("a=1,Infinity")).hasMessageContaining("Infinity");
    assertThatThrownBy(() -> SpaceText.distribution("a=uniform:3:2"))
        .hasMessageContaining("smaller first");
    assertThatThrownBy(() -> SpaceText.distribution("a=gamma:1:2")).hasMessageContaining("choice");
    assertThatThrownBy(() -> SpaceText.distribution("a=normal:1:0"))
        .hasMessageContaining("positive");
    assertThatThrownBy(
            () -> new ProductSpace(List.of(SpaceText.axis("a=1"), SpaceText.axis("a=2"))))
        .hasMessageContaining("a is set twice");
    assertThatThrownBy(() -> new UnionSpace(List.of(SpaceText.axis("a=1"), SpaceText.axis("a=x"))))
        .hasMessageContaining("a number in one space and a text in another");
    assertThatThrownBy(() -> new Trials(SpaceText.axis("a=1"), 3, 3)).hasMessageContaining("once");
    assertThatThrownBy(() -> Spaces.parse(new ObjectMapper().readTree("{\"girds\": []}")))
        .hasMessageContaining("girds")
        .hasMessageContaining("grid");
  }

  @Test
  void tablesGiveTheirRows() throws Exception {
    ParameterSpace table =
        Spaces.parse(
            new ObjectMapper()
                .readTree(
                    "{\"table\": {\"a\": [\"1\", \"0x1.8p1\", \"\"], \"b\": [\"x\", \"\", \"7\"]}}"));
    assertThat(rows(table))
        .containsExactly(List.of(1.0, 0.0), List.of(3.0, Double.NaN), List.of(Double.NaN, 1.0));
    assertThat(table.parameters().get(1).labels()).containsExactly("x", "7");
    assertThatThrownBy(
            () ->
                Spaces.parse(
                    new ObjectMapper().readTree("{\"table\": {\"a\": [\"1\"], \"b\": []}}")))
        .hasMessageContaining("b has 0 values");
  }

  @Test
  void pathsMayHoldQuotedSigns() {
    assertThat(SpaceText.axis("'a=b'.tau=1,2").parameters().get(0).path()).isEqualTo("'a=b'.tau");
  }

  static List<Double> values(ParameterSpace space) {
    return rows(space).stream().map(row -> row.get(0)).toList();
  }

  static List<List<Double>> rows(ParameterSpace space) {
    List<List<Double>> rows = new ArrayList<>();
    for (long trial = 0; trial < space.trials(); trial++) {
      rows.add(java.util.Arrays.stream(space.row(trial)).boxed().toList());
    }
    return rows;
  }

  /** Whatever its names and texts are made of. */
  @Test
  void idsAreDigestsOfCanonicalJson() throws Exception {
    SortedMap<String, Double> numbers =
        new TreeMap<>(Map.of("lif.tau", 2.5, "'a.b'.v", -0.0, "q\"uote\n", 1e-310, "größe", 3.0));
    SortedMap<String, String> texts = new TreeMap<>(Map.of("w", "a\\b\u0001", "'x", ""));
    ObjectNode json = CanonicalJson.object().put("seed", -7L);
    ObjectNode hex = json.putObject("numbers");
    numbers.forEach((path, value) -> hex.put(path, Double.toHexString(value)));
    ObjectNode labels = json.putObject("texts");
    texts.forEach(labels::put);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(CanonicalJson.bytes(json));
    List<ParameterSpace> columns = new ArrayList<>();
    texts.forEach((path, text) -> columns.add(ListSpace.texts(path, List.of("other", text))));
    numbers.forEach((path, value) -> columns.add(ListSpace.numbers(path, 1, value)));
    columns.add(ListSpace.numbers("unset", 1, ParameterSpace.UNSET));
    columns.add(ListSpace.numbers(Trials.SEED, 0, -7));
    assertThat(new Trials(new ZipSpace(columns), 5).trial(1).id())
        .isEqualTo(ByteBuffer.wrap(digest).getLong() >>> 1);
  }
}
