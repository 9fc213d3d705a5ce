package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.NoteRunner.Outcome;

/** What each note must show with the forms as they are, by whatever it was run. */
final class NoteExpectations {
  private static final double DT = 1e-4;

  private NoteExpectations() {}

  /**
   * Looks at a note's numbers.
   *
   * @param file its name without ending
   */
  static void require(String file, List<Outcome> outcomes) {
    switch (file) {
      case "1-first-simulation" -> firstSimulation(outcomes);
      case "2-sweep" -> sweep(outcomes);
      case "3-resume-and-branch" -> resume(outcomes);
      case "4-trained-network" -> trained(outcomes);
      case "5-own-neuron" -> ownNeuron(outcomes);
      case "6-gpu-and-cluster" -> gpu(outcomes);
      default -> {
        if (!PythonNotes.names().contains(file)) {
          throw new AssertionError("Nothing is said of what the note %s must show".formatted(file));
        }
        PythonNotes.require(file, outcomes);
      }
    }
  }

  static List<String> shown(List<Outcome> outcomes, Kind kind) {
    return outcomes.stream()
        .flatMap(outcome -> outcome.messages().stream())
        .filter(message -> message.kind() == kind)
        .map(Message::text)
        .toList();
  }

  /** Tables, each with the names of its columns first. */
  static List<List<List<String>>> tables(List<Outcome> outcomes) {
    return outcomes.stream()
        .flatMap(outcome -> outcome.messages().stream())
        .filter(message -> message.kind() == Kind.TABLE)
        .map(Message::rows)
        .toList();
  }

  private static List<List<String>> body(List<List<String>> table) {
    return table.subList(1, table.size());
  }

  private static void figures(List<Outcome> outcomes, int count) {
    assertThat(shown(outcomes, Kind.HTML)).hasSize(count).allMatch(html -> html.contains("<svg"));
  }

  private static void firstSimulation(List<Outcome> outcomes) {
    figures(outcomes, 2);
    List<List<String>> results = tables(outcomes).get(0);
    assertThat(results).hasSize(17);
    for (List<String> row : body(results)) {
      // Sample s shows direction s mod 4.
      assertThat(Integer.parseInt(row.get(1))).isEqualTo(Integer.parseInt(row.get(0)) % 4);
    }
    assertThat(shown(outcomes, Kind.TEXT).toString()).contains("16 samples, 200 steps");
    List<List<List<String>>> tables = tables(outcomes);
    assertThat(body(tables.get(1))).extracting(row -> row.get(0)).containsExactly("lif1", "lif2");
    // View and catalog show the same spikes.
    assertThat(body(tables.get(2)))
        .extracting(row -> row.subList(0, 2))
        .isEqualTo(body(tables.get(1)).stream().map(row -> row.subList(0, 2)).toList());
  }

  private static void sweep(List<Outcome> outcomes) {
    figures(outcomes, 2);
    List<List<String>> compared = tables(outcomes).get(0);
    for (List<String> row : body(compared)) {
      double formula = Double.parseDouble(row.get(3));
      // A spike can wait for the end of its step, and the last interval is cut off.
      assertThat(Double.parseDouble(row.get(2)))
          .isCloseTo(formula, within(5 + formula * formula * DT));
    }
    assertThat(tables(outcomes).get(1)).hasSize(5);
  }

  private static void resume(List<Outcome> outcomes) {
    figures(outcomes, 1);
    List<List<String>> compared = tables(outcomes).get(0);
    assertThat(compared.get(1)).containsExactly("stopped and resumed", "0", "16", "16");
    assertThat(compared.get(2).get(0)).contains("branch");
    assertThat(Integer.parseInt(compared.get(2).get(1))).isPositive();
    assertThat(tables(outcomes).get(1)).hasSize(17);
    List<List<String>> memories = body(tables(outcomes).get(2));
    assertThat(memories).hasSize(8).allMatch(row -> row.get(1).equals("200"));
    // A potential that has just been reset or has not reached the threshold of 1.
    assertThat(memories)
        .filteredOn(row -> row.get(2).equals("lif1.v"))
        .isNotEmpty()
        .allMatch(row -> Double.parseDouble(row.get(4)) <= 1);
  }

  private static void trained(List<Outcome> outcomes) {
    figures(outcomes, 2);
    List<List<List<String>>> tables = tables(outcomes);
    List<List<String>> confusion = body(tables.get(1));
    int samples = confusion.stream().mapToInt(row -> Integer.parseInt(row.get(2))).sum();
    int right =
        confusion.stream()
            .filter(row -> row.get(0).equals(row.get(1)))
            .mapToInt(row -> Integer.parseInt(row.get(2)))
            .sum();
    assertThat(samples).isEqualTo(100);
    assertThat(right).isGreaterThan(85);
    assertThat(tables.get(0).get(1)).startsWith(Integer.toString(right), "100");
  }

  private static void ownNeuron(List<Outcome> outcomes) {
    figures(outcomes, 3);
    List<List<String>> intervals = body(tables(outcomes).get(0));
    assertThat(intervals).hasSizeGreaterThan(5);
    for (int i = 2; i < intervals.size(); i++) {
      assertThat(Integer.parseInt(intervals.get(i).get(1)))
          .isGreaterThanOrEqualTo(Integer.parseInt(intervals.get(i - 1).get(1)));
    }
  }

  private static void gpu(List<Outcome> outcomes) {
    List<List<List<String>>> tables = tables(outcomes);
    assertThat(tables.get(0)).extracting(row -> row.get(0)).contains("backend", "scalar", "vector");
    assertThat(tables.get(1).get(1)).containsExactly("0", "16", "16");
    // What could hold passwords is not shown.
    assertThat(tables.get(3))
        .hasSize(14)
        .anyMatch(row -> row.contains("spark.version"))
        .noneMatch(row -> row.get(0).contains("Options"));
  }
}
