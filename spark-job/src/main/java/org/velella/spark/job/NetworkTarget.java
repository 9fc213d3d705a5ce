package org.velella.spark.job;

import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkException;

/** Writes network files, in the form that their name asks for, to any Hadoop file system. */
public final class NetworkTarget {
  private final String uri;
  private final Configuration conf;

  private NetworkTarget(String uri, Configuration conf) {
    this.uri = uri;
    this.conf = conf;
  }

  /**
   * A file to be written.
   *
   * @throws UsageException if its ending names no form, or if it may not be written
   */
  public static NetworkTarget of(String uri, Existing existing, Configuration conf) {
    if (!uri.toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
      throw new UsageException(
          "%s: a network is written as .safetensors, Velella's own form; end the name so"
              .formatted(uri));
    }
    ConvertedFile.require(uri, existing, conf);
    return new NetworkTarget(uri, conf);
  }

  /**
   * Writes the file.
   *
   * @throws UsageException if the form cannot hold the network
   */
  public void write(Network network) {
    byte[] bytes;
    try {
      bytes = NetworkCodec.toBytes(network);
    } catch (NetworkException e) {
      throw new UsageException("Cannot write the network to " + uri + ": " + e.getMessage(), e);
    }
    ConvertedFile.write(uri, conf, out -> out.write(bytes));
  }
}
