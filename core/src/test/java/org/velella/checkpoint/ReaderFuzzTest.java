package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

/**
 * Readers give nothing but their documented exceptions, also for files whose checksums are right:
 * half of the mutated files are sealed again, so that the checks behind the checksum are reached.
 */
class ReaderFuzzTest {
  private static final int MUTATIONS = 10_000;
  private static final String[] PIECES = {
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775807",
    "1e9",
    "99999999999999999999",
    "\\u0000",
    "../",
    "\"step\"",
    "\"parent\"",
    "F64",
    "BOOL",
    "\u00ff"
  };

  @Seeded
  void rangeFilesGiveOnlyDocumentedExceptions(SplittableRandom random) throws IOException {
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    RangeFileRef ref = newest(save(store, saveChain(store, FIRST, 2), 4));
    byte[] good = store.files().get(path(ref));
    int read = 0;
    int behindChecksum = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = mutate(good, random);
      if (i % 2 == 0) {
        sealRange(bytes);
      }
      store.replace(path(ref), bytes);
      try {
        RangeFileRef found = RangeFile.readHeader(store, ref.file()).ref();
        RangeFile.read(store, RUN, found);
        read++;
      } catch (CheckpointCorruptException
          | CheckpointTooNewException
          | CheckpointMismatchException e) {
        assertThat(e.getMessage()).contains(ref.file());
        behindChecksum += e.getMessage().contains("CRC32C") ? 0 : 1;
      }
    }
    assertThat(read).isLessThan(MUTATIONS / 2);
    assertThat(behindChecksum).isGreaterThan(MUTATIONS / 5);
  }

  @Seeded
  void manifestsGiveOnlyDocumentedExceptions(SplittableRandom random) throws IOException {
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.commit(Fixtures.firstManifest());
    log.commit(head.successor(List.of(saveChain(store, FIRST, 2, 4)), 10, Fixtures.WRITER));
    byte[] good = store.files().get(ManifestLog.path(2));
    int read = 0;
    int behindChecksum = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = mutate(good, random);
      store.replace(ManifestLog.path(2), i % 2 == 0 ? sealManifest(bytes) : bytes);
      try {
        log.manifest(2);
        read++;
      } catch (CheckpointCorruptException
          | CheckpointTooNewException
          | CheckpointMismatchException e) {
        assertThat(e.getMessage()).isNotBlank();
        behindChecksum += e.getMessage().contains("CRC32C") ? 0 : 1;
      }
    }
    assertThat(read).isLessThan(MUTATIONS / 2);
    assertThat(behindChecksum).isGreaterThan(MUTATIONS / 5);
  }

  private static byte[] mutate(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) ('0' + random.nextInt(10));
        case 2 -> bytes = splice(bytes, at, Math.min(bytes.length, at + random.nextInt(8)), "");
        case 3 -> bytes = splice(bytes, at, at, PIECES[random.nextInt(PIECES.length)]);
        default ->
            bytes =
                splice(
                    bytes,
                    at,
                    Math.min(bytes.length, at + 1 + random.nextInt(4)),
                    PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, String piece) {
    byte[] middle = piece.getBytes(ISO_8859_1);
    byte[] spliced = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, spliced, from, middle.length);
    System.arraycopy(bytes, to, spliced, from + middle.length, bytes.length - to);
    return spliced;
  }

  /** Makes length and checksum of the header right again, where they are still to be found. */
  private static void sealRange(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    int end = text.indexOf("}  ") < 0 ? text.indexOf("]}}") + 3 : text.indexOf("}  ") + 1;
    while (end < bytes.length && (end % 8 != 0 || bytes[end] == ' ')) {
      end++;
    }
    int at = text.indexOf("\"header_crc32c\":\"") + 17;
    if (at < 17 || at + 8 > end || end > bytes.length) {
      return;
    }
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) ((end - 8L) >>> (8 * i));
    }
    Arrays.fill(bytes, at, at + 8, (byte) '0');
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    System.arraycopy("%08x".formatted(crc.getValue()).getBytes(ISO_8859_1), 0, bytes, at, 8);
  }

  private static byte[] sealManifest(byte[] bytes) {
    int end = new String(bytes, ISO_8859_1).lastIndexOf("crc32c:");
    if (end < 0) {
      return bytes;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return splice(bytes, end, bytes.length, "crc32c:%08x\n".formatted(crc.getValue()));
  }
}
