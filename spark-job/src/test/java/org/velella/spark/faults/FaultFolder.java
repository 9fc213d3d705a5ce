package org.velella.spark.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a test and the processes that it disturbs tell each other, as files: what shall go wrong,
 * and what has been computed. Nothing written here is lost when a process is killed.
 */
public final class FaultFolder {
  /** The system property that names the folder to an executor or driver. */
  public static final String PROPERTY = "velella.test.faults";

  private static final String WORK = "work";

  private final Path folder;

  public FaultFolder(Path folder) {
    this.folder = folder;
  }

  /** The folder that this process was given, if it was given one. */
  public static Optional<FaultFolder> given() {
    return Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).map(FaultFolder::new);
  }

  /** The folder that this process was given. */
  static FaultFolder ofProcess() {
    return given().orElseThrow(() -> new IllegalStateException("Nobody set -D" + PROPERTY));
  }

  /** Where it lies. */
  public Path path() {
    return folder;
  }

  /** Forgets all faults and all work. */
  public void reset() {
    try {
      Files.createDirectories(folder.resolve(WORK));
      for (Path file : files(folder.resolve(WORK))) {
        Files.deleteIfExists(file);
      }
      for (Path file : files(folder)) {
        if (Files.isRegularFile(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /** Sets a fault, or a value. */
  void set(String name, long value) {
    try {
      // Moved into place, so that nobody reads half a number.
      Path draft = Files.createTempFile(folder, ".draft", "");
      Files.writeString(draft, Long.toString(value));
      Files.move(draft, folder.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value; 0 if nobody set it. */
  long get(String name) {
    try {
      return Long.parseLong(Files.readString(folder.resolve(name)));
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String name) {
    return Files.exists(folder.resolve(name));
  }

  /** Takes a fault away; true for one caller of all processes. */
  boolean take(String name) {
    try {
      return Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes that this process is about to compute so many steps of samples. */
  public void work(long sampleSteps) {
    Path file = folder.resolve(WORK).resolve(Long.toString(ProcessHandle.current().pid()));
    try {
      Files.writeString(
          file,
          sampleSteps + "\n",
          StandardCharsets.US_ASCII,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Steps of samples that all processes together have begun to compute. */
  public long workDone() {
    try {
      return files(folder.resolve(WORK)).stream().mapToLong(FaultFolder::workDone).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many processes have computed something. */
  int processes() {
    try {
      return files(folder.resolve(WORK)).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Steps of samples that a process has begun to compute. */
  long workDone(long pid) {
    Path file = folder.resolve(WORK).resolve(Long.toString(pid));
    return Files.exists(file) ? workDone(file) : 0;
  }

  private static long workDone(Path file) {
    try {
      return Files.readAllLines(file).stream().mapToLong(Long::parseLong).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
