package org.velella.spark.cli;

import java.io.UncheckedIOException;
import java.util.List;
import org.velella.backend.BackendUnavailableException;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.CommitStateUnknownException;
import org.velella.checkpoint.ManifestTooLargeException;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.FailedSampleException;
import org.velella.spark.job.IoReason;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.TimeLimitException;
import org.velella.spark.job.UsageException;
import picocli.CommandLine;

/** Says what went wrong, and with which exit code the command ends. */
final class Failures {
  private Failures() {}

  /** A command line that does not parse: one message, not the whole help. */
  static int onUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    List<String> unknown = command.getUnmatchedArguments();
    // A mistyped option is the likelier cause than the one that is missing for it.
    boolean mistyped = e instanceof CommandLine.MissingParameterException && !unknown.isEmpty();
    String message = mistyped ? "Unknown option: '" + unknown.get(0) + "'" : e.getMessage();
    OutputOptions.of(command.getCommandSpec()).error(command, message, null);
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return ExitCode.USAGE;
  }

  /** A command that failed: what users can act on as a message, everything else with its trace. */
  static int onExecution(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    int code = exitCode(e);
    boolean expected =
        code != ExitCode.FAILED
            || e instanceof RunFailedException
            || e instanceof UncheckedIOException
            || e instanceof CheckpointException;
    OutputOptions options = OutputOptions.of(command.getCommandSpec());
    String message = expected ? message(e) : "unexpected error, please report it";
    options.error(command, message, expected && !options.isVerbose() ? null : e);
    return code;
  }

  private static String message(Exception e) {
    if (!(e instanceof UncheckedIOException io)) {
      return e.getMessage();
    }
    String reason = IoReason.of(io.getCause());
    String what = String.valueOf(io.getMessage());
    return what.contains(reason) ? what : what + ": " + reason;
  }

  static int exitCode(Exception e) {
    if (e instanceof UsageException) {
      return ExitCode.USAGE;
    }
    if (e instanceof BackendUnavailableException backend) {
      return backend.isKnown() ? ExitCode.DEVICE_UNAVAILABLE : ExitCode.USAGE;
    }
    if (e instanceof FailedSampleException) {
      return ExitCode.FAILED_SAMPLES;
    }
    if (e instanceof TimeLimitException) {
      return ExitCode.TIME_LIMIT;
    }
    if (e instanceof CommitFailedException) {
      return ExitCode.OTHER_WRITER;
    }
    if (e instanceof CommitStateUnknownException || e instanceof ManifestTooLargeException) {
      return ExitCode.FAILED;
    }
    return e instanceof CheckpointException ? ExitCode.CHECKPOINT_UNUSABLE : ExitCode.FAILED;
  }
}
