package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.FakeS3;
import org.velella.spark.store.FaultyDisk;
import org.velella.spark.store.StoreFaults.Kind;
import org.velella.testkit.Seeded;

/** Every call of every kind of storage fails once in a whole run: see {@link EveryCall}. */
class EveryCallFailsIT {
  private static final List<Kind> KINDS = List.of(Kind.values());

  /** Calls that the build lets fail, drawn anew each time. */
  private static final int HDFS = 100;

  private static final int S3 = 100;
  private static final int DISK = 50;

  @TempDir private Path folder;

  @BeforeEach
  void fakes() {
    Configuration conf = TestSpark.session().sparkContext().hadoopConfiguration();
    FakeHdfs.configure(conf);
    FakeS3.configure(conf);
  }

  @Seeded
  void hdfs(SplittableRandom random) {
    new EveryCall(folder, "hdfs://every" + folder, FakeHdfs.faults("every"), KINDS)
        .fail(HDFS, random);
  }

  @Seeded
  void s3(SplittableRandom random) {
    FakeS3.clear("every");
    new EveryCall(folder, "s3a://every", FakeS3.faults("every"), KINDS).fail(S3, random);
  }

  /** A JVM has its disk from its beginning, so this takes one of its own. */
  @Seeded
  void disk(SplittableRandom random) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tests.jvm.options").split(" ")));
    command.addAll(List.of("-Xmx1g", FaultyDisk.OPTION));
    command.add("-Dvelella.every-way=" + EveryCall.ALL);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(EveryCall.class.getName(), folder.toString()));
    command.addAll(List.of(Integer.toString(DISK), Long.toString(random.nextLong())));
    Path log = folder.resolve("disk.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code;
    try {
      code = process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(log);
    assertThat(code).as(String.join("\n", lines)).isZero();
    assertThat(lines)
        .filteredOn(line -> line.startsWith("measured: "))
        .singleElement()
        .satisfies(System.out::println);
  }
}
