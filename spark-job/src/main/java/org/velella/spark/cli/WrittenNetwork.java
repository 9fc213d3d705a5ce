package org.velella.spark.cli;

import java.io.PrintWriter;
import org.velella.network.NetworkDigest;
import org.velella.spark.job.NetworkTarget;
import picocli.CommandLine.Model.CommandSpec;

/** What commands say of a network that they have written. */
final class WrittenNetwork {
  private WrittenNetwork() {}

  /**
   * Says what whoever reads the file must know, and prints its name, how many nodes it has, and the
   * digest of what it is read as.
   */
  static void print(
      CommandSpec spec, String file, NetworkTarget.Written written, Reporter reporter) {
    written.notes().forEach(reporter::message);
    PrintWriter lines = spec.commandLine().getOut();
    lines.println(
        "%s: %d nodes, digest %s"
            .formatted(
                file,
                written.network().nodes().size(),
                NetworkDigest.of(written.network()).value()));
    lines.flush();
  }
}
