package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.RunTables;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Inputs of test runs, and what runs left behind, to compare. */
public final class TestRuns {
  public static final int SAMPLES = 23;

  private TestRuns() {}

  /** A configuration of the test network on its events; 6 ranges of up to 4 samples. */
  public static RunConfig.Builder config(Path folder, String output, long steps) {
    return RunConfig.builder()
        .network(TestNetwork.write(folder).toString())
        .input(events(folder, 1000).toString())
        .samples(SAMPLES)
        .output(folder.resolve(output).toString())
        .steps(steps)
        .backend("scalar")
        .rangeSize(4)
        .tileSize(3);
  }

  /** Events of 23 samples, always the same; samples 5 and 22 have none. */
  public static int[][] eventRows(int steps) {
    SplittableRandom random = new SplittableRandom(7);
    List<int[]> rows = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      for (int sample = 0; sample < SAMPLES - 1; sample++) {
        if (sample != 5 && random.nextInt(3) == 0) {
          rows.add(new int[] {sample, step, random.nextInt(TestNetwork.INPUTS)});
        }
      }
    }
    return rows.toArray(int[][]::new);
  }

  /** An event table file of {@link #eventRows}. */
  public static Path events(Path folder, int steps) {
    int[][] rows = eventRows(steps);
    int[] flat = new int[rows.length * 3];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = rows[i / 3][i % 3];
    }
    return write(folder.resolve("events.npy"), Tensor.of(Shape.of(rows.length, 3), flat));
  }

  /** Writes a tensor as a {@code .npy} file. */
  public static Path write(Path file, Tensor tensor) {
    try {
      return Files.write(file, Npy.toBytes(tensor));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A listener that keeps the messages. */
  public static RunListener collecting(List<String> messages) {
    return new RunListener() {
      @Override
      public void message(String line) {
        messages.add(line);
      }
    };
  }

  /** Copies a run's directory. */
  public static void copy(Path from, Path to) {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of a run's network. */
  public static Path networkFile(Path run) {
    try (Stream<Path> files = Files.list(run.resolve("_run"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("network-"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a run's status file. */
  public static String status(Path run) {
    try {
      return Files.readString(run.resolve("_run/status.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #status}; empty if the run has none. */
  public static String statusIfAny(Path run) {
    return Files.exists(run.resolve("_run/status.json")) ? status(run) : "";
  }

  /** Asserts that nobody holds a lease of a run, and nobody has left one. */
  public static void assertNoLeases(Path run) throws IOException {
    if (!Files.exists(run.resolve("_run/lease"))) {
      return;
    }
    try (Stream<Path> leases = Files.list(run.resolve("_run/lease"))) {
      for (Path lease : leases.toList()) {
        assertThat(Files.readString(lease)).contains("\"released\":1");
      }
    }
  }

  /** The last committed manifest of a run. */
  public static Manifest manifest(Path run) {
    try {
      return new ManifestLog(new LocalCheckpointStore(run)).latest().orElseThrow().manifest();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last committed states of a run's ranges. */
  public static List<RangeState> states(Path run) {
    Manifest manifest = manifest(run);
    List<RangeState> states = new ArrayList<>();
    for (RangeEntry entry : manifest.ranges()) {
      try {
        states.add(
            RangeFile.read(
                new LocalCheckpointStore(run), manifest.run(), entry.current().orElseThrow()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return states;
  }

  /** Results byte for byte, and final memories bit for bit. */
  public static void assertSameRun(Path expected, Path actual) {
    assertThat(files(actual.resolve("results"))).isEqualTo(files(expected.resolve("results")));
    List<RangeState> theirs = states(expected);
    List<RangeState> ours = states(actual);
    assertThat(ours).hasSameSizeAs(theirs);
    for (int r = 0; r < ours.size(); r++) {
      assertThat(ours.get(r).range()).isEqualTo(theirs.get(r).range());
      assertThat(ours.get(r).step()).isEqualTo(theirs.get(r).step());
      assertThat(ours.get(r).sampleIds().longs()).isEqualTo(theirs.get(r).sampleIds().longs());
      assertSame(theirs.get(r).memories(), ours.get(r).memories());
      assertSame(theirs.get(r).accumulators(), ours.get(r).accumulators());
    }
  }

  private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            assertThat(actual.get(name).bitEquals(tensor))
                .as("%s: %s, expected %s", name, actual.get(name), tensor)
                .isTrue());
  }

  /** Names and contents of a folder's files. */
  private static Map<String, String> files(Path folder) {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        files.put(
            path.getFileName().toString(),
            java.util.HexFormat.of().formatHex(Files.readAllBytes(path)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(files).isNotEmpty();
    return files;
  }

  /** The spikes of a run, sorted. */
  public static List<String> spikes(SparkSession spark, Path run) {
    return rows(RunTables.open(spark, run.toString()).spikes());
  }

  /** The traces of a run, sorted. */
  public static List<String> traces(SparkSession spark, Path run) {
    return rows(RunTables.open(spark, run.toString()).traces());
  }

  /** The rows of a table as text, sorted. */
  public static List<String> rows(Dataset<Row> table) {
    return table.toJSON().collectAsList().stream().sorted().toList();
  }
}
