package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.velella.testkit.Fuzz;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

/**
 * Readers give nothing but their documented exceptions, also for files whose checksums are right:
 * half of the damaged files are sealed again, so that the checks behind the checksum are reached.
 */
@Tag("files")
class ReaderFuzzTest {
  private static final List<Class<? extends Exception>> DOCUMENTED =
      List.of(
          CheckpointCorruptException.class,
          CheckpointTooNewException.class,
          CheckpointMismatchException.class);

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final ManifestLog log = new ManifestLog(store);
  private int inputs;
  private int behindChecksum;

  /** Every second input is whole; counts those that are refused for more than their checksum. */
  private void read(byte[] bytes, Sealer sealer, Fuzz.Reader reader) throws Exception {
    byte[] whole = inputs++ % 2 == 0 ? sealer.seal(bytes) : bytes;
    try {
      reader.read(whole);
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).contains("checkpoint/");
      behindChecksum += e.getMessage().contains("CRC32C") ? 0 : 1;
      throw e;
    }
  }

  @FunctionalInterface
  private interface Sealer {
    byte[] seal(byte[] bytes);
  }

  private void assertReached(int read) {
    assertThat(read).isPositive().isLessThan(inputs / 2);
    assertThat(behindChecksum).isGreaterThan(inputs / 8);
  }

  @Seeded
  void rangeFiles(SplittableRandom random) throws IOException {
    RangeFileRef ref = newest(save(store, saveChain(store, FIRST, 2), 4));
    int read =
        Fuzz.run(
            random,
            List.of(store.file(path(ref))),
            bytes ->
                read(
                    bytes,
                    ReaderFuzzTest::sealRange,
                    whole -> {
                      store.replace(path(ref), whole);
                      RangeFileRef found = RangeFile.readHeader(store, ref.file()).ref();
                      RangeFile.verify(store, found);
                      RangeFile.read(store, RUN, found);
                    }),
            DOCUMENTED);
    assertReached(read);
  }

  @Seeded
  void manifests(SplittableRandom random) throws IOException {
    List<RangeEntry> saved = List.of(saveChain(store, FIRST, 2, 4), saveChain(store, SECOND, 2));
    ManifestHead head = log.commit(Fixtures.firstManifest());
    Selection one = Selection.of(List.of(SECOND));
    byte[] plain = ManifestCodec.encode(head.successor(saved, 10, WRITER));
    byte[] selecting = ManifestCodec.encode(head.successor(saved, 10, WRITER, one));
    byte[] part = ManifestCodec.encodePart(saved);
    byte[] inParts = ManifestCodec.encode(head.successor(saved, 10, WRITER), parts(part));
    store.createExclusive(ManifestFiles.path(ManifestPart.name(2, 0)), part);
    int read =
        Fuzz.run(
            random,
            List.of(plain, selecting, inParts),
            bytes ->
                read(
                    bytes,
                    ReaderFuzzTest::sealManifest,
                    whole -> {
                      store.replace(ManifestLog.path(2), whole);
                      log.manifest(2);
                      log.latestEntry(FIRST);
                    }),
            DOCUMENTED);
    assertReached(read);
  }

  private static List<ManifestPart> parts(byte[] part) {
    return List.of(
        new ManifestPart(
            ManifestPart.name(2, 0), part.length, ManifestCodec.statedCrc(part), 0, 5, 2));
  }

  /** With a manifest that lists whatever the part has become, so that its content is reached. */
  @Seeded
  void partsOfManifests(SplittableRandom random) throws IOException {
    List<RangeEntry> saved = List.of(saveChain(store, FIRST, 2, 4), saveChain(store, SECOND, 2));
    ManifestHead head = log.commit(Fixtures.firstManifest());
    Manifest next = head.successor(saved, 10, WRITER);
    int read =
        Fuzz.run(
            random,
            List.of(ManifestCodec.encodePart(saved)),
            bytes ->
                read(
                    bytes,
                    ReaderFuzzTest::sealManifest,
                    whole -> {
                      store.replace(ManifestFiles.path(ManifestPart.name(2, 0)), whole);
                      store.replace(ManifestLog.path(2), ManifestCodec.encode(next, listed(whole)));
                      log.manifest(2);
                    }),
            DOCUMENTED);
    assertReached(read);
  }

  private static List<ManifestPart> listed(byte[] part) {
    try {
      return parts(part);
    } catch (IllegalArgumentException e) {
      // It states no checksum, so any will do.
      return List.of(
          new ManifestPart(ManifestPart.name(2, 0), Math.max(1, part.length), "00000000", 0, 5, 2));
    }
  }

  /** Makes length and checksum of the header right again, where they are still to be found. */
  private static byte[] sealRange(byte[] damaged) {
    byte[] bytes = damaged.clone();
    String text = new String(bytes, ISO_8859_1);
    int end = text.indexOf("}  ") < 0 ? text.indexOf("]}}") + 3 : text.indexOf("}  ") + 1;
    while (end < bytes.length && (end % 8 != 0 || bytes[end] == ' ')) {
      end++;
    }
    int at = text.indexOf("\"header_crc32c\":\"") + 17;
    if (at < 17 || at + 8 > end || end > bytes.length) {
      return bytes;
    }
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) ((end - 8L) >>> (8 * i));
    }
    Arrays.fill(bytes, at, at + 8, (byte) '0');
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    System.arraycopy("%08x".formatted(crc.getValue()).getBytes(ISO_8859_1), 0, bytes, at, 8);
    return bytes;
  }

  private static byte[] sealManifest(byte[] bytes) {
    int end = new String(bytes, ISO_8859_1).lastIndexOf("crc32c:");
    if (end < 0) {
      return bytes;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    byte[] line = "crc32c:%08x\n".formatted(crc.getValue()).getBytes(ISO_8859_1);
    byte[] whole = Arrays.copyOf(bytes, end + line.length);
    System.arraycopy(line, 0, whole, end, line.length);
    return whole;
  }
}
