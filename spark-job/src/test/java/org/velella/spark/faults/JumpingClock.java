package org.velella.spark.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * A storage's clock that is two days behind, then two days ahead, and so on: all files there are,
 * hidden and unfinished ones, too, are given such times.
 */
final class JumpingClock {
  private static final Duration FAR = Duration.ofDays(2);

  private int jumps;

  /** Lets the clock jump; files that others remove meanwhile are gone. */
  synchronized void jump(Path folder) {
    jumps++;
    Instant now = Instant.now().plus(jumps % 2 == 0 ? FAR : FAR.negated());
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        set(file, FileTime.from(now));
      }
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void set(Path file, FileTime time) throws IOException {
    try {
      Files.setLastModifiedTime(file, time);
    } catch (NoSuchFileException e) {
      // Somebody has just removed it.
    }
  }

  /** How often it has jumped. */
  synchronized int jumps() {
    return jumps;
  }
}
