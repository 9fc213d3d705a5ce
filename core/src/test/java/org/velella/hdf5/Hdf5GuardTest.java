package org.velella.hdf5;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class Hdf5GuardTest {
  @Test
  void memoryThatRanOutIsNotCalledDamage() {
    OutOfMemoryError none = new OutOfMemoryError("Java heap space");
    assertThatThrownBy(
            () ->
                Hdf5Guard.run(
                    IllegalStateException.class,
                    () -> {
                      throw none;
                    }))
        .isInstanceOf(Hdf5Exception.class)
        .hasCause(none)
        .hasMessage(
            "it did not fit in memory (Java heap space); give more heap, unless the file is damaged");
  }
}
