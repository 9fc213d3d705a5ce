package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.Manifest;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.FaultFolder;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Runs that may spend only so much stop in order, and the same command goes on. */
class BudgetIT {
  private static final int STEPS = 200;
  private static final int EVERY = 50;

  @TempDir Path folder;

  @AfterEach
  void fast() {
    System.clearProperty(FaultyBackend.MILLIS);
    System.clearProperty(FaultFolder.PROPERTY);
  }

  private CommandLineRun simulate(String output, Path input, String... more) {
    return run("simulate", output, input, more);
  }

  private CommandLineRun sweep(String output, Path input, String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.add("--grid=hidden.tau=0.001,0.002,0.003");
    return run("sweep", output, input, args.toArray(String[]::new));
  }

  private CommandLineRun run(String command, String output, Path input, String... more) {
    TestSpark.session();
    List<String> args =
        new ArrayList<>(
            List.of(command, "--network", TestNetwork.write(folder).toString(), "--input"));
    args.addAll(List.of(input.toString(), "--steps", "" + STEPS));
    args.addAll(List.of("--tile-size", "4", "--output", folder.resolve(output).toString()));
    args.addAll(List.of("--show", "0"));
    args.addAll(Arrays.asList(more));
    for (String usual : List.of("--range-size=4", "--checkpoint-every=" + EVERY)) {
      if (args.stream().noneMatch(each -> each.startsWith(usual.replaceFirst("=.*", "=")))) {
        args.add(usual);
      }
    }
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  /** Two tasks at a time, and an interval takes 0.5 s: all of it would take 6 s. */
  @Test
  void whenTimeIsSpentTasksSaveAndTheRunGoesOn() {
    Path events = TestRuns.events(folder, STEPS);
    String samples = "--samples=" + TestRuns.SAMPLES;
    assertThat(simulate("whole", events, samples, "--backend=scalar").exitCode()).isZero();
    System.setProperty(FaultyBackend.MILLIS, "500");
    CommandLineRun limited =
        simulate("run", events, samples, "--backend=faulty", "--time-limit=2s");
    System.clearProperty(FaultyBackend.MILLIS);
    assertThat(limited.exitCode()).as(limited.err()).isEqualTo(7);
    assertThat(limited.err())
        .contains("The time limit of 2 s is spent", "the same command goes on from there")
        .doesNotContain("\tat ");
    Path run = folder.resolve("run");
    assertThat(TestRuns.status(run)).contains("\"interrupted\"", "time limit of 2 s");
    Manifest manifest = TestRuns.manifest(run);
    assertThat(manifest.isComplete()).isFalse();
    assertThat(manifest.ranges()).isNotEmpty();
    CommandLineRun again = simulate("run", events, samples, "--backend=scalar", "--time-limit=1d");
    assertThat(again.exitCode()).as(again.err()).isZero();
    TestRuns.assertSameRun(folder.resolve("whole"), run);
  }

  /**
   * Of a sweep a sample counts once for each trial that it fails in: three trials on 11 samples, of
   * which three are bad, have nine failures. Two tasks at a time have 0.2 s for each of at least 4
   * intervals of 9 ranges: all of it would take 3.6 s.
   */
  @Test
  void sweepsStopInOrderAndGoOnToTheSameBits() {
    Path dense = badSamples();
    assertThat(sweep("whole", dense, "--backend=scalar").exitCode()).isEqualTo(3);
    System.setProperty(FaultyBackend.MILLIS, "200");
    CommandLineRun limited = sweep("run", dense, "--backend=faulty", "--time-limit=1s");
    System.clearProperty(FaultyBackend.MILLIS);
    assertThat(limited.exitCode()).as(limited.err()).isEqualTo(7);
    Path run = folder.resolve("run");
    assertThat(TestRuns.status(run)).contains("\"interrupted\"", "\"trials\":3");
    assertThat(TestRuns.manifest(run).isComplete()).isFalse();
    CommandLineRun stopped = sweep("run", dense, "--backend=scalar", "--max-failures=8");
    assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
    assertThat(stopped.err())
        .contains("9 samples have failed, and --max-failures is 8", "sample 2: ")
        .doesNotContain("\tat ");
    CommandLineRun allowed = sweep("run", dense, "--backend=scalar", "--max-failures=9");
    assertThat(allowed.exitCode()).as(allowed.err()).isEqualTo(3);
    assertThat(TestRuns.status(run)).contains("\"failures\":9", "\"failed_trials\":3");
    TestRuns.assertSameRun(folder.resolve("whole"), run);
  }

  /** 11 samples, each with spikes, of which 2, 3 and 9 cannot be used. */
  private Path badSamples() {
    int samples = 11;
    int width = STEPS * TestNetwork.INPUTS;
    float[] values = new float[samples * width];
    for (int at = 0; at < values.length; at += 3) {
      values[at] = 1;
    }
    for (int bad : new int[] {2, 3, 9}) {
      values[bad * width + 5] = Float.NaN;
    }
    return TestRuns.write(
        folder.resolve("dense.npy"),
        Tensor.of(Shape.of(STEPS, samples, TestNetwork.INPUTS), timeFirst(values, samples)));
  }

  @Test
  void oneFailureTooManyStopsTheRun() {
    Path dense = badSamples();
    CommandLineRun stopped = simulate("run", dense, "--backend=scalar", "--max-failures=2");
    assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
    assertThat(stopped.err())
        .contains("3 samples have failed, and --max-failures is 2", "sample 2: ", "sample 9: ")
        .doesNotContain("\tat ");
    assertThat(TestRuns.status(folder.resolve("run"))).contains("\"failed\"", "\"failures\":3");
    // Nothing is computed to find out that it still cannot go on.
    assertThat(simulate("run", dense, "--backend=scalar", "--max-failures=0").exitCode())
        .isEqualTo(1);
    CommandLineRun allowed = simulate("run", dense, "--backend=scalar", "--max-failures=3");
    assertThat(allowed.exitCode()).as(allowed.err()).isEqualTo(3);
    assertThat(allowed.out()).contains("8 samples simulated to step 200", "3 failed");
  }

  /**
   * Two tasks simulate one sample after the other, each of which takes 0.8 s or more. One comes to
   * the bad ones after two good ones, so the driver finds out while both have much to do, and they
   * save what they are at, so that nothing is computed twice.
   */
  @Test
  void failuresOfSomeCostOthersNothing() throws IOException {
    Path dense = badSamples();
    FaultFolder work = new FaultFolder(Files.createDirectories(folder.resolve("faults")));
    work.reset();
    System.setProperty(FaultFolder.PROPERTY, work.path().toString());
    System.setProperty(FaultyBackend.MILLIS, "800");
    String[] rest = {
      "--backend=faulty", "--partitions=2", "--checkpoint-every=0", "--range-size=1"
    };
    CommandLineRun stopped = simulate("run", dense, with("--max-failures=1", rest));
    System.clearProperty(FaultyBackend.MILLIS);
    assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
    assertThat(stopped.err()).contains("samples have failed, and --max-failures is 1");
    assertThat(TestRuns.manifest(folder.resolve("run")).isComplete()).isFalse();
    assertThat(simulate("run", dense, with("--max-failures=3", rest)).exitCode()).isEqualTo(3);
    assertThat(work.workDone()).isEqualTo(8L * STEPS);
  }

  private static String[] with(String first, String... rest) {
    return Stream.concat(Stream.of(first), Arrays.stream(rest)).toArray(String[]::new);
  }

  /** From samples first, as the test sets them, to steps first, as files have them. */
  private static float[] timeFirst(float[] values, int samples) {
    float[] turned = new float[values.length];
    int inputs = TestNetwork.INPUTS;
    for (int n = 0; n < samples; n++) {
      for (int at = 0; at < STEPS * inputs; at++) {
        int step = at / inputs;
        turned[(step * samples + n) * inputs + at % inputs] = values[n * STEPS * inputs + at];
      }
    }
    return turned;
  }

  @Test
  void budgetsThatMakeNoSenseAreRefused() {
    Path nothing = folder.resolve("none.npy");
    assertThat(simulate("run", nothing, "--time-limit=soon").err())
        .contains("--time-limit is soon; give a time such as 90s");
    assertThat(simulate("run", nothing, "--time-limit=0s").exitCode()).isEqualTo(2);
    assertThat(simulate("run", nothing, "--max-failures=-1").err())
        .contains("--max-failures is -1; give how many samples may fail, 0 or more");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
