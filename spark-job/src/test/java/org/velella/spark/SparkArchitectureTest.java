package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.velella.spark.store.RunStores;
import org.velella.testkit.HouseRules;
import org.velella.testkit.Rooms;
import org.velella.testkit.SourceTree;

class SparkArchitectureTest {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final JavaClasses SPARK = HouseRules.besides(RunStores.class);

  /** A task runs where there is no session; driver things stay on the driver. */
  private static ArchRule noDriverThings(String packages) {
    return HouseRules.neverNamed(
        packages,
        "org.apache.spark..",
        List.of("SparkSession", "SparkContext", "JavaSparkContext", "SQLContext"));
  }

  /** One jar runs on Spark 3.5 to 4.2 as long as it keeps to the API that they share. */
  private static ArchRule nothingOfOneSparkLineOnly() {
    return HouseRules.onlyPackageMayUse("none", "org.apache.spark.sql.classic..");
  }

  /** Scala's collections changed between 2.12 and 2.13, the two that Spark 3.5 comes with. */
  private static ArchRule noScalaCollections() {
    return HouseRules.onlyPackageMayUse("none", "scala.collection..");
  }

  /** What an accumulator sums up, tasks that are tried again add to more than once. */
  private static ArchRule noAccumulators() {
    return HouseRules.neverNamed(
        "org.velella.spark..",
        "org.apache.spark.util..",
        List.of("AccumulatorV2", "LongAccumulator", "DoubleAccumulator", "CollectionAccumulator"));
  }

  @Test
  void reportedNumbersComeFromNoAccumulators() {
    noAccumulators().check(SPARK);
  }

  @Test
  void roomsUseOnlyRoomsBelowThem() {
    Rooms.VELELLA.rule().check(SPARK);
  }

  @Test
  void houseRulesHold() {
    HouseRules.everywhere().check(SPARK);
  }

  @Test
  void tasksUseNoDriverThings() {
    noDriverThings("org.velella.spark.task..").check(SPARK);
  }

  @Test
  void oneJarForAllSparkLines() {
    nothingOfOneSparkLineOnly().check(SPARK);
    noScalaCollections().check(SPARK);
  }

  @Test
  void sessionWhereItDoesNotBelongIsCaught() {
    JavaClasses tests = HouseRules.besides(SparkArchitectureTest.class);
    assertThatThrownBy(() -> noDriverThings("org.velella.spark..").check(tests))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Planted.session");
    assertThatThrownBy(() -> noScalaCollections().check(tests))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Planted.names");
    assertThatThrownBy(() -> noAccumulators().check(tests))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Planted.sum");
  }

  /** Breaks three rules on purpose. */
  static final class Planted {
    SparkSession session;
    scala.collection.Seq<String> names;
    org.apache.spark.util.LongAccumulator sum;
  }

  @Test
  void everyFileIsShortAndDone() {
    assertThat(SourceTree.fileFaults(SOURCES)).isEmpty();
  }
}
