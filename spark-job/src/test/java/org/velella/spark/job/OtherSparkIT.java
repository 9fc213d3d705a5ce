package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Software;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.RunHash;

/**
 * What one line of Spark began, another one finishes. The runs that were begun lie under {@code
 * golden-runs}, with how they were made; these tests run on every line that the build knows.
 */
class OtherSparkIT {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden-runs");
  private static final Pattern CREATOR = Pattern.compile("parquet-mr version ([0-9.]+)");
  private static final long BEGUN_STEPS = 60;
  private static final long STEPS = 100;

  @TempDir static Path folder;
  private static Path whole;

  @AfterEach
  void failNever() {
    FaultyBackend.failNever();
  }

  private static RunConfig.Builder config(Path network, Path output) {
    return RunConfig.builder()
        .network(network.toString())
        .input("poisson:rate=3000")
        .inputFormat("stimulus")
        .samples(6)
        .seed(41)
        .output(output.toString())
        .checkpointEvery(20)
        .record("spikes,v:readout")
        .backend(FaultyBackend.NAME)
        .partitions(1)
        .rangeSize(2)
        .tileSize(2);
  }

  @ParameterizedTest
  @CsvSource({"3.5, 1.13.1", "4.2, 1.17.0"})
  void runThatAnotherSparkBeganEndsAsIfThisOneHad(String line, String parquet) throws IOException {
    Path golden = GOLDEN.resolve("spark-" + line);
    assertBegunOn(line, parquet, golden);
    Path resumed = folder.resolve("resumed-" + line);
    TestRuns.copy(golden, resumed);
    FaultyBackend.countAnew();
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(resumed.toString())
            .moreSteps(STEPS - BEGUN_STEPS)
            .backend(FaultyBackend.NAME)
            .build());
    // Intervals of 20 steps: the ranges stood at steps 60, 20 and 0 of 100. None is done again.
    assertThat(FaultyBackend.chunksRun()).isEqualTo(2 + 4 + 5);

    Path expected = whole(TestRuns.networkFile(golden));
    TestRuns.assertSameRun(expected, resumed);
    assertThat(RunHash.of(resumed)).isEqualTo(RunHash.of(expected));
    assertThat(RunHash.orphans(resumed)).isEmpty();
    assertThat(rows(resumed, "spikes")).isGreaterThan(rows(golden, "spikes"));
    assertThat(rows(resumed, "traces")).isGreaterThan(rows(golden, "traces"));
  }

  /** The run that nobody stops, of the Spark at hand; all runs of these tests are the same one. */
  private static Path whole(Path network) {
    if (whole == null) {
      whole = folder.resolve("whole");
      SimulateJob.run(TestSpark.session(), config(network, whole).steps(STEPS).build());
    }
    assertThat(TestRuns.networkFile(whole)).hasFileName(network.getFileName().toString());
    return whole;
  }

  /** How many rows of a kind a run has recorded. */
  private static long rows(Path run, String kind) {
    return TestRuns.manifest(run).ranges().stream()
        .flatMap(range -> range.recordings().stream())
        .filter(recording -> recording.kind().equals(kind))
        .mapToLong(Recording::rows)
        .sum();
  }

  private static void assertBegunOn(String line, String parquet, Path golden) throws IOException {
    assertThat(provenance(golden).configuration().get("spark.version")).startsWith(line + ".");
    assertThat(parquetOf(golden)).containsExactly(parquet);
    // Ranges that were not begun are not listed.
    assertThat(TestRuns.manifest(golden).ranges())
        .extracting(RangeEntry::step)
        .containsExactly(BEGUN_STEPS, 20L);
    assertThat(rows(golden, "spikes")).isGreaterThan(100);
    assertThat(rows(golden, "traces")).isGreaterThan(100);
    assertThat(golden.resolve("results")).doesNotExist();
  }

  /** The versions of Parquet that wrote a run's recordings, which is what Spark brought. */
  private static Set<String> parquetOf(Path run) throws IOException {
    Set<String> versions = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(run.resolve("_attempts"))) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        Matcher creator = CREATOR.matcher(Files.readString(file, ISO_8859_1));
        assertThat(creator.find()).as("a creator in %s", file).isTrue();
        versions.add(creator.group(1));
      }
    }
    return versions;
  }

  private static RunProvenance provenance(Path run) throws IOException {
    return RunProvenance.fromJson(Files.readAllBytes(run.resolve("_run/run.json")));
  }

  /** Begins the run anew on the Spark at hand, and keeps it without what tells of the machine. */
  @Test
  @EnabledIfSystemProperty(named = "velella.golden", matches = "make")
  void makeAnew() throws IOException {
    String[] version = TestSpark.session().version().split("\\.");
    Path golden = GOLDEN.resolve("spark-" + version[0] + "." + version[1]);
    assertThat(golden).as("delete it first").doesNotExist();
    Path target = Files.createDirectories(Path.of("target", "golden-runs"));
    Path run = Files.createTempDirectory(target, "run").resolve("run");
    FaultyBackend.failAfter(4);
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(
            () ->
                SimulateJob.run(
                    TestSpark.session(),
                    config(TestNetwork.write(target), run).steps(BEGUN_STEPS).build()));
    copyFiles(run, golden);
    Files.write(golden.resolve("_run/run.json"), ofNoMachine(provenance(run)).toJson());
  }

  /**
   * Without the place of the network's file, which the run has a copy of, and the kernel's name.
   */
  private static RunProvenance ofNoMachine(RunProvenance run) {
    SortedMap<String, String> configuration = new TreeMap<>(run.configuration());
    configuration.put("network", "network.nir");
    Software software = run.software();
    return new RunProvenance(
        run.started(),
        new Software(software.velella(), software.java(), "Linux amd64", software.nd4j()),
        run.numerics(),
        run.backend(),
        run.convention(),
        run.dt(),
        run.seed(),
        run.digests(),
        configuration);
  }

  /** As version control keeps them, without empty folders; and without the lease, which is over. */
  private static void copyFiles(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        if (!path.startsWith(from.resolve("_run/lease"))) {
          Files.createDirectories(copy.getParent());
          Files.copy(path, copy);
        }
      }
    }
  }
}
