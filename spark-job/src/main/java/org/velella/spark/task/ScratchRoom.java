package org.velella.spark.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.network.Network;
import org.velella.simulate.Probes;

/**
 * Whether this machine's disk has room for the traces that a task records between two checkpoints,
 * and for those of the interval before, which are being saved meanwhile. On a cluster only tasks
 * can look at it. What does not fit even if nobody else writes there is refused before a range is
 * computed; how much others are going to write, or how well traces can be compressed, nobody knows,
 * so a disk may still fill up.
 */
public final class ScratchRoom {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchRoom.class);

  private final long traceBytes;
  private final boolean shortens;
  private final LittleRoom otherwise;
  private final int sharers;
  private final LongSupplier free;
  private boolean told;

  /**
   * @param traceBytes of one sample and step
   * @param shortens whether intervals may end earlier, since nobody has asked for a length
   * @param otherwise what becomes of a range for which there is no room
   * @param sharers tasks that may record on the disk at the same time
   * @param free bytes
   */
  ScratchRoom(
      long traceBytes, boolean shortens, LittleRoom otherwise, int sharers, LongSupplier free) {
    this.traceBytes = traceBytes;
    this.shortens = shortens;
    this.otherwise = otherwise;
    this.sharers = sharers;
    this.free = free;
  }

  /** The room of this process's tasks, of which there may be one on each processor. */
  static ScratchRoom of(TaskSpec spec, Network network, Probes probes) {
    return new ScratchRoom(
        traceBytes(network, probes),
        spec.isScheduleAutomatic(),
        spec.littleRoom(),
        Runtime.getRuntime().availableProcessors(),
        ScratchRoom::freeBytes);
  }

  /** Whether anything is traced, so that room is needed. */
  boolean hasTraces() {
    return traceBytes > 0;
  }

  /** Bytes that the traces of some samples come to in one step, before they are compressed. */
  long bytesOfAStep(long samples) {
    return traceBytes * samples;
  }

  /** Bytes that the traces of one sample come to in one step, before they are compressed. */
  public static long traceBytes(Network network, Probes probes) {
    long bytes = 0;
    for (var trace : probes.traces().entrySet()) {
      long values = network.outputShape(trace.getKey()).size();
      bytes += values * Float.BYTES * trace.getValue().size();
    }
    return bytes;
  }

  /** Bytes that are free where tasks of this machine keep what they record. */
  public static long freeBytes() {
    try {
      // What killed processes have left there goes first.
      return Files.getFileStore(Scratch.folder()).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + folder(), e);
    }
  }

  /** Where tasks of this machine keep what they record. */
  public static Path folder() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /**
   * Looks before a range is computed.
   *
   * @param samples that still run
   * @param sampleSteps the most that these have in two intervals in a row: while one is recorded,
   *     the one before is saved
   * @throws IOException if there is no room for the traces of these; where intervals may be
   *     shorter, of one step of each sample
   */
  void require(long samples, double sampleSteps) throws IOException {
    double first = shortens ? samples : sampleSteps;
    // In floating point, for a run may ask for more than a long counts.
    double needed = traceBytes * first;
    long there = needed == 0 ? 0 : free.getAsLong();
    if (needed <= there) {
      return;
    }
    String message = message(first, needed, there);
    if (otherwise == LittleRoom.REFUSE) {
      throw new IOException(message + ". The range was not computed");
    }
    LOG.warn("{}", message);
  }

  /**
   * The end of an interval.
   *
   * @param wanted where it is to end
   * @param samples that still run
   * @return that, or, where intervals may be shorter, an earlier step, so that the traces take half
   *     of this task's share of what is free, but at least one step later
   */
  long end(long from, long wanted, long samples) {
    long bytesOfAStep = bytesOfAStep(samples);
    if (bytesOfAStep == 0 || !shortens) {
      return wanted;
    }
    long there = free.getAsLong();
    long steps = Math.max(1, there / 2 / sharers / bytesOfAStep);
    if (steps >= wanted - from) {
      return wanted;
    }
    if (!told) {
      told = true;
      LOG.warn(
          "Checkpoints come after {} steps instead of {}, for {} has {} bytes free, and {} tasks may record there",
          steps,
          wanted - from,
          folder(),
          there,
          sharers);
    }
    return from + steps;
  }

  private String message(double sampleSteps, double needed, long there) {
    String what =
        shortens
            ? "(one step of each sample)"
            : "(the interval that is recorded and the one that is saved)";
    String advice = shortens ? "" : "give a smaller --checkpoint-every or ";
    return String.format(
        Locale.ROOT,
        "Traces of %d bytes per sample and step, of %.0f samples times steps %s, come to %.1f MiB, but only %.1f MiB are free for them in %s of this executor; record less, or %s(for a new run) a smaller --range-size, or give more room to java.io.tmpdir, or --little-room warn",
        traceBytes,
        sampleSteps,
        what,
        needed / (1 << 20),
        there / (double) (1 << 20),
        folder(),
        advice);
  }
}
