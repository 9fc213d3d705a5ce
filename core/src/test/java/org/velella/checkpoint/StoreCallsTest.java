package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreCallsTest {
  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 65, 1000})
  void everyFileGetsItsCallOnce(int count) throws IOException {
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    StoreCalls.forEach(numbers(count), file -> assertThat(seen.add(file)).isTrue());
    assertThat(seen).hasSize(count);
  }

  /** Calls wait for each other here, so one after the other they would never end. */
  @Test
  void manyCallsAreUnderWayAtOnce() throws IOException {
    CyclicBarrier together = new CyclicBarrier(32);
    StoreCalls.forEach(
        numbers(320),
        file -> {
          try {
            together.await(30, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    assertThat(together.isBroken()).isFalse();
  }

  @Test
  void aFailedCallIsThrownAndNoFurtherOneBegins() {
    AtomicInteger calls = new AtomicInteger();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                StoreCalls.forEach(
                    numbers(100_000),
                    file -> {
                      calls.incrementAndGet();
                      if (file == 100) {
                        throw new IOException("call 100");
                      }
                      // So long that all others cannot be done before the failure is known.
                      LockSupport.parkNanos(1_000_000);
                    }))
        .withMessage("call 100");
    assertThat(calls.get()).isLessThan(100_000);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () ->
                StoreCalls.forEach(
                    numbers(100), file -> CheckpointStore.requirePath("../" + file)));
  }
}
