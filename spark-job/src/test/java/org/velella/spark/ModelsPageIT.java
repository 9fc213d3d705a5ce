package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.cli.CommandLineRun;

/**
 * The commands of {@code core/docs/MODELS.md}, in their order, for fewer steps and Brunel's network
 * with a twentieth of its neurons: those of the first block, or with {@code
 * -Dvelella.whole-models=true} all of them.
 */
class ModelsPageIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final Pattern SIZE = Pattern.compile("(size|in_degree): (\\d+)");
  private static final boolean WHOLE = Boolean.getBoolean("velella.whole-models");
  private static final int SMALLER = 20;
  private static final String STEPS = "40";

  @TempDir Path folder;

  /** The examples where the page has them, below the test's own folder. */
  private void copyExamples() throws IOException {
    Path to = Files.createDirectories(folder.resolve("spark-job/example"));
    try (Stream<Path> files = Files.list(ROOT.resolve("spark-job/example"))) {
      for (Path file : files.filter(path -> path.toString().matches(".*\\.(yaml|csv)")).toList()) {
        String text = Files.readString(file);
        boolean large = file.endsWith("brunel2000.yaml");
        Files.writeString(to.resolve(file.getFileName()), large ? smaller(text) : text);
      }
    }
  }

  private static String smaller(String text) {
    return SIZE.matcher(text)
        .replaceAll(found -> found.group(1) + ": " + Integer.parseInt(found.group(2)) / SMALLER);
  }

  private static List<String> blocks() throws IOException {
    String page = Files.readString(ROOT.resolve("core/docs/MODELS.md"));
    return BLOCK.matcher(page).results().map(block -> block.group(1)).toList();
  }

  private static List<List<String>> commands(String block) {
    List<List<String>> commands = new ArrayList<>();
    for (String line : block.replace("\\\n", " ").split("\n")) {
      List<String> words = new ArrayList<>();
      for (Matcher word = WORD.matcher(line); word.find(); ) {
        words.add(word.group(1) == null ? word.group(2) : word.group(1));
      }
      commands.add(words);
    }
    return commands;
  }

  /** Folders and files of the page lie below the test's own folder. */
  private List<String> adapted(List<String> command) {
    List<String> words = new ArrayList<>(command.subList(1, command.size()));
    for (int i = 0; i < words.size(); i++) {
      String before = i == 0 ? "" : words.get(i - 1);
      boolean run = words.get(0).equals("plot") && i == 2 || words.get(0).equals("sql") && i == 1;
      if (run || List.of("--network", "--trials", "--output").contains(before)) {
        words.set(i, folder.resolve(words.get(i)).toString());
      } else if (before.equals("--steps")) {
        words.set(i, STEPS);
      }
    }
    return words;
  }

  @Test
  void commandsRunInTheirOrder() throws IOException {
    copyExamples();
    List<String> blocks = blocks();
    assertThat(blocks).hasSize(4);
    for (String block : WHOLE ? blocks : blocks.subList(0, 1)) {
      commands(block).forEach(this::run);
    }
    List<String> figures =
        WHOLE ? List.of("panels", "cuba", "cuba-spikes", "coba", "cobahh") : List.of("panels");
    for (String figure : figures) {
      assertThat(folder.resolve(figure + ".svg")).content().contains("<svg");
    }
  }

  private void run(List<String> command) {
    assertThat(command.get(0)).isEqualTo("velella");
    CommandLineRun run = CommandLineRun.of(adapted(command).toArray(String[]::new));
    assertThat(run.exitCode()).as("%s: %s", command, run.err()).isZero();
    if (command.get(1).equals("sql")) {
      assertThat(run.out()).contains("to_exc.rate", "ie.weight_scale", "hertz", "0.009");
    }
  }
}
