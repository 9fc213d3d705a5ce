package org.velella.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.velella.provenance.Secrets;
import org.velella.spark.job.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How much a command says besides its results, and in which form. */
final class OutputOptions {
  /** The name of this mixin in every command that has it. */
  static final String NAME = "output-options";

  @Option(
      names = {"-v", "--verbose"},
      description = "Log what the engine does, and with errors where they come from.")
  private boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but results and what went wrong.")
  private boolean quiet;

  @Option(
      names = "--log-format",
      defaultValue = "text",
      paramLabel = "FORMAT",
      description =
          "text, or json: one JSON object a line for every message and log line on standard error."
              + " Default: ${DEFAULT-VALUE}.")
  private Format format;

  /** The form of what goes to standard error. */
  enum Format {
    TEXT,
    JSON
  }

  /** What a command was told; of commands without such options, the usual. */
  static OutputOptions of(CommandSpec command) {
    CommandSpec mixin = command.mixins().get(NAME);
    return mixin != null && mixin.userObject() instanceof OutputOptions options
        ? options
        : new OutputOptions();
  }

  /**
   * Has the loggers of this process follow these options.
   *
   * @throws UsageException if they contradict each other
   */
  void apply() {
    if (verbose && quiet) {
      throw new UsageException("Give --verbose or --quiet, one of the two");
    }
    if (verbose) {
      Logs.verbose();
    }
    if (quiet) {
      Logs.quiet();
    }
    if (isJson()) {
      Logs.json();
    }
  }

  boolean isQuiet() {
    return quiet;
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isJson() {
    return format == Format.JSON;
  }

  /** Tells how a command goes on. */
  Reporter reporter(CommandSpec command) {
    return new Reporter(command.commandLine().getErr(), this);
  }

  /**
   * Prints why a command ends.
   *
   * @param trace what is to be printed with where it comes from, or null
   */
  void error(CommandLine command, String message, Exception trace) {
    PrintWriter err = command.getErr();
    if (isJson()) {
      ObjectNode json = Logs.object("ERROR", message);
      if (trace != null) {
        StringWriter text = new StringWriter();
        trace.printStackTrace(new PrintWriter(text, true));
        json.put("error", Secrets.hide(text.toString()));
      }
      err.println(json);
    } else {
      boolean colours = Terminal.coloursErrors(command.getColorScheme().ansi());
      String name = colours ? Terminal.RED + "velella:" + Terminal.PLAIN : "velella:";
      err.println(name + " " + message);
      if (trace != null) {
        trace.printStackTrace(err);
      }
    }
    err.flush();
  }
}
