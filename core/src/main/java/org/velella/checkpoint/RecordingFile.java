package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.provenance.Checksums;

/** Files of recordings, and whether they still are what was recorded. */
public final class RecordingFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private RecordingFile() {}

  /**
   * Copies a file into a run.
   *
   * @param recording under which path, and what it holds
   * @param content the whole file
   * @return the recording with its length and checksum
   */
  public static Recording write(CheckpointStore store, Recording recording, Path content)
      throws IOException {
    CRC32C crc = new CRC32C();
    store.createUnique(
        recording.file(),
        out -> {
          crc.reset();
          Files.copy(content, new CheckedOutputStream(out, crc));
        });
    return recording.checked(Files.size(content), Checksums.hex(crc));
  }

  /**
   * Reads a recording, published or not, and compares length and checksum. One whose writer told
   * neither is taken for sound.
   *
   * @throws CheckpointCorruptException if it is missing or damaged; the message names it
   */
  public static void verify(CheckpointStore store, Recording recording) throws IOException {
    if (!recording.isChecked()) {
      return;
    }
    CRC32C crc = new CRC32C();
    long bytes = 0;
    try (StoredInput input = open(store, recording)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = input.stream().read(buffer); n >= 0; n = input.stream().read(buffer)) {
        crc.update(buffer, 0, n);
        bytes += n;
      }
    } catch (FileNotFoundException e) {
      throw new CheckpointCorruptException(
          "%s is missing in %s, and there is no %s either"
              .formatted(recording.file(), store.location(), recording.publishedFile()),
          e);
    }
    if (bytes != recording.bytes() || !Checksums.hex(crc).equals(recording.crc32c())) {
      throw new CheckpointCorruptException(
          "%s in %s has %d bytes and CRC32C %s instead of %d and %s"
              .formatted(
                  recording.publishedFile(),
                  store.location(),
                  bytes,
                  Checksums.hex(crc),
                  recording.bytes(),
                  recording.crc32c()));
    }
  }

  /**
   * A recording, published or not, to be read from its beginning.
   *
   * @throws FileNotFoundException if it is missing
   */
  public static StoredInput open(CheckpointStore store, Recording recording) throws IOException {
    try {
      return store.open(recording.publishedFile());
    } catch (FileNotFoundException e) {
      return store.open(recording.file());
    }
  }
}
