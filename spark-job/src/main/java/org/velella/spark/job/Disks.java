package org.velella.spark.job;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.velella.spark.store.FreeRoom;
import org.velella.spark.task.ScratchRoom;

/**
 * Where recordings go.
 *
 * @param run bytes free where the run's directory lies; empty if nobody knows
 * @param scratch bytes free where tasks collect what they record; empty if that is on other
 *     machines, whose tasks look for themselves
 * @param areOne whether both are the same disk
 */
record Disks(OptionalLong run, OptionalLong scratch, boolean areOne) {
  /** As they are now, for a run's directory, which need not exist. */
  static Disks of(SparkContext spark, URI run) {
    OptionalLong free = FreeRoom.bytes(run, spark.hadoopConfiguration());
    if (!spark.isLocal()) {
      return new Disks(free, OptionalLong.empty(), false);
    }
    OptionalLong scratch = OptionalLong.of(ScratchRoom.freeBytes());
    return new Disks(
        free, scratch, "file".equals(run.getScheme()) && areOne(Path.of(run.getPath())));
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
