package org.velella.spark.cli;

import org.velella.spark.job.Budget;
import org.velella.spark.job.Manner;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Option;

/** How a run is computed; none of it changes a bit of the results. */
final class MannerOptions {
  @Option(
      names = "--backend",
      defaultValue = "auto",
      paramLabel = "NAME",
      description = "auto, or a backend's name ('velella inspect --backends' lists them).")
  private String backend;

  @Option(
      names = "--tile-size",
      defaultValue = "0",
      paramLabel = "N",
      description = "Samples of one kernel pass; 0: chosen by memory.")
  private int tileSize;

  @Option(
      names = "--partitions",
      defaultValue = "0",
      paramLabel = "P",
      description = "Tasks; 0: about three per core.")
  private int partitions;

  @Option(
      names = "--fail-fast",
      description =
          "Stop at a bad sample, before anything is computed if it is known then. Default: bad"
              + " samples go to failures/, the others are simulated.")
  private boolean failFast;

  @Option(
      names = "--keep",
      paramLabel = "K",
      description =
          "Checkpoint files of each range to keep, to fall back on. Default: as when the run began,"
              + " which is 3 unless said otherwise.")
  private Integer keep;

  @Option(
      names = "--mtbf",
      paramLabel = "TIME",
      description =
          "How long one executor lives on average, such as 20h or 30min; for advice and"
              + " --checkpoint-every auto. Default: as when the run began, which is 24h unless said"
              + " otherwise.")
  private String mtbf;

  @Option(
      names = "--self-check",
      defaultValue = "off",
      paramLabel = "1/N",
      description = "Compute every N-th tile again on the scalar backend and compare; or off.")
  private String selfCheck;

  @Option(
      names = "--gpu-permits",
      defaultValue = "" + Manner.USUAL_GPU_PERMITS,
      paramLabel = "N",
      description =
          "Tiles that may be on a GPU at once, of all the tasks of an executor. Default:"
              + " ${DEFAULT-VALUE}.")
  private int gpuPermits;

  @Option(
      names = "--little-room",
      defaultValue = "refuse",
      paramLabel = "refuse|warn",
      description =
          "What to do if the traces that are to be recorded may be more, before they are compressed,"
              + " than there is room for, or recordings more than the driver can list. Default:"
              + " ${DEFAULT-VALUE}.")
  private String littleRoom;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      description =
          "Stop when simulating has taken this long, such as 90s, 30m, 2h or 1d: tasks save what"
              + " they have computed, the exit code is 7, and the same command goes on. Default:"
              + " none.")
  private String timeLimit;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      description = "Stop with exit code 1 once more than N samples have failed. Default: any.")
  private Long maxFailures;

  private Budget budget() {
    return new Budget(
        timeLimit == null ? Budget.UNLIMITED : Quantity.seconds("--time-limit", timeLimit),
        maxFailures == null ? Budget.UNLIMITED : Budget.requireFailures(maxFailures));
  }

  /** N, or 0 if nothing is to be checked. */
  private int selfCheck() {
    if (selfCheck.equals("off")) {
      return 0;
    }
    if (!selfCheck.matches("1/[1-9][0-9]{0,8}")) {
      throw new UsageException(
          "--self-check is '%s'; give 1/N, such as 1/1000, or off".formatted(selfCheck));
    }
    return Integer.parseInt(selfCheck.substring(2));
  }

  String backend() {
    return backend;
  }

  /**
   * All of it, for some samples.
   *
   * @param samples as {@code --samples} names them
   * @throws UsageException if something is out of its range
   */
  Manner manner(String samples) {
    return new Manner(
        backend,
        tileSize,
        partitions,
        samples,
        failFast,
        keep == null ? Manner.AS_BEGUN : Manner.requireKeep(keep),
        mtbf == null ? Manner.AS_BEGUN : Manner.requireMtbf(Quantity.seconds("--mtbf", mtbf)),
        selfCheck(),
        gpuPermits,
        Manner.requireLittleRoom(littleRoom),
        budget());
  }
}
