package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.simulate.OutputMetrics;
import org.velella.spark.TestSpark;
import org.velella.testkit.Seeded;

/** What tables' files hold, as Spark and as Parquet's own reader see it. */
class TableFileIT {
  private static final String LIST = "spike_counts.list.element";

  private static final long GROUP_BYTES = 1 << 20;

  @TempDir Path folder;

  /** One for each row; null: none. */
  private final List<int[]> lists = new ArrayList<>();

  private final List<double[]> means = new ArrayList<>();

  /**
   * Lists of one length, as a run's are, or of several, with empty ones and rows without; so many
   * that there are several pages, and by {@code width} several row groups.
   */
  private void draw(SplittableRandom random, int rows, int width) {
    boolean even = random.nextBoolean();
    for (int row = 0; row < rows; row++) {
      int length = even ? width : random.nextInt(2 * width);
      int kind = even ? 9 : random.nextInt(10);
      int[] list = kind == 0 ? null : new int[kind == 1 ? 0 : length];
      double[] mean = kind == 0 ? null : new double[list.length % 4];
      for (int i = 0; list != null && i < list.length; i++) {
        list[i] = random.nextInt();
      }
      for (int i = 0; mean != null && i < mean.length; i++) {
        mean[i] = random.nextBoolean() ? Double.NaN : random.nextDouble();
      }
      lists.add(list);
      means.add(mean);
    }
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    ResultColumns columns = ResultColumns.plain(OutputMetrics.parse("isi"));
    try (TableFile table = TableFile.create(columns, file, GROUP_BYTES)) {
      for (int row = 0; row < lists.size(); row++) {
        int at = row;
        table.write(
            cells -> {
              cells.put(0, 7L);
              cells.put(1, (long) at);
              if (lists.get(at) != null) {
                cells.put(2, lists.get(at), 0, lists.get(at).length);
                cells.put(7, means.get(at));
              }
              cells.put(5, 3L * at);
            });
      }
      assertThat(table.rows()).isEqualTo(lists.size());
    }
    return file;
  }

  private static org.apache.parquet.io.InputFile input(Path file) throws IOException {
    return HadoopInputFile.fromPath(
        new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false));
  }

  @Seeded(times = 2)
  void sparkReadsWhatWasWritten(SplittableRandom random) throws IOException {
    draw(random, random.nextInt(1, 3000), random.nextInt(1, 400));
    Path file = write("rows.parquet");
    List<Row> rows =
        TestSpark.session()
            .read()
            .parquet(file.toString())
            .orderBy("sample_id")
            .select("sample_id", "spike_counts", "isi_mean", "steps", "first_spike_step")
            .collectAsList();
    assertThat(rows).hasSize(lists.size());
    for (int at = 0; at < rows.size(); at++) {
      Row row = rows.get(at);
      int[] list = lists.get(at);
      assertThat(row.getLong(0)).isEqualTo(at);
      assertThat(row.isNullAt(1)).isEqualTo(list == null);
      if (list != null) {
        assertThat(row.getList(1)).isEqualTo(Arrays.stream(list).boxed().toList());
        assertThat(row.getList(2))
            .isEqualTo(
                Arrays.stream(means.get(at))
                    .mapToObj(mean -> Double.isNaN(mean) ? null : mean)
                    .toList());
      }
      assertThat(row.getLong(3)).isEqualTo(3L * at);
      assertThat(row.isNullAt(4)).isTrue();
    }
  }

  @Seeded(times = 2)
  void parquetReadsWhatWasWritten(SplittableRandom random) throws IOException {
    draw(random, random.nextInt(1, 3000), random.nextInt(1, 400));
    try (ParquetReader<Group> reader =
        ParquetReader.builder(
                new GroupReadSupport(), new org.apache.hadoop.fs.Path(write("a").toUri()))
            .build()) {
      for (int[] list : lists) {
        Group row = reader.read();
        if (list == null) {
          assertThat(row.getFieldRepetitionCount("spike_counts")).isZero();
          continue;
        }
        Group found = row.getGroup("spike_counts", 0);
        int[] values = new int[found.getFieldRepetitionCount(0)];
        Arrays.setAll(values, i -> found.getGroup(0, i).getInteger(0, 0));
        assertThat(values).isEqualTo(list);
      }
      assertThat(reader.read()).isNull();
    }
  }

  /** Row groups are bounded, and say of every column what it holds. */
  @Seeded(times = 1)
  void rowGroupsAndTheirStatistics(SplittableRandom random) throws IOException {
    draw(random, 60, 30_000);
    Path file = write("large.parquet");
    try (ParquetFileReader reader = ParquetFileReader.open(input(file))) {
      int at = 0;
      assertThat(reader.getRowGroups()).hasSizeGreaterThan(2);
      for (BlockMetaData group : reader.getRowGroups()) {
        List<int[]> mine = lists.subList(at, at + (int) group.getRowCount());
        at += (int) group.getRowCount();
        ColumnChunkMetaData column =
            group.getColumns().stream()
                .filter(each -> each.getPath().toDotString().equals(LIST))
                .findFirst()
                .orElseThrow();
        assertThat(column.getTotalUncompressedSize()).isLessThan(2 * GROUP_BYTES);
        IntStatistics statistics = (IntStatistics) column.getStatistics();
        int[] all = mine.stream().filter(Objects::nonNull).flatMapToInt(Arrays::stream).toArray();
        // The last group may be a few rows without a number.
        assertThat(statistics.hasNonNullValue()).isEqualTo(all.length > 0);
        if (all.length > 0) {
          assertThat(statistics.getMin()).isEqualTo(Arrays.stream(all).min().getAsInt());
          assertThat(statistics.getMax()).isEqualTo(Arrays.stream(all).max().getAsInt());
        }
        assertThat(statistics.getNumNulls())
            .isEqualTo(mine.stream().filter(list -> list == null || list.length == 0).count());
        assertThat(column.getValueCount()).isEqualTo(all.length + statistics.getNumNulls());
      }
      assertThat(at).isEqualTo(lists.size());
    }
    assertThat(file).hasSameBinaryContentAs(write("again.parquet"));
  }

  @Test
  void aRowWithoutAKeyIsRefused() throws IOException {
    try (TableFile table = TableFile.create(RunTable.RESULTS, folder.resolve("none"))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> table.write(cells -> cells.put(0, 7L)))
          .withMessageContaining("sample_id");
    }
  }
}
