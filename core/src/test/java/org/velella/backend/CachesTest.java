package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachesTest {
  private static void cache(Path folder, int index, String level, String type, String size)
      throws IOException {
    Path cache = Files.createDirectories(folder.resolve("index" + index));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }

  @Test
  void readsWhatLinuxLists(@TempDir Path folder) throws IOException {
    cache(folder, 0, "1", "Data", "48K");
    cache(folder, 1, "1", "Instruction", "64K");
    cache(folder, 2, "2", "Unified", "2M");
    cache(folder, 3, "3", "Unified", "32M");
    assertThat(Caches.read(folder)).isEqualTo(new Caches(48 << 10, 2 << 20));
  }

  @Test
  void whatIsNotToldIsThatOfACommonCore(@TempDir Path folder) throws IOException {
    assertThat(Caches.read(folder.resolve("missing"))).isEqualTo(new Caches(32 << 10, 1 << 20));
    cache(folder, 0, "2", "Unified", "a lot");
    assertThat(Caches.read(folder)).isEqualTo(new Caches(32 << 10, 1 << 20));
  }
}
