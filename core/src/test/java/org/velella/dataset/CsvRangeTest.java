package org.velella.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

/** A table of events that is read in parts gives what it gives as a whole. */
class CsvRangeTest {
  private static final Binning MILLISECONDS = new Binning.Steps(new BigDecimal("0.001"));
  private static final EventShape SHAPE = EventShape.neurons(10);
  private static final List<String> LINE_ENDS = List.of("\n", "\r", "\r\n");

  /** A table, and what was written into it. */
  private static final class Table {
    private final SplittableRandom random;
    private final String usualEnd;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Each with its label, and then each event's step and neuron. */
    private final List<List<Long>> samples = new ArrayList<>();

    /** Of each sample's first line: the byte at which it begins, and its number. */
    private final List<List<Long>> begins = new ArrayList<>();

    /** Number of each event's line. */
    private final List<Long> eventLines = new ArrayList<>();

    private long lines;

    Table(SplittableRandom random, int count) {
      this.random = random;
      this.usualEnd = LINE_ENDS.get(random.nextInt(3));
      line(random.nextBoolean() ? "\uFEFFsample,t,neuron,label" : "label, neuron,T,sample");
      boolean first = bytes.toString(UTF_8).startsWith("\uFEFF");
      long number = random.nextInt(3);
      for (int i = 0; i < count; i++) {
        long label = random.nextInt(4);
        List<Long> sample = new ArrayList<>(List.of(number, label));
        samples.add(sample);
        TreeSet<Long> steps = new TreeSet<>();
        int events = 1 + (random.nextInt(5) == 0 ? random.nextInt(40) : random.nextInt(4));
        for (int e = 0; e < events; e++) {
          steps.add((long) random.nextInt(100));
        }
        for (long step : steps) {
          while (random.nextInt(8) == 0) {
            line(random.nextBoolean() ? "" : "  ");
          }
          if (sample.size() == 2) {
            begins.add(List.of((long) bytes.size(), lines + 1));
          }
          long neuron = random.nextInt(10);
          sample.addAll(List.of(step, neuron));
          String time = "0.%03d".formatted(step);
          line(
              first
                  ? "%d,%s,%d,%d".formatted(number, time, neuron, label)
                  : "%d,%d, %s ,%d".formatted(label, neuron, time, number));
          eventLines.add(lines);
        }
        number += 1 + random.nextInt(12);
      }
    }

    private void line(String text) {
      String end = random.nextInt(10) == 0 ? LINE_ENDS.get(random.nextInt(3)) : usualEnd;
      // A return and an empty line with a line feed would be one end.
      if (text.isEmpty() && end.equals("\n") && endsWithReturn()) {
        end = "\r";
      }
      bytes.writeBytes((text + end).getBytes(UTF_8));
      lines++;
    }

    private boolean endsWithReturn() {
      byte[] all = bytes.toByteArray();
      return all.length > 0 && all[all.length - 1] == '\r';
    }
  }

  private static DataFile file(byte[] bytes) {
    return DataFile.of("events.csv", bytes);
  }

  private static List<CsvRange.Part> parts(DataFile file, long bytes) throws IOException {
    List<CsvRange> ranges = new ArrayList<>();
    for (long from = 0; from == 0 || from < file.length(); from += bytes) {
      ranges.add(CsvRange.scan(file, from, from + bytes));
    }
    return CsvRange.parts(file, ranges);
  }

  private static List<List<Long>> read(SampleReader reader, long count) throws IOException {
    List<List<Long>> read = new ArrayList<>();
    try (SampleReader.Samples samples = reader.read(0, count)) {
      for (Optional<Sample> next = samples.next(); next.isPresent(); next = samples.next()) {
        List<Long> sample = new ArrayList<>();
        sample.add(next.get().number());
        sample.add((long) next.get().label());
        GoldenFiles.steps(next.get()).forEach(sample::addAll);
        read.add(sample);
      }
    }
    return read;
  }

