package org.velella.spark.job;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** What a Spark application has to compute with. */
record Cluster(int cores, long heapPerCore) {
  private static final int USUAL_EXECUTOR_CORES = 4;

  static Cluster of(SparkContext spark) {
    if (spark.isLocal()) {
      int cores = Math.max(1, spark.defaultParallelism());
      return new Cluster(cores, Runtime.getRuntime().maxMemory() / cores);
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
    return new Cluster(Math.max(1, cores), heap / perExecutor);
  }
}
