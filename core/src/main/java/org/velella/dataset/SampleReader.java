package org.velella.dataset;

import java.io.IOException;
import java.util.Optional;

/** A file of samples, of whatever format. */
public interface SampleReader {
  /** How many samples the file has; for some formats the whole file is read to know. */
  long samples() throws IOException;

  /**
   * The samples {@code [first, first + count)} of the file, read when they are asked for.
   *
   * @throws DatasetException here or at any sample, if the file is damaged
   */
  Samples read(long first, long count) throws IOException;

  /** Whether the file may have values that no float can carry as they are. */
  default boolean mayRound() throws IOException {
    return false;
  }

  /** Samples one after the other; only the one that was given last is held. */
  interface Samples extends AutoCloseable {
    /** The next sample, or empty after the last. */
    Optional<Sample> next() throws IOException;

    /** How many values of the samples given so far no float could carry as they were. */
    default long rounded() {
      return 0;
    }

    @Override
    void close() throws IOException;
  }
}
