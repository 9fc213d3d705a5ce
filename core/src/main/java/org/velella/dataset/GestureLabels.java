package org.velella.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The label files of DVS Gesture: a line {@code class,startTime_usec,endTime_usec}, then one for
 * each sample of the recording. Classes count from 1 there, labels from 0.
 */
public final class GestureLabels {
  /** Recordings of DVS Gesture have a dozen; each is read anew from where it begins. */
  private static final int MAX_SEGMENTS = 10_000;

  private GestureLabels() {}

  /**
   * The segments of a recording; the end is not part of them.
   *
   * @throws DatasetException if a line is something else, has more than 65,536 characters, or there
   *     are more than 10,000 samples
   */
  public static List<Segment> read(DataFile file) throws IOException {
    List<Segment> segments = new ArrayList<>();
    try (LineReader lines = new LineReader(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        long number = lines.number();
        boolean isHeader = number == 1 && line.strip().startsWith("class");
        if (!isHeader && !line.isBlank()) {
          if (segments.size() == MAX_SEGMENTS) {
            throw DatasetException.of(file.name(), "more than " + MAX_SEGMENTS + " samples");
          }
          segments.add(segment(file.name(), number, line));
        }
      }
    }
    if (segments.isEmpty()) {
      throw DatasetException.of(file.name(), "it names no samples; is it the labels file?");
    }
    return segments;
  }

  private static Segment segment(String name, long number, String line) {
    String[] cells = line.split(",", 4);
    if (cells.length == 3) {
      try {
        int label = Integer.parseInt(cells[0].strip());
        long from = Long.parseLong(cells[1].strip());
        long to = Long.parseLong(cells[2].strip());
        if (label >= 1 && from >= 0 && to > from) {
          return new Segment(from, to, label - 1);
        }
      } catch (NumberFormatException e) {
        // As any other line that does not fit.
      }
    }
    throw DatasetException.of(
        name,
        "line %d is '%s'; it should be a class from 1 on, the first and the last microsecond of a sample"
            .formatted(number, line.length() > 60 ? line.substring(0, 60) + "…" : line));
  }
}
