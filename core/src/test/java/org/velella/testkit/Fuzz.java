package org.velella.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Gives a reader many damaged versions of good files and lets pass only what it documents: it reads
 * them, or throws one of its own exceptions, in bounded time and memory.
 *
 * <p>How many each reader gets is {@value #DEFAULT_COUNT}, or {@code -Dvelella.fuzz=1000000}.
 */
public final class Fuzz {
  private static final int DEFAULT_COUNT = 20_000;

  /** How many each reader gets. */
  public static final int COUNT = Integer.getInteger("velella.fuzz", DEFAULT_COUNT);

  /** What a reader may take for itself, whatever the file: buffers, and Java's own caches. */
  private static final long OWN_BYTES = 2L << 20;

  /**
   * What a reader may take for each byte of the file: an object of a parsed tree has some 40 bytes
   * and more, and may come of two characters, such as an empty list.
   */
  private static final long BYTES_PER_BYTE = 64;

  /** Of processor time: far more than any file of a few kilobytes needs. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** By the clock, on however busy a machine: who has not come back by then hangs. */
  private static final long HANG_NANOS = TimeUnit.MINUTES.toNanos(2);

  private static final byte[][] NUMBERS = {
    {0, 0, 0, 0},
    {-1, -1, -1, -1},
    {-1, -1, -1, 127},
    {0, 0, 0, -128},
    {-1, -1, -1, -1, -1, -1, -1, -1},
    {-1, -1, -1, -1, -1, -1, -1, 127},
    {0, 0, 0, 64, 0, 0, 0, 0},
    {1, 0, 0, 0, 0, 0, 0, 0}
  };

  private static final List<String> TEXTS =
      List.of(
          "\"",
          "'",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          ",",
          ":",
          "\n",
          " ",
          "null",
          "true",
          "-1",
          "0",
          "1e999",
          "NaN",
          "9223372036854775807",
          "99999999999999999999",
          "\\u0000",
          "../",
          "\u00ff");

  /** Reads bytes. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] bytes) throws Exception;
  }

  private Fuzz() {}

  /**
   * Tries a reader.
   *
   * @param seeds good files
   * @param allowed what the reader may throw
   * @return how many of the damaged files it read
   * @throws AssertionError if it throws anything else, or takes too much time or memory
   */
  public static int run(
      SplittableRandom random,
      List<byte[]> seeds,
      Reader reader,
      List<Class<? extends Exception>> allowed) {
    return run(random, seeds, reader, allowed, COUNT);
  }

  /** As the other, but for a reader that is so slow that it gets fewer files. */
  public static int run(
      SplittableRandom random,
      List<byte[]> seeds,
      Reader reader,
      List<Class<? extends Exception>> allowed,
      int count) {
    return run(random, seeds, reader, allowed, count, HANG_NANOS);
  }

  static int run(
      SplittableRandom random,
      List<byte[]> seeds,
      Reader reader,
      List<Class<? extends Exception>> allowed,
      int count,
      long hangNanos) {
    return Watched.run(
        hangNanos,
        watched -> {
          int read = 0;
          for (int i = 0; i < count; i++) {
            byte[] bytes = damaged(seeds.get(random.nextInt(seeds.size())), random);
            String name = "Input " + i;
            watched.begins(() -> name + " " + text(bytes));
            read += measured(name, bytes, reader, allowed) ? 1 : 0;
          }
          return read;
        });
  }

  /**
   * Tries a reader on one file.
   *
   * @param what names the file in messages
   * @return whether it was read
   * @throws AssertionError as above
   */
  public static boolean reads(
      String what, byte[] bytes, Reader reader, List<Class<? extends Exception>> allowed) {
    return Watched.run(
        HANG_NANOS,
        watched -> {
          watched.begins(() -> what + " " + text(bytes));
          return measured(what, bytes, reader, allowed);
        });
  }

  /**
   * Tries a reader that throws nothing on as many texts as each reader gets, in one thread:
   * starting one for each text would take most of the time.
   *
   * @param texts draws the next text
   * @throws AssertionError as above
   */
  public static void runTexts(Supplier<String> texts, Consumer<String> reader) {
    Watched.run(
        HANG_NANOS,
        watched -> {
          for (int i = 0; i < COUNT; i++) {
            String text = texts.get();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            String name = "Text " + i;
            watched.begins(() -> name + " " + text(bytes));
            measured(name, bytes, ignored -> reader.accept(text), List.of());
          }
          return null;
        });
  }

  private static boolean measured(
      String what, byte[] bytes, Reader reader, List<Class<? extends Exception>> allowed) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long most = OWN_BYTES + BYTES_PER_BYTE * bytes.length;
    long begun = threads.getCurrentThreadCpuTime();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    boolean read = read(what, bytes, reader, allowed);
    long taken = threads.getCurrentThreadAllocatedBytes() - allocated;
    if (taken > most) {
      // The first read of all also loads classes.
      allocated = threads.getCurrentThreadAllocatedBytes();
      read(what, bytes, reader, allowed);
      taken = threads.getCurrentThreadAllocatedBytes() - allocated;
    }
    if (taken > most) {
      throw new AssertionError(
          "%s of %d bytes took %d bytes: %s".formatted(what, bytes.length, taken, text(bytes)));
    }
    if (threads.getCurrentThreadCpuTime() - begun > LIMIT_NANOS) {
      throw new AssertionError("%s took too long: %s".formatted(what, text(bytes)));
    }
    return read;
  }

  private static boolean read(
      String what, byte[] bytes, Reader reader, List<Class<? extends Exception>> allowed) {
    try {
      reader.read(bytes);
      return true;
    } catch (Exception | OutOfMemoryError | StackOverflowError e) {
      if (allowed.stream().noneMatch(each -> each.isInstance(e))) {
        throw new AssertionError("%s gave %s: %s".formatted(what, e, text(bytes)), e);
      }
      return false;
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, 0, Math.min(bytes.length, 400), StandardCharsets.ISO_8859_1);
  }

  /** Some bytes, changed in one to four places: other values, pieces put in, cut, copied. */
  static byte[] damaged(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    for (int edits = 1 + random.nextInt(4); edits > 0 && bytes.length > 0; edits--) {
      // The beginning is where headers are.
      int bound = random.nextBoolean() ? Math.min(bytes.length, 300) : bytes.length;
      int at = random.nextInt(bound);
      int end = Math.min(bytes.length, at + random.nextInt(1, 9));
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) ('0' + random.nextInt(10));
        case 3 -> bytes = splice(bytes, at, end, NUMBERS[random.nextInt(NUMBERS.length)]);
        case 4 -> bytes = splice(bytes, at, at, piece(random));
        case 5 -> bytes = splice(bytes, at, end, piece(random));
        case 6 -> bytes = splice(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
        default -> bytes = Arrays.copyOf(bytes, random.nextInt(10) == 0 ? at : bytes.length);
      }
    }
    return bytes;
  }

  private static byte[] piece(SplittableRandom random) {
    return TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
    byte[] spliced = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, spliced, from, middle.length);
    System.arraycopy(bytes, to, spliced, from + middle.length, bytes.length - to);
    return spliced;
  }
}