  private static List<List<Long>> read(DataFile file, List<CsvRange.Part> parts)
      throws IOException {
    CsvSamples whole = new CsvSamples(file, MILLISECONDS, SHAPE);
    List<List<Long>> read = new ArrayList<>();
    for (CsvRange.Part part : parts) {
      read.addAll(read(whole.from(part.offset(), part.line()), part.count()));
    }
    return read;
  }

  @Seeded(times = 20)
  void partsOfAnySizeAreTheWhole(SplittableRandom random) throws IOException {
    Table table = new Table(random, random.nextInt(30));
    byte[] bytes = table.bytes.toByteArray();
    int end = bytes.length - (random.nextBoolean() && bytes[bytes.length - 1] == '\n' ? 1 : 0);
    DataFile file = file(Arrays.copyOf(bytes, end));
    for (int size : new int[] {1, 2, 3, 7, 16, 1 + random.nextInt(200), bytes.length, 1 << 20}) {
      List<CsvRange.Part> parts = parts(file, size);
      List<List<Long>> begins = new ArrayList<>();
      int at = 0;
      for (CsvRange.Part part : parts) {
        begins.add(table.begins.get(at));
        at += (int) part.count();
      }
      assertThat(at).isEqualTo(table.samples.size());
      assertThat(parts).extracting(part -> List.of(part.offset(), part.line())).isEqualTo(begins);
      assertThat(read(file, parts)).isEqualTo(table.samples);
    }
    assertThat(parts(file, 1)).hasSize(table.samples.size());
    assertThat(parts(file, 1 << 20)).hasSizeLessThanOrEqualTo(1);
  }

  /** A wrong line's number and what is said of it do not depend on the ranges. */
  @Seeded(times = 20)
  void wrongLinesAreTheSameInParts(SplittableRandom random) throws IOException {
    Table table = new Table(random, 3 + random.nextInt(20));
    // By the number that a line has; ends of lines were checked above.
    List<String> lines = new ArrayList<>(table.bytes.toString(UTF_8).lines().toList());
    int event = random.nextInt(table.eventLines.size());
    int number = table.eventLines.get(event).intValue();
    String wrong =
        switch (random.nextInt(5)) {
          case 0 -> "1,2,3";
          case 1 -> "ä€😀,0.1,1,ä€😀";
          case 2 -> "-4,-4,-4,-4";
          case 3 -> "x".repeat(LineReader.MAX_LINE + 1);
          default -> lines.get(number - 1) + ",9";
        };
    lines.set(number - 1, wrong);
    String text = String.join(LINE_ENDS.get(random.nextInt(3)), lines);
    DataFile file = file(text.getBytes(UTF_8));
    Throwable whole = catchThrowable(() -> new CsvSamples(file, MILLISECONDS, SHAPE).samples());
    assertThat(whole)
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith("events.csv, line " + number + ": ");
    for (int size : new int[] {1 + text.length() / 100, 1 + text.length() / 7, 1 << 20}) {
      assertThatThrownBy(() -> parts(file, size))
          .isInstanceOf(DatasetException.class)
          .hasMessage(whole.getMessage());
    }
  }

  /** Also if the second piece of a sample lies in another range than the first. */
  @Seeded(times = 10)
  void samplesInPiecesAreRefused(SplittableRandom random) throws IOException {
    StringBuilder text = new StringBuilder("sample,t,neuron\n");
    int samples = 2 + random.nextInt(30);
    int line = 1;
    for (int sample = 0; sample < samples; sample++) {
      int events = 1 + random.nextInt(5);
      text.append((sample + ",0.001,3\n").repeat(events));
      line += events;
    }
    int again = random.nextInt(samples - 1);
    text.append(again).append(",0.002,4\n").append("wrong, too\n");
    String problem =
        "events.csv, line %d: sample %d after sample %d; sort the file by sample"
            .formatted(line + 1, again, samples - 1);
    DataFile file = file(text.toString().getBytes(UTF_8));
    for (int size = 1; size < text.length() + 2; size += 1 + size / 4) {
      int bytes = size;
      assertThatThrownBy(() -> parts(file, bytes))
          .isInstanceOf(DatasetException.class)
          .hasMessage(problem);
    }
  }

