package org.velella.dataset;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a range of bytes of a table of events holds, so that a large one can be read in parts: tasks
 * {@linkplain #scan look at} a range each, which is quick since only the samples' numbers are read,
 * and what they found is {@linkplain #parts put together}. A line belongs to the range in which it
 * begins, and a sample to that in which its first line does. No record, since Kryo cannot carry
 * such.
 */
public final class CsvRange implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long from;
  private final long to;

  private long lines;
  private long samples;
  private long firstSample = -1;
  private long lastSample = -1;

  /** Where the first sample begins; its line is counted from 1 on in this range. */
  private long firstOffset;

  private long firstLine;

  /** Where the second one begins, if there are two. */
  private long secondOffset;

  private long secondLine;
  private boolean wrong;

  private CsvRange(long from, long to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Samples that one task reads, in a file of which others read more.
   *
   * @param offset the byte at which the first one begins
   * @param line the number of its first line
   * @param count of the samples
   */
  public record Part(long offset, long line, long count) {}

  /**
   * Reads the lines that begin at the bytes {@code [from, to)}. What is wrong with them is found
   * here and said by {@link #parts}, which knows their numbers.
   */
  public static CsvRange scan(DataFile file, long from, long to) throws IOException {
    CsvRange range = new CsvRange(from, to);
    try (CsvEvents events = CsvEvents.in(file, from, to)) {
      while (events.next()) {
        range.add(events);
      }
      range.lines = events.begun();
    } catch (DatasetException e) {
      range.wrong = true;
    }
    return range;
  }

  private void add(CsvEvents events) {
    long sample = events.sample();
    if (events.isNext(sample, lastSample)) {
      samples++;
      CsvEvents.Place here = events.here();
      if (samples == 1) {
        firstSample = sample;
        firstOffset = here.offset();
        firstLine = here.line();
      } else if (samples == 2) {
        secondOffset = here.offset();
        secondLine = here.line();
      }
      lastSample = sample;
    }
  }

  /**
   * The parts of a file: for each range in which samples begin, these. A part's last sample may end
   * far behind its range.
   *
   * @param ranges of all bytes of the file, in their order
   * @throws DatasetException if a line is wrong or the samples are not sorted; the first such line
   *     in the file is named, as if it had been read as a whole
   */
  public static List<Part> parts(DataFile file, List<CsvRange> ranges) throws IOException {
    List<Part> parts = new ArrayList<>();
    long linesBefore = 0;
    long last = -1;
    for (CsvRange range : ranges) {
      if (range.wrong || range.samples > 0 && range.firstSample < last) {
        throw range.problem(file, linesBefore, last);
      }
      boolean goesOn = range.samples > 0 && range.firstSample == last;
      long count = range.samples - (goesOn ? 1 : 0);
      if (count > 0) {
        parts.add(
            new Part(
                goesOn ? range.secondOffset : range.firstOffset,
                linesBefore + (goesOn ? range.secondLine : range.firstLine),
                count));
      }
      linesBefore += range.lines;
      last = range.samples > 0 ? range.lastSample : last;
    }
    return parts;
  }

  /** Reads the range again, with the numbers of its lines and the sample before it. */
  private DatasetException problem(DataFile file, long linesBefore, long before)
      throws IOException {
    try (LineReader lines = LineReader.after(file, from);
        CsvEvents events =
            CsvEvents.from(file, new CsvEvents.Place(lines.offset(), linesBefore + 1))) {
      long last = before;
      while (events.next() && events.here().offset() < to) {
        long sample = events.sample();
        events.isNext(sample, last);
        last = sample;
      }
    } catch (DatasetException e) {
      return e;
    }
    return DatasetException.of(
        file.name(), "it is another file than a moment ago; convert it again when it is written");
  }
}
