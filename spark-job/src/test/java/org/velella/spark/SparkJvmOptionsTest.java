package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The JVM of our tests is the JVM that Spark starts, so that tests show what users get. */
class SparkJvmOptionsTest {
  private static List<String> ofSpark() {
    return List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+"));
  }

  @Test
  void buildGivesExactlySparksOptions() {
    List<String> ours = List.of(System.getProperty("tests.jvm.options", "").split("\\s+"));
    assertThat(ours).containsExactlyInAnyOrderElementsOf(ofSpark());
  }

  @Test
  void thisJvmWasStartedWithThem() {
    assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments()).containsAll(ofSpark());
  }
}
