package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CommitStateUnknownException;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.FakeS3;
import org.velella.spark.store.FaultyDisk;
import org.velella.spark.store.StoreFaults;
import org.velella.spark.store.StoreFaults.Kind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A whole run of the real job, whose k-th call of the storage fails. If the run does not go on all
 * the same, the same command finishes it; either way it has the undisturbed hash, and nothing that
 * no manifest lists stays.
 */
final class EveryCall {
  private static final int STEPS = 12;
  private static final int SAMPLES = 3;

  /** Intervals that may be repeated: none, as a save that fails is tried again. */
  private static final long LOSS = 0;

  /** Of a disk's calls, those at which the build interrupts the caller, drawn anew each time. */
  private static final int INTERRUPTED = 60;

  /**
   * Of the calls that are to fail, some may not be made: how many there are is a matter of time.
   */
  private static final double REACHED = 0.9;

  /** All of it: every call in every way, and every run once more. */
  static final boolean ALL = Boolean.getBoolean("velella.every-way");

  private final Path folder;
  private final String place;
  private final StoreFaults faults;
  private final List<Kind> kinds;
  private final SparkSession spark = TestSpark.session();

  private String expected;
  private long needed;
  private long most;
  private int survived;
  private int reached;
  private int runs;

  /**
   * @param folder for the input
   * @param place where the runs are to lie
   * @param kinds the ways in which calls fail there
   */
  EveryCall(Path folder, String place, StoreFaults faults, List<Kind> kinds) {
    this.folder = folder;
    this.place = place;
    this.faults = faults;
    this.kinds = kinds;
  }

  private RunConfig config(String output) {
    Path input = folder.resolve("few.npy");
    if (!input.toFile().exists()) {
      int[][] rows =
          Arrays.stream(TestRuns.eventRows(STEPS))
              .filter(row -> row[0] < SAMPLES)
              .toArray(int[][]::new);
      int[] flat = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
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

  private void run(String output) {
    SimulateJob.run(spark, config(output), RunListener.SILENT);
  }

  private Configuration conf() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private String hash(String output) {
    return RunHash.of(new org.apache.hadoop.fs.Path(output), conf());
  }

  private List<String> orphans(String output) {
    return RunHash.orphans(new org.apache.hadoop.fs.Path(output), conf());
  }

  /** Lets each call fail once, in one way that is drawn; or in every way, if all is asked for. */
  void fail(SplittableRandom random) {
    // The first run of a JVM is slow, and makes calls that only slow runs make.
    run(place + "/first");
    faults.failAt(Kind.BEFORE, 0);
    FaultyBackend.countAnew();
    run(place + "/whole");
    needed = FaultyBackend.chunksRun();
    int calls = Math.toIntExact(faults.requests());
    assertThat(calls).isGreaterThan(40);
    expected = hash(place + "/whole");
    List<Integer> all = new ArrayList<>();
    for (int k = 1; k <= calls; k++) {
      all.add(k);
    }
    Collections.shuffle(all, new Random(random.nextLong()));
    for (int k : all) {
      for (Kind kind : ALL ? kinds : List.of(kinds.get(random.nextInt(kinds.size())))) {
        disturbed(kind, k);
      }
    }
    Measured.print(
        "%s: all %d calls failed, in %d runs of %d, of which %d went on all the same; at most %d intervals of %d were repeated, bound %d"
            .formatted(
                place.substring(0, place.indexOf(':')),
                calls,
                reached,
                runs,
                survived,
                most,
                needed,
                LOSS));
    assertThat(reached).as("runs in which the call was made").isGreaterThan((int) (REACHED * runs));
  }

  /**
   * Interrupts the thread that has called the job at each call of the storage, as its own failure
   * of a file that it writes just then, or as a failure of what it waits for. The run is left in
   * order, and the thread knows of its interrupt.
   *
   * @param drawn at how many calls, unless all are asked for
   */
  void interrupt(int drawn, SplittableRandom random) throws IOException {
    reached = 0;
    survived = 0;
    runs = 0;
    faults.failAt(Kind.BEFORE, 0);
    run(place + "/again");
    int calls = Math.toIntExact(faults.requests());
    List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, calls).boxed().toList());
    Collections.shuffle(all, new Random(random.nextLong()));
    for (int k : all.subList(0, ALL ? calls : drawn)) {
      interrupted(k);
    }
    Measured.print(
        "%s: a caller was interrupted at %d of %d calls, %d of which went on all the same"
            .formatted(place.substring(0, place.indexOf(':')), reached, calls, survived));
    assertThat(reached).isGreaterThan((int) (REACHED * runs));
    assertThat(survived).isLessThan(reached);
  }

