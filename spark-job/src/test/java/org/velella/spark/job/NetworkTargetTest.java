package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;

class NetworkTargetTest {
  @TempDir Path folder;

  @Test
  void nirIsNotSavedAsItsNotesWouldBeLost() {
    Path file = folder.resolve("a.nir");
    assertThatThrownBy(() -> NetworkTarget.save(TestSpark.session(), "{}", file.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("neither its convention nor dt")
        .hasMessageContaining("velella convert network");
    assertThat(file).doesNotExist();
  }
}
