package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;
import org.velella.testkit.Seeded;

/**
 * F6 to F8: saved states that are cut off, changed, lost, or of another run, in a run that is
 * finished and in one that is not. The same command falls back, for each such file, by one interval
 * of that range; what other ranges have done stays done.
 */
class DamagedStatesIT {
  private static final int RANGE = FaultCluster.RANGE;

  /** Work that one file fewer of a range costs. */
  private static final long INTERVAL = (long) FaultCluster.EVERY * RANGE;

  /** Of 88, in tiles and intervals, before the run is broken off; every range has two states. */
  private static final long CHUNKS = 60;

  @TempDir private static Path folder;

  private static String expected;
  private static FaultFolder work;
  private static int copies;

  @BeforeAll
  static void runs() throws IOException {
    work = new FaultFolder(Files.createDirectories(folder.resolve("work")));
    work.reset();
    System.setProperty(FaultFolder.PROPERTY, work.path().toString());
    SimulateJob.run(TestSpark.session(), config("whole", "scalar"), RunListener.SILENT);
    expected = RunHash.of(folder.resolve("whole"));
    SimulateJob.run(TestSpark.session(), config("other", "scalar"), RunListener.SILENT);
    FaultyBackend.failAfter(CHUNKS);
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(
            () ->
                SimulateJob.run(
                    TestSpark.session(), config("broken", FaultyBackend.NAME), RunListener.SILENT));
    FaultyBackend.failNever();
  }

  @AfterAll
  static void nobodyCounts() {
    System.clearProperty(FaultFolder.PROPERTY);
  }

  private static RunConfig config(String output, String backend) {
    return TestRuns.config(folder, output, FaultCluster.STEPS)
        .checkpointEvery(FaultCluster.EVERY)
        .record(FaultCluster.RECORD)
        .backend(backend)
        .build();
  }

  /** Does something to the files of a run; gives what that may cost. */
  private interface Damage {
    long to(Path run) throws IOException;
  }

  /** Both runs, damaged and finished by the same command. */
  private static void assertMended(String fault, Damage damage) throws IOException {
    for (String base : List.of("whole", "broken")) {
      Path run = folder.resolve(base + copies++);
      TestRuns.copy(folder.resolve(base), run);
      long needed = FaultCluster.NEEDED - SavedWork.sampleSteps(run);
      long bound = damage.to(run);
      work.reset();
      SimulateJob.run(
          TestSpark.session(),
          config(run.getFileName().toString(), ProbeBackend.NAME),
          RunListener.SILENT);
      long repeated = work.workDone() - needed;
      Measured.print(fault + ", run " + base, repeated, bound, needed);
      assertThat(RunHash.of(run)).as(fault).isEqualTo(expected);
      assertThat(RunHash.orphans(run)).as(fault).isEmpty();
      assertThat(repeated).as(fault).isBetween(0L, bound);
    }
  }

  /** The newest states of a range that has several, newest first. */
  private static List<Path> states(Path run, SplittableRandom random) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve(RangeFileName.DIRECTORY))) {
      List<Path> all =
          files
              .filter(file -> name(file) != null)
              .sorted(
                  Comparator.comparing((Path file) -> name(file).range())
                      .thenComparing(file -> -name(file).step()))
              .toList();
      List<SampleRange> several =
          all.stream()
              .map(file -> name(file).range())
              .distinct()
              .filter(range -> states(all, range).size() > 2)
              .toList();
      return states(all, several.get(random.nextInt(several.size())));
    }
  }

  private static List<Path> states(List<Path> all, SampleRange range) {
    return all.stream().filter(file -> name(file).range().equals(range)).toList();
  }

  private static RangeFileName name(Path file) {
    return RangeFileName.parse(file.getFileName().toString()).orElse(null);
  }

  @Seeded
  void f6CutOff(SplittableRandom random) throws IOException {
    assertMended(
        "f6 a state cut off",
        run -> {
          Path newest = states(run, random).get(0);
          byte[] bytes = Files.readAllBytes(newest);
          Files.write(newest, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
          return INTERVAL;
        });
  }

  private static void flip(Path file, SplittableRandom random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
  }

  @Seeded
  void f7OneBitFlipped(SplittableRandom random) throws IOException {
    assertMended(
        "f7 a state with a flipped bit",
        run -> {
          flip(states(run, random).get(0), random);
          return INTERVAL;
        });
  }

  @Seeded
  void f7TwoStatesOfOneRange(SplittableRandom random) throws IOException {
    assertMended(
        "f7 two states of a range",
        run -> {
          List<Path> states = states(run, random);
          flip(states.get(0), random);
          flip(states.get(1), random);
          return 2 * INTERVAL;
        });
  }

  /** What leads from the manifest before to the newest states is there as long as it is needed. */
  @Seeded
  void f7NewestManifest(SplittableRandom random) throws IOException {
    assertMended(
        "f7 the newest manifest",
        run -> {
          try (Stream<Path> files = Files.list(run.resolve("checkpoint/manifests"))) {
            flip(files.max(Comparator.naturalOrder()).orElseThrow(), random);
            return 0;
          }
        });
  }

  @Seeded
  void f8Missing(SplittableRandom random) throws IOException {
    assertMended(
        "f8 a state missing",
        run -> {
          Files.delete(states(run, random).get(0));
          return INTERVAL;
        });
  }

  /** Another run's state under the name of the newest, and states that nobody has asked for. */
  @Seeded
  void f8OfAnotherRun(SplittableRandom random) throws IOException {
    assertMended(
        "f8 a state of another run in its place",
        run -> {
          Path newest = states(run, random).get(0);
          Files.copy(other(name(newest).range()), newest, StandardCopyOption.REPLACE_EXISTING);
          return INTERVAL;
        });
    assertMended(
        "f8 a state of another run beside",
        run -> {
          Path file = other(name(states(run, random).get(0)).range());
          Files.copy(file, run.resolve(RangeFileName.DIRECTORY).resolve(file.getFileName()));
          return 0;
        });
  }

  /** The other run's last state of a range. */
  private static Path other(SampleRange range) throws IOException {
    try (Stream<Path> files =
        Files.list(folder.resolve("other").resolve(RangeFileName.DIRECTORY))) {
      return files
          .filter(file -> name(file).range().equals(range))
          .max(Comparator.comparing(file -> name(file).step()))
          .orElseThrow();
    }
  }
}
