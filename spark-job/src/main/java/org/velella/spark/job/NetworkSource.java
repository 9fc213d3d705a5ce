package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirImport;
import org.velella.network.nir.NirReader;
import org.velella.spark.store.InputFile;

/** Reads network files of any Hadoop file system. */
public final class NetworkSource {
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

  private NetworkSource() {}

  /**
   * The network in a NIR file.
   *
   * @param convention such as {@code norse}; {@link NirConvention#named} says what there is
   * @param dt seconds of one step
   * @throws UsageException if the file is missing or not a network that can be simulated
   */
  public static Network read(String uri, String convention, double dt) {
    return readWithNotes(uri, convention, dt, new Configuration()).network();
  }

  /** As {@link #read}, with what the import changed, under a Hadoop configuration. */
  static NirImport readWithNotes(String uri, String convention, double dt, Configuration conf) {
    try {
      return NirReader.readWithNotes(bytes(uri, conf), uri, NirConvention.named(convention), dt);
    } catch (NirException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private static byte[] bytes(String uri, Configuration conf) {
    try (InputFile file = InputFile.open(uri, conf)) {
      if (file.length() > MAX_BYTES) {
        throw new UsageException(
            "The network " + uri + " has " + file.length() + " bytes; at most 2 GiB can be read");
      }
      return file.read(0, (int) file.length());
    } catch (FileNotFoundException e) {
      throw new UsageException("There is no network file " + uri, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the network " + uri, e);
    }
  }
}
