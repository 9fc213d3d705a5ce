package org.velella.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.dataset.Binning;
import org.velella.dataset.DatasetException;
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

  /** Ids too, of one file and of two; lines are numbered as in the file. */
  @Test
  void eventsOfTables() throws IOException {
    StringBuilder text = new StringBuilder("sample,t,neuron,label\r\n");
    List<String> expected = new ArrayList<>();
    for (int sample = 0; sample < 40; sample++) {
      StringBuilder events = new StringBuilder();
      for (int event = 0; event <= sample * 7 % 5; event++) {
        text.append("%d,0.%03d,%d,%d\r\n".formatted(3 * sample, event, sample % 9, sample % 4));
        events
            .append(events.length() == 0 ? "" : ", ")
            .append("[%d,%d]".formatted(event, sample % 9));
      }
      expected.add("[" + events + "] " + sample % 4);
    }
    Path file = folder.resolve("events.csv");
    Files.writeString(file, text);
    SourceFile source = new SourceFile(file.toUri().toString(), Files.size(file), -1, "");
    Binning steps = new Binning.Steps(new BigDecimal("0.001"));
    DataReading reading =
        new DataReading(DataFormat.CSV, true, steps, EventShape.neurons(9), null, "first");
    var session = TestSpark.session().sparkContext();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session);
    for (int bytes : new int[] {37, 500, 1 << 20}) {
      List<DataPart> one =
          TableParts.of(spark, List.of(source), session.hadoopConfiguration(), bytes);
      List<DataPart> two =
          TableParts.of(spark, List.of(source, source), session.hadoopConfiguration(), bytes);
      assertThat(two).hasSize(2 * one.size());
      assertThat(one.size()).isBetween(bytes > text.length() ? 1 : 2, 1 + text.length() / bytes);
      List<String> own = new ArrayList<>();
      List<String> anew = new ArrayList<>();
      for (int i = 0; i < 2 * expected.size(); i++) {
        anew.add(i + " " + expected.get(i % expected.size()));
        if (i < expected.size()) {
          own.add(3 * i + " " + expected.get(i));
        }
      }
      assertThat(rows(reading, one)).isEqualTo(own);
      assertThat(rows(reading, two)).isEqualTo(anew);
    }
    Files.writeString(file, "3,0.1,1,3\n", StandardOpenOption.APPEND);
    SourceFile unsorted = new SourceFile(source.uri(), Files.size(file), -1, "");
    assertThatThrownBy(
            () -> TableParts.of(spark, List.of(unsorted), session.hadoopConfiguration(), 37))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "%s, line %d: sample 3 after sample 117; sort the file by sample"
                .formatted(file, text.toString().lines().count() + 1));
  }

  /** One recording in both ways; one that is cut short is left to one task, which says so. */
  @Test
  void segmentsOfRecordings() throws IOException {
    Path file = GOLDEN.resolve("gesture.aedat").toAbsolutePath();
    String labels = GOLDEN.resolve("gesture_labels.csv").toAbsolutePath().toUri().toString();
    SourceFile source = new SourceFile(file.toUri().toString(), Files.size(file), -1, labels);
    Binning frames = new Binning.FixedNumber(2, Binning.SplitBy.NUMBER);
    EventShape dvs = EventShape.camera(128, 128);
    DataReading reading = new DataReading(DataFormat.AEDAT, true, frames, dvs, null, "first");
    var session = TestSpark.session().sparkContext();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session);
    int samples = Files.readAllLines(GOLDEN.resolve("gesture_labels.csv")).size() - 1;
    List<SourceFile> twice = List.of(source, source);
    long[] counts = {samples, samples};
    List<DataPart> whole = DataPlan.parts(DataFormat.AEDAT, twice, counts);
    List<DataPart> cut =
        RecordingParts.of(spark, twice, counts, session.hadoopConfiguration(), 900);
    assertThat(whole).hasSize(2);
    assertThat(cut).hasSizeBetween(4, 2 * samples);
    assertThat(cut).allMatch(part -> part.segments() != null);
    assertThat(rows(reading, cut)).hasSize(2 * samples).isEqualTo(rows(reading, whole));
    Path damaged = folder.resolve("cut.aedat");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(damaged, Arrays.copyOf(bytes, bytes.length - 10));
    SourceFile wrong = new SourceFile(damaged.toUri().toString(), Files.size(damaged), -1, labels);
    assertThat(
            RecordingParts.of(
                spark, List.of(wrong), new long[] {samples}, session.hadoopConfiguration(), 900))
        .hasSize(1)
        .allMatch(part -> part.segments() == null && part.count() == samples);
  }
}
