package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;

class ScratchTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path base;

  /** Prefixes of processes that cannot be, or not now. */
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
    Files.setLastModifiedTime(withoutLock, FileTime.from(THEN.minusSeconds(1)));
    Path lostLock = folder("velella-scratch-0-7", THEN.minusSeconds(1));
    Files.delete(lostLock.resolve("lock"));
    Files.setLastModifiedTime(lostLock, FileTime.from(THEN.minusSeconds(1)));
    Scratch.removeAbandoned(base, THEN);
    assertThat(alive).doesNotExist();
    assertThat(withoutLock).doesNotExist();
    assertThat(lostLock.resolve("velella-segment1/spikes.parquet")).exists();
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

  /** Processes of containers often have the same number. */
  @Test
  void numberOfAKilledProcessComesAgain() throws IOException {
    Path killed = folder("velella-scratch-" + ProcessHandle.current().pid() + "-0-6", THEN);
    Scratch.removeAbandoned(base, THEN.plusSeconds(1));
    assertThat(killed).doesNotExist();
  }

  /** As a process begins that comes after one that was killed. */
  static final class Looks {
    public static void main(String[] args) {
      System.out.println(ScratchRoom.freeBytes());
    }
  }

  /** Else whoever comes next would be refused for what nobody needs any more. */
  @Test
  void whoLooksForRoomRemovesWhatKilledProcessesHaveLeft() throws Exception {
    Path killed = folder("velella-scratch-0-1", Instant.now().minusSeconds(3600));
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-Djava.io.tmpdir=" + base, "-cp", ChildJvm.classPath()));
    command.add(Looks.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    assertThat(killed).as(out).doesNotExist();
  }
}
