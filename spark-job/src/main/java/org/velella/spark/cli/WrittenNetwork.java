package org.velella.spark.cli;

import java.io.PrintWriter;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import picocli.CommandLine.Model.CommandSpec;

/** What commands say of a network that they have written. */
final class WrittenNetwork {
  private WrittenNetwork() {}

  /** Prints the file's name, how many nodes it has, and its digest. */
  static void print(CommandSpec spec, String file, Network network) {
    PrintWriter lines = spec.commandLine().getOut();
    lines.println(
        "%s: %d nodes, digest %s"
            .formatted(file, network.nodes().size(), NetworkDigest.of(network).value()));
    lines.flush();
  }
}
