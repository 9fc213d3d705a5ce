package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.FakeS3;
import org.velella.spark.store.StoreFaults;
import org.velella.spark.store.StoreFaults.Kind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/**
 * A whole run of the real job, whose k-th call of the storage fails, for every k and in every way.
 * The same command then finishes it, with the undisturbed hash.
 */
class EveryCallFailsIT {
  private static final int STEPS = 12;
  private static final int SAMPLES = 3;
  private static final boolean ALL_WAYS = Boolean.getBoolean("velella.every-way");

  /** Intervals of the one range at work: the one computed and the one being saved. */
  private static final long LOSS = 2;

  @TempDir private Path folder;

  private SparkSession spark;

  @BeforeEach
  void fakes() {
    spark = TestSpark.session();
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    FakeHdfs.configure(conf);
    FakeS3.configure(conf);
  }

  private RunConfig config(String output) {
    int[][] rows =
        Arrays.stream(TestRuns.eventRows(STEPS))
            .filter(row -> row[0] < SAMPLES)
            .toArray(int[][]::new);
    int[] flat = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    Path input = folder.resolve("few.npy");
    if (!input.toFile().exists()) {
      TestNetwork.write(folder);
      TestRuns.write(input, Tensor.of(Shape.of(rows.length, 3), flat));
    }
    return RunConfig.builder()
        .network(folder.resolve("network.nir").toString())
        .input(input.toString())
        .samples(SAMPLES)
        .output(output)
        .steps(STEPS)
        .checkpointEvery(STEPS / 2)
        .record("spikes")
        .backend(FaultyBackend.NAME)
        .partitions(1)
        .rangeSize(2)
        .build();
  }

  private String hash(String output) {
    return RunHash.of(
        new org.apache.hadoop.fs.Path(output), spark.sparkContext().hadoopConfiguration());
  }

  private void run(String output) {
    SimulateJob.run(spark, config(output), RunListener.SILENT);
  }

  /** Each call fails once: in every way if asked for, else in one that is drawn. */
  private void everyCall(String place, StoreFaults faults, SplittableRandom random) {
    faults.failAt(Kind.BEFORE, 0);
    FaultyBackend.countAnew();
    run(place + "/whole");
    long needed = FaultyBackend.chunksRun();
    long most = 0;
    long calls = faults.requests();
    assertThat(calls).isGreaterThan(40);
    String expected = hash(place + "/whole");
    int survived = 0;
    int runs = 0;
    for (long k = 1; k <= calls; k++) {
      for (Kind kind : ALL_WAYS ? Kind.values() : drawn(random)) {
        String output = "%s/%s-%d".formatted(place, kind, k);
        FaultyBackend.countAnew();
        faults.failAt(kind, k);
        survived += survives(output, faults) ? 1 : 0;
        runs++;
        String failed = faults.failed();
        faults.failAt(kind, 0);
        run(output);
        assertThat(hash(output)).as("%s at call %d: %s", kind, k, failed).isEqualTo(expected);
        assertThat(spark.sparkContext().isStopped()).isFalse();
        long repeated = FaultyBackend.chunksRun() - needed;
        assertThat(repeated).as("%s at call %d: %s", kind, k, failed).isBetween(0L, LOSS);
        most = Math.max(most, repeated);
      }
    }
    Measured.print(
        "%s: each of %d calls failed, in %d runs, of which %d went on all the same; at most %d intervals of %d were repeated, bound %d"
            .formatted(
                place.substring(0, place.indexOf(':')), calls, runs, survived, most, needed, LOSS));
  }

  private static Kind[] drawn(SplittableRandom random) {
    return new Kind[] {Kind.values()[random.nextInt(Kind.values().length)]};
  }

  /** Whether a run ends well although a call fails; if not, it says what a user can act on. */
  private boolean survives(String output, StoreFaults faults) {
    try {
      run(output);
      return true;
    } catch (RuntimeException e) {
      assertThat(e.getMessage()).as(faults.failed()).isNotBlank().doesNotContain("null");
      return false;
    }
  }

  @Seeded
  void hdfs(SplittableRandom random) {
    everyCall("hdfs://every" + folder, FakeHdfs.faults("every"), random);
  }

  @Seeded
  void s3(SplittableRandom random) {
    FakeS3.clear("every");
    everyCall("s3a://every", FakeS3.faults("every"), random);
  }
}
