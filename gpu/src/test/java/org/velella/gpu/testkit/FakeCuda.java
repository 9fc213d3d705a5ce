package org.velella.gpu.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The CUDA driver of {@code src/test/c}, which needs no device: built with gcc, and loaded into
 * this JVM in place of NVIDIA's. A JVM that has loaded it cannot use another one.
 */
public final class FakeCuda {
  /** Enough for every test that loses one to have its own. */
  public static final int DEVICES = 32;

  private static final Path SOURCES = Path.of("src", "test", "c");
  private static final String COMPILER = "gcc";

  private FakeCuda() {}

  /** Why it cannot be built here; empty if it can. */
  public static String obstacle() {
    try {
      Process process =
          new ProcessBuilder(COMPILER, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0 ? "" : COMPILER + " does not run";
    } catch (IOException e) {
      return COMPILER + " is not installed, with which the fake CUDA driver is built";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** Builds it where that has not been done, and loads it; JCuda finds it by its name. */
  public static void load() {
    Loaded.requireLoaded();
  }

  /**
   * The built library, named {@code libcuda.so.1}, in a folder of its own: a JVM that is started
   * with that folder in {@code LD_LIBRARY_PATH} has it for its driver.
   */
  public static synchronized Path library() {
    List<Path> sources = sources();
    Path folder = Path.of("target", "fake-cuda-" + digest(sources)).toAbsolutePath();
    Path library = folder.resolve("libcuda.so.1");
    if (!Files.exists(library)) {
      try {
        Files.createDirectories(folder);
        Path made = Files.createTempFile(folder, "made", ".so");
        compile(sources, made);
        Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return library;
  }

  private static List<Path> sources() {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.filter(file -> file.toString().matches(".*\\.[ch]")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(List<Path> sources) {
    StringBuilder all = new StringBuilder();
    try {
      for (Path source : sources) {
        all.append(source.getFileName()).append(Files.readString(source));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Integer.toHexString(all.toString().hashCode());
  }

  private static void compile(List<Path> sources, Path target) throws IOException {
    List<String> command = new ArrayList<>(List.of(COMPILER, "-std=gnu11", "-O3", "-g"));
    // It runs where it was built; fused multiply-adds are library calls otherwise.
    command.add("-march=native");
    // Each product is rounded before it is added, as the text says.
    command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-frounding-math"));
    command.addAll(List.of("-shared", "-fPIC", "-fvisibility=hidden"));
    command.addAll(List.of("-Wl,-soname,libcuda.so.1", "-o", target.toString()));
    sources.stream().map(Path::toString).filter(n -> n.endsWith(".c")).forEach(command::add);
    command.addAll(List.of("-lpthread", "-lm"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("gcc does not build the fake CUDA driver:\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static final class Loaded {
    static {
      System.load(library().toString());
      devices(DEVICES);
    }

    static void requireLoaded() {}
  }

  /** Sets how many devices there are; before anybody has used one. */
  private static native void devices(int count);

  /** Sets how much memory a device has. */
  public static native void memory(int device, long bytes);

  /** Loses a device at its {@code count}-th launch from now on; 0 for not at all. */
  public static native void loseAtLaunch(int device, long count);

  /** Lets the {@code count}-th allocation from now on, of any device or the host, fail. */
  public static native void failAllocation(long count);

  /** After how many allocations one will fail; 0 if none will. */
  public static native long failsIn();

  /** How many kernels a device has run. */
  public static native long launches(int device);

  /** How much of a device's memory is allocated. */
  public static native long usedBytes(int device);

  /** Allocations of all devices and the host, streams, events and modules that are not freed. */
  public static native long live();

  /** Devices that are in use, but for lost ones. */
  public static native int contexts();
}
