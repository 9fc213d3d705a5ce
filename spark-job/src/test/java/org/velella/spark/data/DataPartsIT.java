package org.velella.spark.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.dataset.Binning;
import org.velella.dataset.EventShape;
import org.velella.spark.TestSpark;
import org.velella.spark.store.HadoopConf;

/** A file that is cut into parts gives the rows of the whole one. */
class DataPartsIT {
  private static final Path GOLDEN =
      Path.of("..", "core", "src", "test", "resources", "golden", "datasets");

  @TempDir Path folder;

  private static List<String> rows(DataReading reading, List<DataPart> parts) {
    var spark = TestSpark.session().sparkContext();
    HadoopConf conf = new HadoopConf(spark.hadoopConfiguration());
    List<Row> rows =
        JavaSparkContext.fromSparkContext(spark)
            .parallelize(new ArrayList<>(parts), parts.size())
            .mapPartitions(new PartRows(reading, conf))
            .collect();
    List<String> texts = new ArrayList<>();
    for (Row row : rows) {
      String values =
          row.get(1) instanceof float[] floats
              ? java.util.Arrays.toString(floats)
              : List.of((Row[]) row.get(1)).toString();
      texts.add(row.getLong(0) + " " + values + " " + row.get(2));
    }
    return texts;
  }

  /**
   * Cuts a small file as one of one part, two and four parts, and twice so that ids go on.
   *
   * @param labels the file of labels, or an empty text
   */
  private static void assertSameRows(DataReading reading, Path file, String labels, int samples) {
    List<String> whole = null;
    for (int pieces : new int[] {1, 2, 4}) {
      SourceFile source =
          new SourceFile(file.toUri().toString(), (pieces - 1) * DataPlan.PART_BYTES, -1, labels);
      List<DataPart> parts =
          DataPlan.parts(reading.format(), List.of(source, source), new long[] {samples, samples});
      assertThat(parts).hasSize(2 * Math.min(pieces, samples));
      List<String> rows = rows(reading, parts);
      whole = whole == null ? rows : whole;
      assertThat(rows).isEqualTo(whole);
    }
    assertThat(whole).hasSize(2 * samples).doesNotHaveDuplicates();
  }

  private static DataReading values(DataFormat format, Integer... axes) {
    return new DataReading(format, false, null, null, List.of(axes), "first");
  }

  @Test
  void imagesOfIdx() throws IOException {
    Path plain = folder.resolve("digits-idx3-ubyte");
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(GOLDEN.resolve("digits-idx3-ubyte.gz")))) {
      Files.copy(in, plain);
    }
    String labels = GOLDEN.resolve("digits-idx1-ubyte").toAbsolutePath().toUri().toString();
    assertSameRows(values(DataFormat.IDX, 1, 3, 2), plain, labels, 4);
  }

  @Test
  void entriesOfNpy() {
    assertSameRows(values(DataFormat.NPY, 6), GOLDEN.resolve("dense.npy").toAbsolutePath(), "", 4);
  }

  @Test
  void spikesOfHdf5() throws IOException {
    Binning steps = new Binning.Steps(new BigDecimal("0.001"));
    DataReading reading =
        new DataReading(DataFormat.HDF5, true, steps, EventShape.neurons(700), null, "first");
    Path file = GOLDEN.resolve("shd.h5").toAbsolutePath();
    int samples =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(GOLDEN.resolve("expected.json").toFile())
            .get("shd")
            .size();
    assertThat(samples).isGreaterThanOrEqualTo(4);
    assertSameRows(reading, file, "", samples);
  }
}
