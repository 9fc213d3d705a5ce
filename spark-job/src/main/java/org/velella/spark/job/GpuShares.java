package org.velella.spark.job;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.DeviceBackend;

/**
 * Asks Spark for a share of a GPU for each task, where executors own GPUs and nobody has said what
 * a task takes of them: else Spark would not tell tasks which of the GPUs are their executor's. The
 * share is such that no core stands idle: who waits for a GPU's permit reads and writes meanwhile.
 */
final class GpuShares {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String TASK_CPUS = "spark.task.cpus";

  private GpuShares() {}

  /**
   * Of a GPU, what each task is to take; 0 if there is nothing to ask for.
   *
   * @param permits tiles that may be on a GPU at once
   */
  static double share(SparkConf conf, int permits) {
    double gpus = conf.getDouble(EXECUTOR_GPUS, 0);
    if (gpus < 1 || conf.contains(TASK_GPUS)) {
      return 0;
    }
    int cores = conf.getInt(EXECUTOR_CORES, 0);
    if (cores == 0) {
      return 1.0 / Math.max(1, permits);
    }
    int tasks = Math.max(1, cores / conf.getInt(TASK_CPUS, 1));
    return 1.0 / Math.max(1, Math.ceil(tasks / gpus));
  }

  private static boolean mayUseDevice(String backend) {
    for (Backend known : Backends.load().all()) {
      if (known.name().equals(backend)) {
        return known instanceof DeviceBackend;
      }
    }
    // Chosen by the executors, or known to them only.
    return true;
  }

  /** The same work with a share of a GPU for each task, where that is to be asked for. */
  static <T> JavaRDD<T> ask(JavaRDD<T> work, SparkConf conf, Manner manner, RunListener listener) {
    double share = share(conf, manner.gpuPermits());
    if (share == 0 || !mayUseDevice(manner.backend())) {
      return work;
    }
    TaskResourceRequests task =
        new TaskResourceRequests().cpus(conf.getInt(TASK_CPUS, 1)).resource("gpu", share);
    try {
      JavaRDD<T> shared = work.withResources(new ResourceProfileBuilder().require(task).build());
      listener.message(
          "each task takes %s of a GPU, since %s is not set".formatted(text(share), TASK_GPUS));
      return shared;
    } catch (RuntimeException e) {
      listener.message(
          "%s is set, but not %s, and this cluster manager has no other way to give tasks a GPU (%s); tasks go round the GPUs that they see"
              .formatted(EXECUTOR_GPUS, TASK_GPUS, e.getMessage()));
      return work;
    }
  }

  private static String text(double share) {
    return share == 1 ? "one" : "1/" + Math.round(1 / share);
  }
}
