package org.velella.spark.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the folder for temporary files, {@code java.io.tmpdir}. */
final class TemporaryFiles {
  private TemporaryFiles() {}

  /** An empty file that whoever asks for it deletes. */
  static Path create() throws IOException {
    try {
      return Files.createTempFile("velella-", ".copy");
    } catch (IOException e) {
      throw failure("make a file", Path.of(System.getProperty("java.io.tmpdir")), e);
    }
  }

  /** What is thrown where such a file could not be written; mostly its disk is full. */
  static IOException failure(String what, Path place, Exception e) {
    Throwable why = e instanceof UncheckedIOException ? e.getCause() : e;
    return new IOException(
        "Cannot %s in the folder for temporary files, %s: %s; -Djava.io.tmpdir=FOLDER gives another"
            .formatted(what, place, why.getMessage()),
        e);
  }
}
