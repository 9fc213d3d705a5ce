package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;
import org.velella.spark.TestSpark;
import org.velella.spark.task.TaskSpec;

class SentSpecTest {
  private static SentSpec spec() {
    TaskSpec tasks =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .identity("sent", new TreeMap<>())
            .steps(7, 0)
            .build();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
    return new SentSpec(spark, tasks, new Spending(Budget.NONE));
  }

  @Test
  void allStagesReadTheSameUntilItIsClosed() {
    SentSpec spec = spec();
    Broadcast<TaskSpec> sent = spec.get();
    assertThat(spec.get()).isSameAs(sent);
    assertThat(sent.value().targetSteps()).isEqualTo(spec.targetSteps()).isEqualTo(7);
    spec.close();
    assertThatThrownBy(sent::value).hasMessageContaining("destroyed");
    spec.close();
  }

  @Test
  void nothingIsSentThatNoTaskNeeds() {
    SentSpec spec = spec();
    spec.close();
    assertThat(spec.targetSteps()).isEqualTo(7);
  }
}
