package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a reader may not do is found. */
class FuzzTest {
  private static final List<byte[]> GOOD = List.of("a good file".getBytes(StandardCharsets.UTF_8));

  private static int run(Fuzz.Reader reader) {
    return Fuzz.run(new SplittableRandom(7), GOOD, reader, List.of(IOException.class), 50);
  }

  @Test
  void countsWhatIsRead() {
    int[] calls = {0};
    int read =
        run(
            bytes -> {
              if (++calls[0] % 2 == 0) {
                throw new IOException("documented");
              }
            });
    assertThat(calls[0]).isEqualTo(50);
    assertThat(read).isEqualTo(25);
  }

  @Test
  void findsAnExceptionThatNobodyDocuments() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> run(bytes -> List.of().get(bytes.length)))
        .withMessageContainingAll("Input 0 gave", "IndexOutOfBounds");
  }

  @Test
  void findsATextWhoseReaderThrows() {
    int[] drawn = {0};
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                Fuzz.runTexts(
                    () -> "text" + drawn[0]++,
                    text -> {
                      if (text.equals("text3")) {
                        throw new IllegalStateException("no");
                      }
                    }))
        .withMessageContainingAll("Text 3 gave", "IllegalStateException", "text3");
    assertThat(drawn[0]).isEqualTo(4);
  }

  @Test
  void drawsAsManyTextsAsEachReaderGets() {
    int[] read = {0};
    Fuzz.runTexts(() -> "text", text -> read[0]++);
    assertThat(read[0]).isEqualTo(Fuzz.COUNT);
  }

  @Test
  void findsAnAllocationBeyondTheFilesSize() {
    byte[][] kept = {null};
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> run(bytes -> kept[0] = new byte[4 << 20]))
        .withMessageContaining("bytes took");
  }

  /** It is left alone, and told where it was. */
  @Test
  void findsAReaderThatNeverComesBack() {
    CountDownLatch never = new CountDownLatch(1);
    long hang = TimeUnit.MILLISECONDS.toNanos(300);
    try {
      assertThatThrownBy(
              () ->
                  Fuzz.run(
                      new SplittableRandom(7), GOOD, bytes -> never.await(), List.of(), 50, hang))
          .isInstanceOf(AssertionError.class)
          .hasMessageContainingAll("Input 0", "has not ended after 0.3 s", "CountDownLatch.await");
    } finally {
      never.countDown();
    }
  }
}
