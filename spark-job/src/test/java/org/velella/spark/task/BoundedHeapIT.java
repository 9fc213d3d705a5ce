package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;

/** Recording any number of steps takes no more heap than recording a few. */
class BoundedHeapIT {
  private static final int STEPS = 4_000;
  private static final int EVERY = 400;
  private static final int HEAP_MIB = 96;

  /** Of the peak of the shorter run; the longer one gets no heap for more. */
  private static final double MOST = 1.1;

  /** Small, so that what lives has to be in the rest. */
  private static final int YOUNG_MIB = 4;

  private static final Pattern PEAK =
      Pattern.compile("peak (\\d+) intervals (\\d+) collections (\\d+)");

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER)
  Path folder;

  private Matcher run(int steps, int heapMib) throws IOException, InterruptedException {
    List<String> command = ChildJvm.java();
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + heapMib + "m"));
    command.addAll(List.of("-Xmn" + YOUNG_MIB + "m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(HeapOfRun.class.getName(), folder.toString(), "" + steps, "" + EVERY));
    Path log = folder.resolve("heap" + steps + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    String text = Files.readString(log);
    assertThat(code).as(text).isZero();
    Matcher found = PEAK.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return found;
  }

  /**
   * 40 samples with 8 traced values of 2 variables in every step, besides spikes: kept on the heap,
   * a row of a trace takes its values, an array's header and a reference to it, and 40,000 steps of
   * that would not fit, least of all into the little more than the shorter run's peak that the
   * longer one gets.
   */
  @Test
  void aRunTenTimesAsLongHasTheSameHeap() throws Exception {
    long kept = 8 * Float.BYTES + 2 * (16 + Integer.BYTES);
    assertThat(10L * STEPS * 40 * kept).isGreaterThan((long) HEAP_MIB << 20);
    Matcher once = run(STEPS, HEAP_MIB);
    double peak = Long.parseLong(once.group(1));
    int enough = (int) Math.ceil(MOST * peak / (1 << 20)) + YOUNG_MIB;
    assertThat(enough).isLessThan(HEAP_MIB);
    Matcher tenTimes = run(10 * STEPS, enough);
    System.out.println(
        "measured: peak of %s bytes in %s collections; ten times as long, %s in %s, with -Xmx%dm"
            .formatted(once.group(1), once.group(3), tenTimes.group(1), tenTimes.group(3), enough));
    assertThat(Integer.parseInt(once.group(2))).isEqualTo(STEPS / EVERY);
    assertThat(Integer.parseInt(tenTimes.group(2))).isEqualTo(10 * STEPS / EVERY);
    assertThat(Integer.parseInt(once.group(3))).isGreaterThan(STEPS / EVERY);
    assertThat((double) Long.parseLong(tenTimes.group(1)))
        .as("peak heap of %d and %d steps, in bytes", 10 * STEPS, STEPS)
        .isCloseTo(peak, within((MOST - 1) * peak));
  }
}
