package org.velella.spark.job;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * What a Spark application has to compute with.
 *
 * @param cores in all; where a task takes several, so many tasks at once
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

  static Cluster of(SparkContext spark) {
    if (spark.isLocal()) {
      int cores = Math.max(1, spark.defaultParallelism());
      return new Cluster(cores, Runtime.getRuntime().maxMemory() / cores, cores);
    }
    SparkConf conf = spark.getConf();
    int perTask = Math.max(1, conf.getInt("spark.task.cpus", 1));
    int perExecutor = executorCores(spark, conf);
    // Executors may still be starting, so what was asked for counts as well as what is there.
    int cores =
        Math.max(
            spark.defaultParallelism(),
            Math.max(
                conf.getInt("spark.cores.max", 0),
                perExecutor * conf.getInt("spark.executor.instances", 0)));
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    int slots = Math.max(1, perExecutor / perTask);
    return new Cluster(Math.max(1, cores / perTask), heap / slots, slots);
  }

  /**
   * Cores that share an executor's heap. Where nobody has said it, YARN and Kubernetes give one; an
   * executor of Spark's own master takes all cores of its worker, which show once it is there.
   */
  private static int executorCores(SparkContext spark, SparkConf conf) {
    if (conf.contains("spark.executor.cores")) {
      return Math.max(1, conf.getInt("spark.executor.cores", 1));
    }
    if (spark.master().startsWith("yarn") || spark.master().startsWith("k8s")) {
      return 1;
    }
    // One of those listed is the driver.
    int executors = spark.statusTracker().getExecutorInfos().length - 1;
    int there = executors > 0 ? (spark.defaultParallelism() + executors - 1) / executors : 0;
    return Math.max(there, USUAL_EXECUTOR_CORES);
  }
}
