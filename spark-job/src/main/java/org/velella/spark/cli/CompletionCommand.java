package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.velella.spark.job.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code velella completion}: a script that lets shells complete commands and options. */
@Command(
    name = "completion",
    description = "Print a script for bash and zsh that completes commands and options.",
    footer = {
      "",
      "Examples:",
      "  source <(velella completion)",
      "  velella completion > ~/.local/share/bash-completion/completions/velella"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class)
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.println(AutoComplete.bash(root.getCommandName(), root));
    out.flush();
    return ExitCode.DONE;
  }
}
