package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;
import org.velella.spark.TestSpark;

class BroadcastsTest {
  private static Broadcast<String> sent() {
    return JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext()).broadcast("value");
  }

  @Test
  void anInterruptedThreadDestroysAndStaysInterrupted() {
    Broadcast<String> sent = sent();
    Thread.currentThread().interrupt();
    try {
      Broadcasts.destroy(sent);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThatThrownBy(sent::value).hasMessageContaining("destroyed");
  }

  /** Spark throws if there is nothing to destroy any more. */
  @Test
  void failuresTakeNothingsPlace() {
    Broadcast<String> sent = sent();
    sent.destroy();
    assertThatThrownBy(sent::destroy).hasMessageContaining("destroyed");
    Broadcasts.destroy(sent);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anotherOneDoesNotBecomeInterrupted() {
    Broadcast<String> sent = sent();
    Broadcasts.destroy(sent);
    assertThat(Thread.interrupted()).isFalse();
    assertThatThrownBy(sent::value).hasMessageContaining("destroyed");
  }
}
