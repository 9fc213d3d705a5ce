package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.velella.spark.job.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code velella schema}: the schema of job files, for editors and checkers. */
@Command(
    name = "schema",
    description = "Print the JSON schema of the files that --config takes.",
    footer = {"", "Examples:", "  velella schema > job-file.schema.json"},
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class)
final class SchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(JobSchema.text(spec.root().commandLine()));
    out.flush();
    return ExitCode.DONE;
  }
}