  /** What only the reading of a part finds has the number that the line has in the file. */
  @Test
  void partsNameLinesOfTheFile() throws IOException {
    String text = "sample,t,neuron,label\r\n1,0,0,0\r\n\r\n2,0,1,1\r\n2,0,1,2\r\n3,soon,1,0\n";
    DataFile file = file(text.getBytes(UTF_8));
    List<CsvRange.Part> parts = parts(file, 9);
    assertThat(parts).hasSize(3);
    CsvSamples whole = new CsvSamples(file, MILLISECONDS, SHAPE);
    assertThat(read(file, parts.subList(0, 1))).containsExactly(List.of(1L, 0L, 0L, 0L));
    for (int part = 1; part < 3; part++) {
      CsvRange.Part wrong = parts.get(part);
      assertThatThrownBy(() -> read(whole.from(wrong.offset(), wrong.line()), 1))
          .isInstanceOf(DatasetException.class)
          .hasMessage(
              wrong.offset() < 50
                  ? "events.csv, line 5: another label than the event before; a sample has one"
                  : "events.csv, line 6: t is 'soon', no time in seconds");
    }
  }

  @Test
  void wrongHeadersAndOtherFilesAreRefused() throws IOException {
    DataFile none = file(new byte[0]);
    assertThatThrownBy(() -> parts(none, 10))
        .hasMessageStartingWith("events.csv, line 1: a header of the columns (none);");
    DataFile header = file("sample,time\n0,1\n0,2\n".getBytes(UTF_8));
    assertThatThrownBy(() -> parts(header, 7))
        .hasMessageStartingWith("events.csv, line 1: a header of the columns sample,time;");
    DataFile before = file("sample,t,neuron\n1,0,0\n0,0,0\n".getBytes(UTF_8));
    CsvRange range = CsvRange.scan(before, 0, Long.MAX_VALUE);
    DataFile after = file("sample,t,neuron\n1,0,0\n2,0,0\n".getBytes(UTF_8));
    assertThatThrownBy(() -> CsvRange.parts(after, List.of(range)))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "events.csv: it is another file than a moment ago; convert it again when it is written");
  }

  /**
   * A long stretch without a line's end, as a crash leaves it, is not read once for every range.
   */
  @Test
  void rangesReadLittleMoreThanThemselves() throws IOException {
    byte[] bytes = Arrays.copyOf("sample,t,neuron\n0,1,1\n".getBytes(UTF_8), 4_000_000);
    MeasuredFile file = new MeasuredFile(file(bytes));
    for (int from = 1_000_000; from < bytes.length; from += 100_000) {
      CsvRange.scan(file, from, from + 100_000);
    }
    // A block for the header, and blocks that reach beyond the range.
    assertThat(file.read()).isBetween(3_000_000L, 3L * 3_000_000);
  }

  /** Blocks of the reader end within lines and between the two characters of an end. */
  @Seeded
  void linesBeginWhereTheyBegin(SplittableRandom random) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Long> begins = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    while (bytes.size() < 200_000) {
      String line = "é€😀x".substring(random.nextInt(2)).repeat(1 + random.nextInt(1000));
      begins.add((long) bytes.size());
      lines.add(line);
      bytes.writeBytes((line + LINE_ENDS.get(random.nextInt(3))).getBytes(UTF_8));
    }
    DataFile file = file(bytes.toByteArray());
    List<Long> offsets = new ArrayList<>(List.of(1L, 65_535L, 65_536L, 65_537L));
    for (int i = 0; i < 20; i++) {
      long begin = begins.get(random.nextInt(begins.size()));
      offsets.addAll(List.of(Math.max(0, begin - 1), begin, begin + 1));
    }
    for (long offset : offsets) {
      int from = (int) begins.stream().filter(begin -> begin < offset).count();
      try (LineReader reader = LineReader.after(file, offset)) {
        for (int i = from; i < Math.min(lines.size(), from + 3); i++) {
          assertThat(reader.offset()).isEqualTo(begins.get(i));
          assertThat(reader.next()).isEqualTo(lines.get(i));
          assertThat(reader.number()).isEqualTo(i - from + 1);
        }
      }
    }
  }
}
