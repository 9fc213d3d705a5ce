package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path base;

  /** Prefixes as of processes that cannot be; this one's own folders are never looked at. */
  private Path folder(String name, Instant made) throws IOException {
    Path folder = Files.createDirectories(base.resolve(name).resolve("velella-segment1"));
    Files.write(folder.resolve("spikes.parquet"), new byte[1000]);
    Path lock = Files.createFile(base.resolve(name).resolve("lock"));
    Files.setLastModifiedTime(lock, FileTime.from(made));
    return base.resolve(name);
  }

  @Test
  void onlyFoldersThatNobodyHoldsAreRemoved() throws IOException {
    Path killed = folder("velella-scratch-0-1", THEN.minusSeconds(1));
    Path beginning = folder("velella-scratch-0-2", THEN);
    Path alive = folder("velella-scratch-0-3", THEN.minusSeconds(1));
    Path foreign = folder("others-scratch-4", THEN.minusSeconds(1));
    Path withoutLock = Files.createDirectory(base.resolve("velella-scratch-0-5"));
    try (FileChannel held = FileChannel.open(alive.resolve("lock"), StandardOpenOption.WRITE)) {
      assertThat(held.lock().isValid()).isTrue();

      Scratch.removeAbandoned(base, THEN);

      assertThat(killed).doesNotExist();
      assertThat(beginning.resolve("velella-segment1/spikes.parquet")).exists();
      assertThat(alive.resolve("velella-segment1/spikes.parquet")).exists();
      assertThat(foreign).exists();
      assertThat(withoutLock).exists();
    }
    Scratch.removeAbandoned(base, THEN);
    assertThat(alive).doesNotExist();
  }

  @Test
  void filesOfThisProcessLieInOneFolderThatItHolds() throws IOException {
    Path file = Scratch.file("velella-results", ".parquet");
    Path directory = Scratch.directory("velella-segment");
    try {
      assertThat(file.getParent()).isEqualTo(directory.getParent());
      Scratch.removeAbandoned(file.getParent().getParent(), Instant.now().plusSeconds(60));
      assertThat(file).exists();
    } finally {
      Files.delete(file);
      Files.delete(directory);
    }
  }
}
