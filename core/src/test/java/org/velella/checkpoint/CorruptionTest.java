package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * No change of a single byte of a checkpoint goes unnoticed, no file that is cut short, lost, or
 * put in another's place, and each is told by its documented exception.
 */
class CorruptionTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final ManifestLog log = new ManifestLog(store);
  private List<RangeEntry> saved;
  private String part;

  @BeforeEach
  void commit() throws IOException {
    saved = List.of(saveChain(store, FIRST, 2, 4), saveChain(store, SECOND, 4));
    log.commit(log.commit(firstManifest()).successor(saved, 10, WRITER));
  }

  /** A third manifest, whose ranges lie in a part. */
  private void commitInParts() throws IOException {
    Manifest manifest = log.latest().orElseThrow().successor(saved, 10, WRITER);
    byte[] bytes = ManifestCodec.encodePart(saved);
    String name = ManifestPart.name(3, 0);
    part = ManifestFiles.path(name);
    store.createExclusive(part, bytes);
    ManifestPart listed =
        new ManifestPart(name, bytes.length, ManifestCodec.statedCrc(bytes), 0, 5, 2);
    store.createExclusive(ManifestLog.path(3), ManifestCodec.encode(manifest, List.of(listed)));
    assertThat(log.manifest(3)).isEqualTo(manifest);
  }

  @FunctionalInterface
  private interface Reader {
    void read() throws IOException;
  }

  /** Whether reading fails as damage must; anything else that is thrown fails the test. */
  private static boolean isDetected(Reader reader) throws IOException {
    try {
      reader.read();
      return false;
    } catch (CheckpointCorruptException e) {
      return true;
    }
  }

  /**
   * All 255 other values of every byte. In a thread of its own, since each of the million
   * exceptions tells its whole stack, and that of JUnit is deep.
   */
  private void assertEveryChangedByteIsDetected(String path, Reader reader) throws Exception {
    FutureTask<Object> all =
        new FutureTask<>(
            () -> {
              changeEveryByte(path, reader);
              return null;
            });
    new Thread(all, "changed bytes").start();
    try {
      all.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    }
  }

  private void changeEveryByte(String path, Reader reader) throws IOException {
    byte[] good = store.file(path);
    long tried = 0;
    List<Integer> missed = new ArrayList<>();
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      for (int change = 1; change < 256; change++) {
        bad[at] = (byte) (good[at] ^ change);
        store.replace(path, bad);
        tried++;
        if (!isDetected(reader)) {
          missed.add(at);
        }
      }
    }
    store.replace(path, good);
    assertThat(missed).as("places in %s that were changed unnoticed", path).isEmpty();
    assertThat(tried).isEqualTo(255L * good.length);
    assertThat(isDetected(reader)).isFalse();
  }

  private void assertEveryTruncationIsDetected(String path, Reader reader) throws IOException {
    byte[] good = store.file(path);
    for (int length = 0; length < good.length; length++) {
      store.replace(path, Arrays.copyOf(good, length));
      assertThat(isDetected(reader)).as("%s cut to %d bytes", path, length).isTrue();
    }
    for (int more : new int[] {1, 8, 4096}) {
      store.replace(path, Arrays.copyOf(good, good.length + more));
      assertThat(isDetected(reader)).as("%s with %d zeros more", path, more).isTrue();
    }
    store.replace(path, good);
  }

  @Test
  void everyChangedByteOfARangeFileIsDetected() throws Exception {
    RangeFileRef ref = newest(saved.get(0));

    assertEveryChangedByteIsDetected(path(ref), () -> RangeFile.read(store, RUN, ref));
    assertEveryTruncationIsDetected(path(ref), () -> RangeFile.read(store, RUN, ref));
    assertEveryTruncationIsDetected(path(ref), () -> RangeFile.verify(store, ref));
  }

  /** Also where nothing but the file itself says what it must be. */
  @Test
  void everyChangedByteOfAFileThatNoManifestListsIsDetected() throws Exception {
    String file = newest(saved.get(1)).file();

    assertEveryChangedByteIsDetected(
        RangeFileName.path(file),
        () -> RangeFile.read(store, RUN, RangeFile.readHeader(store, file).ref()));
  }

  @Test
  void everyChangedByteOfAManifestIsDetected() throws Exception {
    assertEveryChangedByteIsDetected(ManifestLog.path(2), () -> log.manifest(2));
    assertEveryTruncationIsDetected(ManifestLog.path(2), () -> log.manifest(2));
  }

  @Test
  void everyChangedByteOfAManifestInPartsIsDetected() throws Exception {
    commitInParts();

    assertEveryChangedByteIsDetected(ManifestLog.path(3), () -> log.manifest(3));
    assertEveryChangedByteIsDetected(part, () -> log.manifest(3));
    assertEveryTruncationIsDetected(part, () -> log.manifest(3));
  }

  /** Each file in each other's place: by mistake, as no checksum of its own tells. */
  @Test
  void everyFileInAnothersPlaceIsDetected() throws IOException {
    commitInParts();
    Map<String, byte[]> good = store.files();
    int swaps = 0;
    for (String to : good.keySet()) {
      for (String from : good.keySet()) {
        if (!from.equals(to)) {
          store.replace(to, good.get(from));
          assertThat(isDetected(this::readAll)).as("%s holds %s", to, from).isTrue();
          store.replace(to, good.get(to));
          swaps++;
        }
      }
      store.delete(to);
      assertThat(isDetected(this::readAll)).as("%s is missing", to).isTrue();
      store.replace(to, good.get(to));
    }
    assertThat(swaps).isEqualTo(7 * 6);
    assertThat(isDetected(this::readAll)).isFalse();
  }

  private void readAll() throws IOException {
    for (long version = 1; version <= 3; version++) {
      try {
        Manifest manifest = log.manifest(version);
        for (RangeEntry entry : manifest.ranges()) {
          for (RangeFileRef ref : entry.files()) {
            RangeFile.read(store, RUN, ref);
          }
        }
      } catch (java.io.FileNotFoundException e) {
        throw new CheckpointCorruptException("a manifest is missing", e);
      }
    }
  }

  /** A file of another run with the same name and length, sound in itself. */
  @Test
  void aFileOfAnotherRunIsRefusedByName() throws IOException {
    RangeFileRef ref = newest(saved.get(1));
    byte[] bytes =
        Fixtures.withMetadata(
            store.file(path(ref)),
            metadata -> {
              TreeMap<String, String> other = new TreeMap<>(metadata);
              other.computeIfPresent("range", (key, text) -> text.replace("run-7", "run-8"));
              return other;
            });
    store.replace(path(ref), bytes);
    CheckpointMismatchException refusal = null;
    try {
      RangeFile.read(store, RUN, ref);
    } catch (CheckpointMismatchException e) {
      refusal = e;
    }

    assertThat(refusal).isNotNull().hasMessageContaining("run-8").hasMessageContaining(ref.file());
  }

  @Test
  void whateverOneFileSuffersTheRunGoesOnFromWhatIsLeft() throws IOException {
    Map<String, byte[]> good = store.files();
    RangeFileRef newest = newest(saved.get(0));
    for (String path : good.keySet()) {
      for (int how = 0; how < 3; how++) {
        byte[] bytes = good.get(path);
        if (how == 0) {
          store.delete(path);
        } else {
          byte[] bad = how == 1 ? Arrays.copyOf(bytes, bytes.length / 2) : bytes.clone();
          bad[bad.length - 1] ^= 1;
          store.replace(path, bad);
        }
        ManifestHead head = log.latest().orElseThrow();
        List<Long> steps;
        try {
          steps =
              new Adoption(store)
                  .adopt(head.manifest(), Verification.DATA).ranges().stream()
                      .map(RangeEntry::step)
                      .toList();
        } catch (CheckpointCorruptException e) {
          // Never begun again silently: the second range has but one file.
          assertThat(path).isEqualTo(path(newest(saved.get(1))));
          steps = List.of(4L, 4L);
        }
        assertThat(steps).isEqualTo(List.of(path.equals(path(newest)) ? 2L : 4L, 4L));
        store.replace(path, bytes);
      }
    }
  }
}
