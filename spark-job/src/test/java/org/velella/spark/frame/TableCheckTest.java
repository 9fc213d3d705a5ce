package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.simulate.OutputMetrics;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class TableCheckTest {
  private static final OutputMetrics ISI = OutputMetrics.parse("isi");

  @TempDir Path folder;

  private Path results(String name, OutputMetrics metrics, int prediction) throws IOException {
    ResultColumns columns = ResultColumns.plain(metrics);
    Map<String, Tensor> kept =
        Map.of(
            OutputMetrics.SPIKE_COUNTS, Tensor.of(Shape.of(1, 2), new int[] {3, 1}),
            OutputMetrics.FIRST_SPIKE_STEP, Tensor.of(Shape.of(1, 2), new int[] {2, 5}),
            OutputMetrics.LAST_SPIKE_STEP, Tensor.of(Shape.of(1, 2), new int[] {9, 5}),
            OutputMetrics.INTERVAL_SQUARES, Tensor.zeros(DType.INT64, Shape.of(1, 2)));
    Path file = folder.resolve(name);
    try (TableFile table = TableFile.create(columns, file)) {
      table.write(
          cells -> {
            cells.put(0, 0L);
            cells.put(1, 7L);
            cells.put(columns.column(2), new int[] {3, 1}, 0, 2);
            cells.put(columns.column(3), new int[] {2, 5}, 0, 2);
            cells.put(columns.column(4), prediction);
            cells.put(columns.column(5), 10L);
            columns.metrics(cells, kept, 0, 10, 1e-3);
          });
    }
    return file;
  }

  private boolean isSame(Path file, Path made) throws IOException {
    return TableCheck.isSame(
        new org.apache.hadoop.fs.Path(file.toUri()), made, new Configuration());
  }

  /** As a version wrote it that did not have all columns yet. */
  @Test
  void fileWithFewerColumnsIsComparedByThose() throws IOException {
    Path made = results("made", ISI, 0);
    assertThat(isSame(results("few", OutputMetrics.PLAIN, 0), made)).isTrue();
    assertThat(isSame(results("other", OutputMetrics.PLAIN, 1), made)).isFalse();
    assertThat(isSame(made, results("fewer", OutputMetrics.PLAIN, 0)))
        .as("columns that nobody has asked for")
        .isFalse();
    assertThat(isSame(results("again", ISI, 0), made)).isTrue();
  }

  private Path rates(String name, int dictionaryBytes, double last) throws IOException {
    ResultColumns columns = ResultColumns.plain(OutputMetrics.PLAIN);
    Path file = folder.resolve(name);
    try (TableFile table = TableFile.create(columns, file, 1 << 20, dictionaryBytes)) {
      for (int row = 0; row < 300; row++) {
        int sample = row;
        table.write(
            cells -> {
              cells.put(0, 0L);
              cells.put(1, (long) sample);
              cells.put(columns.column(5), 10L);
              cells.put(columns.column(6), sample == 299 ? last : sample % 100 / 8.0);
            });
      }
    }
    return file;
  }

  /** As a version wrote it that kept larger dictionaries. */
  @Test
  void fileThatIsEncodedInAnotherWayIsComparedByItsRows() throws IOException {
    Path made = rates("made", 256, 5);
    Path other = rates("dictionary", 1 << 20, 5);
    assertThat(Files.mismatch(made, other)).as("first byte that differs").isNotNegative();
    assertThat(isSame(other, made)).isTrue();
    assertThat(isSame(rates("changed", 1 << 20, 6), made)).isFalse();
  }
}
