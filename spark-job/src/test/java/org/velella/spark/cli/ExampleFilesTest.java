package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The committed example is what its generator makes. After a change of the generator, {@code
 * -Dexample.rewrite=true} writes the files anew.
 */
class ExampleFilesTest {
  private static final Path EXAMPLE = Path.of("example");

  @TempDir private Path folder;

  @Test
  void generatorGivesTheCommittedFiles() throws IOException {
    if (Boolean.getBoolean("example.rewrite")) {
      ExampleFiles.write(EXAMPLE);
    }
    ExampleFiles.write(folder);
    assertThat(Files.readAllBytes(EXAMPLE.resolve("events.npy")))
        .isEqualTo(Files.readAllBytes(folder.resolve("events.npy")));
    assertThat(datasets(EXAMPLE.resolve("orientations.nir")))
        .hasSizeGreaterThan(30)
        .isEqualTo(datasets(folder.resolve("orientations.nir")));
  }

  @Test
  void trainingGivesTheCommittedNetwork() throws IOException {
    if (Boolean.getBoolean("example.rewrite")) {
      BarsTraining.write(EXAMPLE);
    }
    BarsTraining.write(folder);
    assertThat(datasets(EXAMPLE.resolve("bars.nir")))
        .hasSizeGreaterThan(20)
        .isEqualTo(datasets(folder.resolve("bars.nir")));
  }

  /** Path of every dataset with its shape and values. */
  private static Map<String, String> datasets(Path file) {
    Map<String, String> found = new TreeMap<>();
    try (HdfFile hdf = new HdfFile(file)) {
      collect(hdf, found);
    }
    return found;
  }

  private static void collect(Group group, Map<String, String> found) {
    for (Node node : group) {
      if (node instanceof Group child) {
        collect(child, found);
      } else if (node instanceof Dataset dataset) {
        String values = Arrays.deepToString(new Object[] {dataset.getData()});
        found.put(
            dataset.getPath(),
            dataset.getJavaType() + Arrays.toString(dataset.getDimensions()) + values);
      }
    }
  }
}
