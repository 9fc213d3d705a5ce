package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.Manifest;
import org.velella.spark.ChildJvm;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The whole command {@code simulate}, driver and task in one small heap. */
class SimulateSmallHeapIT {
  private static final int HEAP_MIB = 128;
  private static final int SAMPLES = 40;
  private static final int STEPS = 10_000;
  private static final int EVERY = 1_000;

  /**
   * Of what lives in the shorter run in nine of ten looks. The highest looks of all fall into
   * moments of Spark's own, and are mostly not of the same ones in two runs.
   */
  private static final double MOST = 1.1;

  private static final double MOST_PEAK = 1.2;

  /** Between two looks; what a look finds dead may be gone only at the next one. */
  private static final int MILLIS = 100;

  private static final Pattern LIVE = Pattern.compile("mostly (\\d+) peak (\\d+) looks (\\d+)");

  @TempDir Path folder;

  /** What lives in nine of ten looks, and at most. */
  private long[] live(int steps) throws IOException, InterruptedException {
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + HEAP_MIB + "m"));
    // What is only cached does not count, and would be there longer in a longer run.
    command.addAll(List.of("-XX:SoftRefLRUPolicyMSPerMB=0", "-cp", ChildJvm.classPath()));
    command.add(HeapOfCommand.class.getName());
    command.addAll(List.of("" + MILLIS, "simulate"));
    command.addAll(List.of("--network", TestNetwork.write(folder).toString(), "--dt=1e-4"));
    command.addAll(List.of("--input", held().toString(), "--steps=" + steps, "--show=0"));
    command.addAll(List.of("--record=spikes,v:hidden,v:readout", "--checkpoint-every=" + EVERY));
    command.addAll(List.of("--output", folder.resolve("run" + steps).toString()));
    command.addAll(List.of("--backend=scalar", "--range-size=" + SAMPLES, "--master=local[1]"));
    // Spark sets 300 MB aside for itself, and does not start with less than half as much again.
    command.add("--conf=spark.testing.reservedMemory=" + (8 << 20));
    Path log = folder.resolve("log" + steps);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(Files.readString(log)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(log);
    assertThat(process.exitValue()).as(text).isZero();
    Matcher found = LIVE.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    System.out.println("measured: " + steps + " steps as a command, " + found.group());
    assertThat(Integer.parseInt(found.group(3))).isGreaterThan(10);
    return new long[] {Long.parseLong(found.group(1)), Long.parseLong(found.group(2))};
  }

  /** One value for each input of each sample, the same in all steps: [N, F]. */
  private Path held() {
    float[] values = new float[SAMPLES * TestNetwork.INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + ((i / TestNetwork.INPUTS + 2 * i) % 5) * 0.3f;
    }
    return TestRuns.write(
        folder.resolve("held.npy"), Tensor.of(Shape.of(SAMPLES, TestNetwork.INPUTS), values));
  }

  /**
   * 40 samples with 8 traced values of 2 variables in every step, besides spikes. Kept on the heap
   * in the longer run, a row of a trace takes its values, an array's header and a reference to it,
   * for which the heap has no room.
   */
  @Test
  void aRunTenTimesAsLongHasTheSameHeap() throws Exception {
    long kept = 8 * Float.BYTES + 2 * (16 + Integer.BYTES);
    assertThat(10L * STEPS * SAMPLES * kept).isGreaterThan((long) HEAP_MIB << 20);
    long[] once = live(STEPS);
    long[] tenTimes = live(10 * STEPS);
    assertThat((double) tenTimes[0])
        .as("heap of %d steps; of %d it is %d bytes", 10 * STEPS, STEPS, once[0])
        .isLessThan(MOST * once[0]);
    assertThat((double) tenTimes[1])
        .as("peak of %d steps; of %d it is %d bytes", 10 * STEPS, STEPS, once[1])
        .isLessThan(MOST_PEAK * once[1]);
    Path run = folder.resolve("run" + 10 * STEPS);
    Manifest manifest = TestRuns.manifest(run);
    assertThat(manifest.isComplete()).isTrue();
    assertThat(manifest.ranges()).hasSize(1);
    Dataset<Row> traces = TestSpark.session().read().parquet(run.resolve("traces").toString());
    assertThat(traces.count()).isEqualTo(10L * STEPS * SAMPLES * 2);
  }
}
