package org.velella.spark.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that this process needs for a while, on the machine's own disk. They lie in a folder that
 * the process holds a lock in while it lives, so that whoever comes next can tell what processes
 * have left behind that were killed, and removes it: recordings are large, and executors are killed
 * again and again.
 */
public final class Scratch {
  private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
  private static final String PREFIX = "velella-scratch-";

  /**
   * How the folders of this process begin, whichever class loader asks. Containers count their
   * processes alike, so the number alone would be that of a killed one, too.
   */
  private static final String OWN =
      PREFIX
          + ProcessHandle.current().pid()
          + "-"
          + ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).toEpochMilli()
          + "-";

  private static final String LOCK = "lock";

  /** Below the hooks of runs, of Spark and of file systems. */
  private static final int LAST = 0;

  /** Between making the file and locking it, it looks as if nobody held it. */
  private static final Duration MOST_BEGINNING = Duration.ofMinutes(1);

  /** Guarded by the class, as is the lock, which is held until the process ends. */
  private static Path folder;

  private static FileChannel lock;

  private Scratch() {}

  /** A new file, which whoever asks for it deletes. */
  public static Path file(String prefix, String suffix) throws IOException {
    return Files.createTempFile(folder(), prefix, suffix);
  }

  /** A new directory, which whoever asks for it deletes. */
  static Path directory(String prefix) throws IOException {
    return Files.createTempDirectory(folder(), prefix);
  }

  /** Removes a directory and all in it; if that fails, says so in the log. */
  static void remove(Path directory) {
    try {
      delete(directory);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn(
          "Could not remove {}; it stays until this process ends: {}", directory, e.toString());
    }
  }

  /** This process's folder; before it is made, those of processes that were killed are removed. */
  static synchronized Path folder() throws IOException {
    if (folder == null || !Files.isDirectory(folder)) {
      Path base = Path.of(System.getProperty("java.io.tmpdir"));
      removeAbandoned(base, Instant.now().minus(MOST_BEGINNING));
      Path made = Files.createTempDirectory(base, OWN);
      boolean held = false;
      try {
        lock =
            FileChannel.open(
                made.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        hold(made);
        held = true;
      } finally {
        if (!held) {
          // The task is killed; the next one makes a folder of its own.
          removeQuietly(made);
        }
      }
      folder = made;
      removeAtEnd(made);
    }
    return folder;
  }

  private static void hold(Path made) throws IOException {
    try {
      lock.lock();
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      // By an interrupt, which has closed the file as well.
      throw e;
    } catch (IOException e) {
      LOG.warn("No locks where {} lies; should this process be killed, it stays", made, e);
    }
  }

  /** As the last of all: what is interrupted in order still records. */
  private static void removeAtEnd(Path made) {
    try {
      ShutdownHookManager.get().addShutdownHook(() -> removeQuietly(made), LAST);
    } catch (IllegalStateException e) {
      // The end has begun already; the next process removes it.
      LOG.debug("{} stays: {}", made, e.toString());
    }
  }

  /**
   * Removes the folders of processes that have ended.
   *
   * @param before younger ones may be just being made
   */
  static void removeAbandoned(Path base, Instant before) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(base, PREFIX + "*")) {
      for (Path each : folders) {
        // Opening and closing the own file would give the own lock up, where locks are POSIX's.
        if (each.getFileName().toString().startsWith(OWN)) {
          continue;
        }
        if (isAbandoned(each, before)) {
          LOG.info("Removing {}, which a process has left that was killed", each);
          removeQuietly(each);
        } else {
          removeEmpty(each, before);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("Could not look for files of killed processes in {}: {}", base, e.toString());
    }
  }

  private static boolean isAbandoned(Path each, Instant before) {
    Path file = each.resolve(LOCK);
    try {
      if (!Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock held = channel.tryLock()) {
        return held != null;
      }
    } catch (IOException | OverlappingFileLockException e) {
      // Of another user, or just gone.
      return false;
    }
  }

  /** A process that is killed before it has a lock leaves an empty folder; no other one is. */
  private static void removeEmpty(Path each, Instant before) {
    try {
      if (Files.getLastModifiedTime(each).toInstant().isBefore(before)) {
        Files.delete(each);
      }
    } catch (IOException e) {
      // It is not empty, or of another user.
      LOG.debug("{} stays: {}", each, e.toString());
    }
  }

  private static void removeQuietly(Path each) {
    try {
      delete(each);
    } catch (IOException | UncheckedIOException e) {
      // Somebody else may be removing it, too.
      LOG.debug("Could not remove {}: {}", each, e.toString());
    }
  }

  private static void delete(Path each) throws IOException {
    try (Stream<Path> paths = Files.walk(each)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    }
  }
}
