package org.velella.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What commands say of themselves, to people and to shells. */
class HelpTest {
  private static final Pattern WORD = Pattern.compile("'[^']*'|[^ ']+");

  @TempDir Path folder;

  private static Map<String, CommandLine> commands() {
    return Velella.commandLine().getSubcommands();
  }

  /** The commands that stand inside others, by the words that call them. */
  private static Map<String, CommandLine> nested() {
    Map<String, CommandLine> nested = new TreeMap<>();
    commands()
        .forEach(
            (outer, command) ->
                command
                    .getSubcommands()
                    .forEach((inner, each) -> nested.put(outer + " " + inner, each)));
    return nested;
  }

  /** The commands among the examples of a help text, as a shell would hand them over. */
  private static List<String[]> examples(CommandLine command) {
    List<String[]> examples = new ArrayList<>();
    String joined =
        String.join("\n", command.getCommandSpec().usageMessage().footer())
            .replaceAll("\\\\\\\\?\n *", "");
    for (String line : joined.split("\n")) {
      Matcher start = Pattern.compile("(?:^  |<\\()velella (.*?)(?= > |\\)$|$)").matcher(line);
      if (start.find()) {
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(start.group(1)); word.find(); ) {
          words.add(word.group());
        }
        examples.add(joinedQuotes(start.group(1), words));
      }
    }
    return examples;
  }

  /** Quotes may begin in the middle of a word: {@code --grid='a=1'}. */
  private static String[] joinedQuotes(String line, List<String> words) {
    List<String> whole = new ArrayList<>();
    int at = 0;
    for (String word : words) {
      int found = line.indexOf(word, at);
      String plain = word.replace("'", "");
      if (found == at && at > 0 && line.charAt(at - 1) != ' ') {
        whole.set(whole.size() - 1, whole.get(whole.size() - 1) + plain);
      } else {
        whole.add(plain);
      }
      at = found + word.length();
    }
    return whole.toArray(String[]::new);
  }

  @Test
  void everyCommandHasExamplesThatParse() {
    assertThat(commands()).hasSizeGreaterThan(9);
    commands()
        .forEach(
            (name, command) -> {
              List<String[]> examples = examples(command);
              assertThat(examples).as("examples in velella %s --help", name).isNotEmpty();
              for (String[] example : examples) {
                assertThat(example[0]).as(Arrays.toString(example)).isEqualTo(name);
                Velella.commandLine().parseArgs(example);
              }
              assertThat(command.getUsageMessage()).contains("Examples:", "velella " + name);
            });
  }

  @Test
  void commandsInsideOthersHaveExamplesOfTheirOwn() {
    assertThat(nested())
        .containsKeys("convert network", "convert weights", "convert state-dict", "convert ann");
    nested()
        .forEach(
            (words, command) -> {
              List<String[]> examples = examples(command);
              assertThat(examples).as("examples in velella %s --help", words).isNotEmpty();
              for (String[] example : examples) {
                assertThat(example[0] + " " + example[1]).isEqualTo(words);
                Velella.commandLine().parseArgs(example);
              }
            });
  }

  @Test
  void completionIsValidBashAndKnowsEverything() throws IOException, InterruptedException {
    CommandLineRun run = CommandLineRun.of("completion");
    assertThat(run.exitCode()).isZero();
    Path script = Files.writeString(folder.resolve("completion.sh"), run.out());
    Process bash =
        new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    assertThat(said).isEmpty();
    Map<String, CommandLine> all = new TreeMap<>(commands());
    all.putAll(nested());
    for (Map.Entry<String, CommandLine> command : all.entrySet()) {
      String function =
          "_picocli_velella_" + command.getKey().replace(" ", "_").replace("-", "") + "()";
      assertThat(run.out()).contains(function);
      String body = run.out().substring(run.out().indexOf("function " + function));
      body = body.substring(0, body.indexOf("\n}"));
      for (OptionSpec option : command.getValue().getCommandSpec().options()) {
        assertThat(body).as("options of %s", command.getKey()).contains("'" + option.longestName());
      }
    }
  }

  /** What a shell that has read the script offers. */
  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("c.sh"), CommandLineRun.of("completion").out());
    String ask =
        "source %s; COMP_WORDS=(velella sweep --tri); COMP_CWORD=2; _complete_velella;"
                .formatted(script)
            + " printf '%s ' \"${COMPREPLY[@]}\";"
            + " COMP_WORDS=(velella rep); COMP_CWORD=1; _complete_velella;"
            + " printf '%s ' \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("bash", "--norc", "-c", ask).start();
    String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).isZero();
    assertThat(said.split("\\s+"))
        .containsExactlyInAnyOrder("--trials", "--trials-format", "reproduce");
  }
}
