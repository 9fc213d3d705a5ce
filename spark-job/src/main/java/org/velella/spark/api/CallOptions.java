package org.velella.spark.api;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.job.Budget;
import org.velella.spark.job.MannerBuilder;
import org.velella.spark.job.RunListener;

/**
 * What is said of one call and not of a run: how it is computed, how much of it, and how long. None
 * of it changes a bit of the results.
 *
 * @param <J> the job that goes on
 */
public abstract class CallOptions<J extends CallOptions<J>> {
  private static final String OF_THE_COMMAND_LINE = "spark.velella.";

  private final SparkSession spark;
  private final MannerBuilder<?> manner;
  private double timeLimit = Budget.UNLIMITED;
  private long maxFailures = Budget.UNLIMITED;
  private Consumer<String> messages = line -> {};

  CallOptions(SparkSession spark, MannerBuilder<?> manner) {
    this.spark = spark;
    this.manner = manner;
  }

  abstract J self();

  final SparkSession spark() {
    return spark;
  }

  final Budget budget() {
    return new Budget(timeLimit, maxFailures);
  }

  final RunListener listener() {
    return listener(spark, messages);
  }

  /**
   * Passes messages on, first of all which settings of the session a program's call does not read.
   */
  static RunListener listener(SparkSession spark, Consumer<String> lines) {
    List<String> unread =
        spark.sql("SET").select("key").as(Encoders.STRING()).collectAsList().stream()
            .filter(key -> key.startsWith(OF_THE_COMMAND_LINE))
            .sorted()
            .toList();
    if (!unread.isEmpty()) {
      lines.accept(
          "not read: %s; only the command line reads such settings, programs call the methods of the same names"
              .formatted(String.join(", ", unread)));
    }
    return new RunListener() {
      @Override
      public void message(String line) {
        lines.accept(line);
      }
    };
  }

  private J with(Consumer<MannerBuilder<?>> change) {
    change.accept(manner);
    return self();
  }

  /** The ids of the samples that this call works on, {@code FROM:TO}; others stay as they are. */
  public J samples(String ids) {
    return with(call -> call.select(ids));
  }

  /** {@code auto}, or a backend's name. */
  public J backend(String name) {
    return with(call -> call.backend(name));
  }

  /** Samples of one kernel pass; 0: chosen by memory. */
  public J tileSize(int samples) {
    return with(call -> call.tileSize(samples));
  }

  /** Tasks; 0: about three per core. */
  public J partitions(int tasks) {
    return with(call -> call.partitions(tasks));
  }

  /** Stops at a bad sample, instead of simulating the others. */
  public J failFast() {
    return with(call -> call.failFast(true));
  }

  /** Checkpoint files of each range to keep, to fall back on. */
  public J keep(int files) {
    return with(call -> call.keep(files));
  }

  /** Seconds that one executor lives on average. */
  public J mtbf(double seconds) {
    return with(call -> call.mtbfSeconds(seconds));
  }

  /** Every how many tiles one is computed again on the scalar backend and compared; 0: none. */
  public J selfCheck(int every) {
    return with(call -> call.selfCheck(every));
  }

  /** Tiles that may be on a GPU at once, of all the tasks of an executor. */
  public J gpuPermits(int tiles) {
    return with(call -> call.gpuPermits(tiles));
  }

  /**
   * What becomes of a run that may record more than there is room for: {@code refuse}, which is
   * usual, or {@code warn} and go on.
   */
  public J littleRoom(String otherwise) {
    return with(call -> call.littleRoom(otherwise));
  }

  /** Stops when simulating has taken so many seconds; the same job again goes on. */
  public J timeLimit(double seconds) {
    timeLimit = seconds;
    return self();
  }

  /** Stops once more samples than this have failed. */
  public J maxFailures(long samples) {
    maxFailures = samples;
    return self();
  }

  /** Takes what the command line would print on the way, such as the backend and why. */
  public J onMessage(Consumer<String> lines) {
    messages = lines;
    return self();
  }
}
