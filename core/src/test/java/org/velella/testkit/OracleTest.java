package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class OracleTest {
  @TempDir Path folder;

  @Test
  void findsDataBesideTheProjectFromAnyFolderInIt() throws IOException {
    Path module = Files.createDirectories(folder.resolve("project/core/src"));
    Files.createDirectories(folder.resolve("project/.mvn"));
    Files.createFile(folder.resolve("project/pom.xml"));
    Files.createFile(folder.resolve("project/core/pom.xml"));
    Path file = folder.resolve("shared/oracle/nir/a.nir");
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertThat(Oracle.find(module, "nir/a.nir")).isEqualTo(file);
    assertThat(Oracle.find(module, "nir/b.nir")).isNull();
  }

  @Test
  void findsNothingOutsideAProject() {
    assertThat(Oracle.find(folder, "nir/a.nir")).isNull();
  }

  @Test
  void testWithoutItsDataIsSkippedWithTheReason() {
    assertThatThrownBy(() -> Oracle.path("no/such.file"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("shared/oracle/no/such.file is not here");
  }
}
