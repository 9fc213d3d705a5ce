package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuSharesTest {
  private static SparkConf gpus(int amount) {
    return new SparkConf(false).set("spark.executor.resource.gpu.amount", "" + amount);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 4, 0.25", "2, 4, 0.5", "2, 3, 0.5", "4, 2, 1", "8, 64, 0.125"})
  void everyCoreGetsAShare(int gpus, int cores, double share) {
    SparkConf conf = gpus(gpus).set("spark.executor.cores", "" + cores);
    assertThat(GpuShares.share(conf, 2)).isEqualTo(share);
    // Spark takes no share between a half and a whole.
    assertThat(share <= 0.5 || share == 1).isTrue();
  }

  @Test
  void tasksOfSeveralCoresAreFewer() {
    SparkConf conf = gpus(1).set("spark.executor.cores", "8").set("spark.task.cpus", "4");
    assertThat(GpuShares.share(conf, 2)).isEqualTo(0.5);
  }

  @Test
  void unknownCoresMakeAsManyAsThereArePermits() {
    assertThat(GpuShares.share(gpus(1), 2)).isEqualTo(0.5);
    assertThat(GpuShares.share(gpus(1), 1)).isEqualTo(1);
  }

  @Test
  void nothingIsAskedForWhereTheUserHasSaidIt() {
    assertThat(GpuShares.share(new SparkConf(false), 2)).isZero();
    SparkConf said = gpus(1).set("spark.task.resource.gpu.amount", "0.5");
    assertThat(GpuShares.share(said, 2)).isZero();
  }
}
