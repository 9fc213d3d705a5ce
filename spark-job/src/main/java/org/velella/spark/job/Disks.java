package org.velella.spark.job;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.velella.spark.store.FreeRoom;
import org.velella.spark.task.ScratchRoom;

/**
 * Where recordings go.
 *
 * @param run bytes free where the run's directory lies, or {@link #UNKNOWN}
 * @param scratch bytes free where tasks collect what they record; {@link #UNKNOWN} if that is on
 *     other machines, whose tasks look for themselves
 * @param areOne whether both are the same disk
 */
record Disks(long run, long scratch, boolean areOne) {
  /** No end that anybody knows of. */
  static final long UNKNOWN = Long.MAX_VALUE;

  /** As they are now, for a run's directory, which need not exist. */
  static Disks of(SparkContext spark, URI run) {
    if (!spark.isLocal()) {
      return new Disks(free(spark, run), UNKNOWN, false);
    }
    // First, for it removes what killed processes have left, perhaps on the same disk.
    long scratch = ScratchRoom.freeBytes();
    boolean areOne = "file".equals(run.getScheme()) && areOne(Path.of(run.getPath()));
    return new Disks(free(spark, run), scratch, areOne);
  }

  private static long free(SparkContext spark, URI run) {
    return FreeRoom.bytes(run, spark.hadoopConfiguration()).orElse(UNKNOWN);
  }

  private static boolean areOne(Path run) {
    try {
      return Files.getFileStore(FreeRoom.existing(run))
          .equals(Files.getFileStore(ScratchRoom.folder()));
    } catch (IOException e) {
      // Neither is known then, and each has been looked at by itself.
      return false;
    }
  }
}
