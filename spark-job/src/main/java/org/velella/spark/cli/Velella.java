package org.velella.spark.cli;

import java.util.Map;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The main class, of {@code bin/velella} and of {@code spark-submit} alike. Help, usage errors and
 * {@code inspect} need no Spark, so none is started for them.
 */
@Command(
    name = "velella",
    description = "Batch simulation of spiking neural networks on Apache Spark.",
    subcommands = {
      SimulateCommand.class,
      SweepCommand.class,
      PlotCommand.class,
      ResumeCommand.class,
      ReproduceCommand.class,
      InspectCommand.class,
      ConvertCommand.class,
      GcCommand.class,
      SqlCommand.class,
      BenchCommand.class,
      CompletionCommand.class,
      SchemaCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done; 1 failed; 2 wrong usage or input; 3 finished, but some samples failed;",
      "  4 another writer holds the run; 5 checkpoint unusable; 6 device not available;",
      "  7 time limit spent; 130 or 143 interrupted."
    })
public final class Velella {
  private Velella() {}

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(execute(commandLine(), args));
  }

  /**
   * Runs a command.
   *
   * @return its exit code, see {@link ExitCode}
   */
  static int execute(CommandLine line, String... args) {
    line.setErr(new HidingWriter(line.getErr()));
    try {
      String[] complete = Arguments.complete(line, args, sessionConf());
      Arguments.rememberSecrets(complete);
      return line.execute(complete);
    } catch (UsageException e) {
      line.getErr().println("velella: " + e.getMessage());
      return ExitCode.USAGE;
    }
  }

  /** The parser of all commands, with errors mapped to exit codes. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Velella());
    line.setExpandAtFiles(false);
    Numbers.register(line);
    CommandLine help = line.getSubcommands().get("help");
    help.getCommandSpec().usageMessage().footer("", "Examples:", "  velella help simulate");
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(Failures::onUsage);
    line.setExecutionExceptionHandler(Failures::onExecution);
    line.setExecutionStrategy(Velella::runLast);
    return line;
  }

  private static int runLast(CommandLine.ParseResult parsed) {
    if (parsed.hasSubcommand()) {
      OutputOptions.of(innermost(parsed).commandSpec()).apply();
    }
    if (parsed.hasSubcommand()
        || parsed.isUsageHelpRequested()
        || parsed.isVersionHelpRequested()) {
      return new CommandLine.RunLast().execute(parsed);
    }
    CommandLine line = parsed.commandSpec().commandLine();
    line.getErr().println("velella: give a command");
    line.usage(line.getErr());
    return ExitCode.USAGE;
  }

  private static CommandLine.ParseResult innermost(CommandLine.ParseResult parsed) {
    return parsed.hasSubcommand() ? innermost(parsed.subcommand()) : parsed;
  }

  /** What spark-submit was given with {@code --conf}: it hands it on as system properties. */
  private static Map<String, String> sessionConf() {
    return Arguments.velellaKeys(System.getProperties());
  }
}
