package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.velella.spark.api.ResumeRun;
import org.velella.spark.api.SimulationJob;
import org.velella.spark.api.SweepJob;
import picocli.CommandLine.Model.OptionSpec;

/** What the command line can say of a run, a program can, in the same words. */
class ApiOptionsTest {
  /** Of the terminal and of the session, which a program has already. */
  private static final Set<String> OF_THE_TERMINAL =
      Set.of(
          "help",
          "version",
          "config",
          "dryRun",
          "show",
          "quiet",
          "verbose",
          "logFormat",
          "master",
          "conf");

  private static Set<String> options(String command) {
    return Velella.commandLine().getSubcommands().get(command).getCommandSpec().options().stream()
        .map(OptionSpec::longestName)
        .map(ApiOptionsTest::camelCase)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String camelCase(String option) {
    StringBuilder name = new StringBuilder();
    for (String word : option.replaceFirst("^-+", "").split("-")) {
      name.append(
          name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }

  private static Set<String> methods(Class<?> job) {
    return Arrays.stream(job.getMethods())
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void assertSaid(String command, Class<?> job) {
    Set<String> missing = options(command);
    assertThat(missing).contains("checkpointEvery", "maxFailures", "steps");
    missing.removeAll(methods(job));
    assertThat(OF_THE_TERMINAL).containsAll(missing);
  }

  @Test
  void everyOptionIsAMethod() {
    assertSaid("simulate", SimulationJob.class);
    assertSaid("sweep", SweepJob.class);
    assertSaid("resume", ResumeRun.class);
  }
}
