package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;
import org.velella.spark.store.FaultyDisk;
import org.velella.testkit.Seeded;

/**
 * Calls of every kind of storage fail in a whole run: see {@link EveryCall}. A JVM has its disk
 * from its beginning, so they do so in one of their own.
 */
class EveryCallFailsIT {
  @TempDir private Path folder;

  @Seeded
  void ofDiskHdfsAndS3(SplittableRandom random) throws IOException, InterruptedException {
    // The JVM loads the disk before anything else, so that its classes come first.
    List<String> command = ChildJvm.java();
    command.addAll(
        List.of(ChildJvm.SHORT_LIVED, "-XX:+UseParallelGC", "-Xmx1g", FaultyDisk.OPTION));
    command.add("-Dvelella.every-way=" + EveryCall.ALL);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(EveryCall.class.getName(), folder.toString()));
    command.add(Long.toString(random.nextLong()));
    Path log = folder.resolve("calls.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code;
    try {
      code = process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(log);
    List<String> measured = lines.stream().filter(line -> line.startsWith("measured: ")).toList();
    measured.forEach(System.out::println);
    assertThat(code).as(String.join("\n", lines)).isZero();
    assertThat(measured).hasSize(4);
  }
}
