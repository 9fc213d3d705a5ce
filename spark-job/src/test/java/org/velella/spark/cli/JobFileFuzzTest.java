package org.velella.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.job.UsageException;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;
import picocli.CommandLine;

/** A job file is read, or refused as wrong usage, whatever is in it. */
class JobFileFuzzTest {
  private static final List<String> FILES =
      List.of(
          """
          network: nets/lif.nir
          input: data/events.parquet
          steps: 1000
          record: [spikes, "v:lif"]
          input-option: {mergeSchema: true, sep: ';'}
          conf: {spark.ui.enabled: "false"}
          seed: 7
          """,
          """
          # anchors, folds and types
          network: &n 'a b.nir'
          output: *n
          checkpoint-every: !!int 200
          record: >
            spikes,
            v:lif
          """,
          """
          network: lif.nir
          output: run
          steps: 10
          space:
            product: ["lif.tau=2,3", {random: {trials: 4, vary: [a=1:2]}}]
          """,
          """
          record: [&l spikes, *l]
          input-option: {sep: *l}
          space: {table: {a: [1, 2], b: [~, 3]}}
          """,
          """
          space: {union: [{zip: [&s a=1]}, *s]}
          """);

  /** Lists of lists, each twice as long as the one before; and one that holds itself. */
  private static final List<String> GREEDY =
      List.of(
          "record: &a [x,y]\nspace: {a: [*a,*a]}",
          "record: &r [[*r]]",
          "space: &a {product: [*a]}",
          "steps: &a {x: [*a]}");

  @TempDir Path folder;

  private void read(CommandLine line, byte[] bytes) throws IOException {
    Path file = folder.resolve("job.yaml");
    Files.write(file, bytes);
    String command = bytes.length % 3 == 0 ? "simulate" : "sweep";
    Arguments.complete(line, new String[] {command, "--config", file.toString()}, Map.of());
  }

  @Seeded
  void jobFiles(SplittableRandom random) {
    CommandLine line = Velella.commandLine();
    int read =
        Fuzz.run(
            random,
            FILES.stream().map(text -> text.getBytes(UTF_8)).toList(),
            bytes -> read(line, bytes),
            List.of(UsageException.class));
    assertThat(read).isPositive();
  }

  @Test
  void noAliasStandsForAListOrKeysWithValues() {
    for (String file : GREEDY) {
      assertRefused(file, "an alias may stand for one value only");
    }
  }

  /** Two million characters by 1000 aliases. */
  @Test
  void aTextThatIsRepeatedStaysSmall() {
    StringBuilder aliases = new StringBuilder("network: &t ").append("a".repeat(2000)).append('\n');
    aliases.append("record: [*t");
    for (int i = 1; i < 1000; i++) {
      aliases.append(", *t");
    }
    assertRefused(aliases + "]\n", "with its aliases written out");
    String binary = "space: {table: {a: [&b !!binary " + "AAAA".repeat(1000);
    assertRefused(binary + ", *b".repeat(3000) + "]}}\n", "with its aliases written out");
    String integer = "space: {table: {a: [&b !!int 1" + "0".repeat(4000);
    assertRefused(integer + ", *b".repeat(3000) + "]}}\n", "with its aliases written out");
  }

  @Test
  void aSpaceWithoutAKeyIsNone() {
    assertRefused("space:\n  ?\n  : [1]\n", "The parameter space");
  }

  private void assertRefused(String file, String message) {
    CommandLine line = Velella.commandLine();
    assertThatExceptionOfType(UsageException.class)
        .as(file)
        .isThrownBy(() -> read(line, file.getBytes(UTF_8)))
        .withMessageContaining(message);
  }
}
