package org.velella.spark.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Times pieces of work that run side by side, one thread each. */
final class Stopwatch {
  private static final double WARM_UP_SECONDS = 2;
  private static final int WARM_UP_RUNS = 3;
  private static final double RUN_SECONDS = 0.03;

  /** How much faster a run is that says that warming up is not over. */
  private static final double CLEARLY = 0.8;

  private static final double PATIENCE_SECONDS = 20;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Stopwatch() {}

  /**
   * What runs took, {@code [piece][run]}, in seconds of the clock and of the processor time of
   * their threads; the second leaves out the time that other processes had the core.
   */
  record Taken(double[][] wall, double[][] processor) {}

  /**
   * Seconds of each run from the moment that all threads start to when the last is done; after a
   * warm-up of the same.
   */
  static double[] time(List<Runnable> parts, int runs) {
    ExecutorService threads = Executors.newFixedThreadPool(parts.size());
    try {
      double warm = 0;
      for (int run = 0; run < WARM_UP_RUNS || warm < WARM_UP_SECONDS; run++) {
        warm += once(threads, parts);
      }
      double[] seconds = new double[runs];
      for (int run = 0; run < runs; run++) {
        seconds[run] = once(threads, parts);
      }
      return seconds;
    } finally {
      threads.shutdown();
    }
  }

  /**
   * What groups of pieces take, in runs that take turns; the pieces of a group run side by side,
   * one thread each. Each group is warmed up first. Processor time is that of all threads of a
   * group.
   */
  static Taken inTurns(List<List<Runnable>> groups, int runs) {
    int most = groups.stream().mapToInt(List::size).max().orElse(1);
    ExecutorService threads = Executors.newFixedThreadPool(most);
    AtomicLong spent = new AtomicLong();
    try {
      List<List<Runnable>> counted = new ArrayList<>();
      for (List<Runnable> group : groups) {
        counted.add(group.stream().map(piece -> counting(piece, spent)).toList());
        double warm = 0;
        for (int run = 0; run < WARM_UP_RUNS || warm < WARM_UP_SECONDS; run++) {
          warm += once(threads, group);
        }
      }
      Taken taken = new Taken(new double[groups.size()][runs], new double[groups.size()][runs]);
      for (int run = 0; run < runs; run++) {
        for (int group = 0; group < groups.size(); group++) {
          spent.set(0);
          taken.wall[group][run] = once(threads, counted.get(group));
          taken.processor[group][run] = spent.get() / 1e9;
        }
      }
      return taken;
    } finally {
      threads.shutdown();
    }
  }

  private static Runnable counting(Runnable piece, AtomicLong spent) {
    return () -> {
      long start = THREADS.getCurrentThreadCpuTime();
      piece.run();
      spent.addAndGet(THREADS.getCurrentThreadCpuTime() - start);
    };
  }

  /**
   * Seconds of one execution of each piece of work, in runs that take turns, so that a busy moment
   * of the machine meets all alike. A run repeats its piece for a while, so that a short one is not
   * at the mercy of a single interruption.
   *
   * @return {@code [piece][run]}
   */
  static double[][] alternately(List<Runnable> pieces, int runs) {
    return taken(pieces, runs).wall();
  }

  /** The same by both clocks. */
  static Taken taken(List<Runnable> pieces, int runs) {
    int[] repeats = new int[pieces.size()];
    for (int piece = 0; piece < repeats.length; piece++) {
      Runnable work = pieces.get(piece);
      double shortest = Double.MAX_VALUE;
      double warm = 0;
      double needed = WARM_UP_SECONDS;
      for (int run = 0; run < WARM_UP_RUNS || warm < Math.min(needed, PATIENCE_SECONDS); run++) {
        double taken = repeated(work, 1);
        warm += taken;
        if (taken < CLEARLY * shortest) {
          // Still being compiled.
          needed = warm + WARM_UP_SECONDS;
          shortest = taken;
        }
      }
      repeats[piece] = (int) Math.max(1, RUN_SECONDS / shortest);
    }
    Taken taken = new Taken(new double[pieces.size()][runs], new double[pieces.size()][runs]);
    for (int run = 0; run < runs; run++) {
      for (int piece = 0; piece < repeats.length; piece++) {
        long start = THREADS.getCurrentThreadCpuTime();
        taken.wall[piece][run] = repeated(pieces.get(piece), repeats[piece]);
        long spent = THREADS.getCurrentThreadCpuTime() - start;
        taken.processor[piece][run] = spent / 1e9 / repeats[piece];
      }
    }
    return taken;
  }

  private static double repeated(Runnable piece, int times) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      piece.run();
    }
    return (System.nanoTime() - start) / 1e9 / times;
  }

  private static double once(ExecutorService threads, List<Runnable> parts) {
    long[] start = new long[1];
    CyclicBarrier together = new CyclicBarrier(parts.size(), () -> start[0] = System.nanoTime());
    List<Future<?>> running = new ArrayList<>();
    for (Runnable part : parts) {
      running.add(
          threads.submit(
              () -> {
                await(together);
                part.run();
              }));
    }
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("A measured piece of work failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while measuring", e);
    }
    return (System.nanoTime() - start[0]) / 1e9;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException("Interrupted while measuring", e);
    }
  }
}
