package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.FirstStep;

class NirConventionTest {
  private static final Path GUIDE = Path.of("docs/NIR.md");
  private static final List<String> PRESETS =
      List.of("norse", "snntorch", "sinabs", "rockpool", "spyx", "spikingjelly");

  private static void assertRefused(String text, String... messages) {
    assertThatThrownBy(() -> NirConvention.named(text))
        .isInstanceOf(NirException.class)
        .hasMessageContainingAll(messages);
  }

  @ParameterizedTest
  @CsvSource({
    "sinabs,'sinabs, rockpool'",
    "rockpool,'sinabs, rockpool'",
    "spikingjelly,spikingjelly"
  })
  void theGuideHasTheEquationsOfACurrentBasedNeuron(String preset, String title) throws Exception {
    String text = NirEquations.model("CubaLIF", NirConvention.named(preset)).text();
    String equations = text.substring(text.indexOf("  derive "));
    assertThat(Files.readString(GUIDE)).contains("\n" + title + "\n" + equations);
  }

  @Test
  void presetIsAChoiceOnEveryAxis() {
    assertThat(NirConvention.named("norse"))
        .isEqualTo(NirConvention.NORSE)
        .hasToString(
            "decay=euler,form=difference,input=current,integrator=charge,threshold-scaling=none,"
                + "reset=value,reset-timing=same-step,reset-order=after-decay,"
                + "spike-timing=same-step,compare=greater,spikes=one,clamp=none,synapse=updated,"
                + "first-step=zero,precision=float32");
  }

  @Test
  void textOfAConventionGivesItBack() {
    List<NirConvention> presets = PRESETS.stream().map(NirConvention::named).toList();
    presets.forEach(preset -> assertThat(NirConvention.named(preset.toString())).isEqualTo(preset));
    assertThat(presets).doesNotHaveDuplicates();
  }

  @Test
  void changesFollowAPresetOrStandAlone() {
    NirConvention expected =
        NirConvention.NORSE.with(NirConvention.Reset.SUBTRACT, FirstStep.ZERO_INPUT);
    assertThat(NirConvention.named("norse,reset=subtract,first-step=zero-input"))
        .isEqualTo(expected);
    assertThat(NirConvention.named(" First-Step = ZERO-INPUT , reset=subtract"))
        .isEqualTo(expected);
    assertThat(NirConvention.named("sinabs,clamp=none")).isEqualTo(NirConvention.named("rockpool"));
  }

  @Test
  void unknownNamesAreRefusedWithWhatThereIs() {
    assertRefused("brian", "'brian'", "norse, snntorch, sinabs, rockpool, spyx, spikingjelly");
    assertRefused("", "Unknown convention ''");
    assertRefused("norse,sinabs", "Unknown convention 'sinabs' in 'norse,sinabs'");
    assertRefused(
        "norse,decay=linear", "'linear'", "'decay'", "euler, exponential, zero-order-hold");
    assertRefused("norse,speed=2", "Unknown convention key 'speed'", "spikes=one|count");
  }

  @ParameterizedTest
  @CsvSource({
    "'norse,reset-order=before-decay', 'reset-timing=next-step'",
    "'norse,spikes=count', 'compare=greater-equal'",
    "'spikingjelly,decay=exponential', 'form=quotient needs decay=euler'"
  })
  void choicesThatExcludeEachOtherAreRefused(String text, String message) {
    assertRefused(text, "exclude each other", message);
  }

  private static List<String> cells(String row) {
    String inner = row.strip();
    return Arrays.stream(inner.substring(1, inner.length() - 1).split("\\|"))
        .map(cell -> cell.strip().replace("`", "").replace("**", ""))
        .toList();
  }

  /** The rows of the table whose header begins with a cell, without its rule. */
  private static List<List<String>> table(String firstHeader) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(GUIDE)) {
      boolean row = line.startsWith("|");
      inside = row && (inside || cells(line).get(0).equals(firstHeader));
      if (inside && !line.startsWith("|---")) {
        rows.add(cells(line));
      }
    }
    return rows;
  }

  @Test
  void guideGivesThePresetsAsTheyAre() throws IOException {
    List<List<String>> rows = table("axis of a preset");
    Map<String, List<String>> written = new LinkedHashMap<>();
    for (int column = 1; column < rows.get(0).size(); column++) {
      int at = column;
      written.put(
          rows.get(0).get(column),
          rows.stream().skip(1).map(row -> row.get(0) + "=" + row.get(at)).toList());
    }
    assertThat(written.keySet()).containsExactlyElementsOf(PRESETS);
    written.forEach(
        (name, choices) ->
            assertThat(String.join(",", choices)).isEqualTo(NirConvention.named(name).toString()));
  }

  @Test
  void guideExplainsEveryChoice() throws IOException {
    Set<String> written = new HashSet<>();
    table("key").stream().skip(1).forEach(row -> written.add(row.get(0) + "=" + row.get(1)));
    Set<String> known = new HashSet<>();
    for (NirAxis axis : NirAxis.values()) {
      axis.choices().forEach(choice -> known.add(NirAxis.text(axis) + "=" + choice));
    }
    assertThat(written).isEqualTo(known);
  }
}
