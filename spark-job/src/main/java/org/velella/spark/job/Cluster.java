package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * What a Spark application has to compute with.
 *
 * @param cores in all
 * @param heapPerCore bytes
 * @param coresPerProcess that share a heap
 */
record Cluster(int cores, long heapPerCore, int coresPerProcess) {
  private static final int USUAL_EXECUTOR_CORES = 4;

  /** Bytes of heap for each of some tasks that run at once. */
  long heapPerTask(int tasks) {
    // Fewer tasks than cores share what the cores have; on a cluster, not beyond one executor.
    return heapPerCore * Math.max(1, Math.min(coresPerProcess, cores / Math.max(1, tasks)));
  }

  /** Bytes that are free where tasks of this machine keep what they record. */
  static long freeScratch() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + folder, e);
    }
  }

  static Cluster of(SparkContext spark) {
    if (spark.isLocal()) {
      int cores = Math.max(1, spark.defaultParallelism());
      return new Cluster(cores, Runtime.getRuntime().maxMemory() / cores, cores);
    }
    SparkConf conf = spark.getConf();
    int perExecutor = Math.max(1, conf.getInt("spark.executor.cores", USUAL_EXECUTOR_CORES));
    // Executors may still be starting, so what was asked for counts as well as what is there.
    int cores =
        Math.max(
            spark.defaultParallelism(),
            Math.max(
                conf.getInt("spark.cores.max", 0),
                perExecutor * conf.getInt("spark.executor.instances", 0)));
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    return new Cluster(Math.max(1, cores), heap / perExecutor, perExecutor);
  }
}