  private void interrupted(int k) throws IOException {
    String output = "%s/interrupted-%d".formatted(place, k);
    Path run = Path.of(output.substring(output.indexOf(':') + 1));
    FaultyBackend.countAnew();
    faults.interruptAt(Thread.currentThread(), k);
    String ends = "";
    try {
      run(output);
    } catch (RuntimeException e) {
      ends = e.getMessage();
    }
    String at = "at call %d of %s: %s".formatted(k, faults.failed(), ends);
    assertThat(Thread.interrupted()).as(at).isEqualTo(!faults.failed().isEmpty());
    reached += faults.failed().isEmpty() ? 0 : 1;
    survived += ends.isEmpty() ? 1 : 0;
    faults.heal();
    String status = TestRuns.statusIfAny(run);
    if (ends.isEmpty()) {
      assertThat(status).as(at).contains("\"finished\"");
      assertThat(hash(output)).as(at).isEqualTo(expected);
    } else {
      assertThat(ends)
          .as(at)
          .isEqualTo(
              "Interrupted; what was saved is kept, and the same command goes on from there");
      assertThat(status).as(at).doesNotContain("\"running\"", "\"failed\"", "\"finished\"");
    }
    TestRuns.assertNoLeases(run);
    run(output);
    assertThat(hash(output)).as(at).isEqualTo(expected);
    assertThat(orphans(output)).as(at).isEmpty();
    assertThat(FaultyBackend.chunksRun() - needed).as(at).isBetween(0L, LOSS);
    runs++;
  }

  private void disturbed(Kind kind, int k) {
    String output = "%s/%s-%d".formatted(place, kind, k);
    FaultyBackend.countAnew();
    faults.failAt(kind, k);
    boolean survives = survives(output);
    String failed = "%s at call %d: %s".formatted(kind, k, faults.failed());
    reached += faults.failed().isEmpty() ? 0 : 1;
    faults.heal();
    if (survives) {
      survived++;
      assertThat(hash(output)).as(failed).isEqualTo(expected);
    }
    // What is not collected in a run that ends well goes when the same command finds it complete.
    if (ALL || !survives || !orphans(output).isEmpty()) {
      run(output);
      assertThat(hash(output)).as(failed).isEqualTo(expected);
      assertThat(orphans(output)).as(failed).isEmpty();
    }
    assertThat(spark.sparkContext().isStopped()).isFalse();
    long repeated = FaultyBackend.chunksRun() - needed;
    assertThat(repeated).as(failed).isBetween(0L, LOSS);
    most = Math.max(most, repeated);
    runs++;
  }

  /**
   * Whether a run ends well although a call fails; if not, it says what a user can act on. That is
   * never another writer (exit code 4), nor a damaged checkpoint (5), nor wrong input (2): nobody
   * else writes, nothing is damaged, and the same command goes on.
   */
  private boolean survives(String output) {
    try {
      run(output);
      return true;
    } catch (RuntimeException e) {
      assertThat(e)
          .as(faults.failed())
          .isInstanceOfAny(
              RunFailedException.class,
              UncheckedIOException.class,
              CommitStateUnknownException.class);
      assertThat(e.getMessage()).as(faults.failed()).isNotBlank().doesNotContain("null");
      return false;
    }
  }

  /**
   * All kinds of storage, in a JVM that was started with {@link FaultyDisk#OPTION}.
   *
   * @param args a folder, and the generator's seed
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).toRealPath();
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
    Configuration conf = TestSpark.session().sparkContext().hadoopConfiguration();
    FakeHdfs.configure(conf);
    FakeS3.configure(conf);
    // A disk refuses, or has done what it was told when it fails; it does nothing later.
    List<Kind> ofDisks = List.of(Kind.BEFORE, Kind.AFTER);
    Path runs = folder.resolve("runs");
    EveryCall disk = new EveryCall(folder, "file:" + runs, FaultyDisk.faults(runs), ofDisks);
    disk.fail(random);
    disk.interrupt(INTERRUPTED, random);
    List<Kind> all = List.of(Kind.values());
    String hdfs = "hdfs://every" + folder;
    new EveryCall(folder, hdfs, FakeHdfs.faults("every"), all).fail(random);
    new EveryCall(folder, "s3a://every", FakeS3.faults("every"), all).fail(random);
    TestSpark.session().stop();
  }
}
