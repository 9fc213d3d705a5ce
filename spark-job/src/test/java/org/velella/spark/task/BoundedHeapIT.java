package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording any number of steps takes no more heap than recording a few. */
class BoundedHeapIT {
  private static final int STEPS = 4_000;
  private static final int EVERY = 400;
  private static final int HEAP_MIB = 96;
  private static final Pattern LIVE = Pattern.compile("live (\\d+) intervals (\\d+)");

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER)
  Path folder;

  private Matcher run(int steps) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tests.jvm.options").split(" ")));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + HEAP_MIB + "m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(HeapOfRun.class.getName(), folder.toString(), "" + steps, "" + EVERY));
    Path log = folder.resolve("heap" + steps + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    String text = Files.readString(log);
    assertThat(code).as(text).isZero();
    Matcher found = LIVE.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return found;
  }

  /**
   * 40 samples with 8 traced values of 2 variables in every step, besides spikes: kept on the heap,
   * a row of a trace takes its values, an array's header and a reference to it, and 40,000 steps of
   * that would not fit.
   */
  @Test
  void aRunTenTimesAsLongHasTheSameHeap() throws Exception {
    long kept = 8 * Float.BYTES + 2 * (16 + Integer.BYTES);
    assertThat(10L * STEPS * 40 * kept).isGreaterThan((long) HEAP_MIB << 20);
    Matcher once = run(STEPS);
    Matcher tenTimes = run(10 * STEPS);
    assertThat(Integer.parseInt(once.group(2))).isEqualTo(STEPS / EVERY);
    assertThat(Integer.parseInt(tenTimes.group(2))).isEqualTo(10 * STEPS / EVERY);
    double shorter = Long.parseLong(once.group(1));
    assertThat((double) Long.parseLong(tenTimes.group(1)))
        .as("live heap after %d and %d steps, in bytes", 10 * STEPS, STEPS)
        .isCloseTo(shorter, within(0.1 * shorter));
  }
}
