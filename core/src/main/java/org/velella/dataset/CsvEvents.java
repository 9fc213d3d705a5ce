package org.velella.dataset;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The lines of a table of events: a header that names the columns {@code sample}, {@code t}
 * (seconds) and {@code neuron}, or {@code x}, {@code y} and {@code p}, and {@code label} where
 * samples have one; then a line for each event, all of a sample together, samples ascending.
 */
final class CsvEvents implements AutoCloseable {
  private static final List<String> KNOWN =
      List.of("sample", "t", "neuron", "x", "y", "p", "label");
  private static final BigDecimal NANOSECONDS = BigDecimal.valueOf(EventFile.NANOSECONDS);
  private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(9e9);

  private final String name;
  private final Map<String, Integer> columns = new HashMap<>();
  private int count;
  private LineReader lines;

  /** Lines from this byte on are not read. */
  private long to = Long.MAX_VALUE;

  private long begun;
  private long offset;
  private String[] cells;

  CsvEvents(DataFile file) throws IOException {
    this.name = file.name();
    this.lines = new LineReader(file);
    try {
      header(lines.next());
      begun = 1;
    } catch (IOException | RuntimeException e) {
      Closing.after(e, lines);
      throw e;
    }
  }

  /** The events of lines that begin in a range of bytes; lines are numbered from 1 on there. */
  static CsvEvents in(DataFile file, long from, long to) throws IOException {
    CsvEvents events = new CsvEvents(file);
    events.to = to;
    if (from > 0) {
      events.goOn(() -> LineReader.after(file, from, to));
    }
    return events;
  }

  /** The events from a line on. */
  static CsvEvents from(DataFile file, Place place) throws IOException {
    CsvEvents events = new CsvEvents(file);
    if (place.offset() > 0) {
      events.goOn(() -> new LineReader(file, place.offset(), place.line()));
    }
    return events;
  }

  /** Where a line begins, and its number. */
  record Place(long offset, long line) {}

  private interface Opening {
    LineReader open() throws IOException;
  }

  /** Reads on elsewhere, now that the columns are known. */
  private void goOn(Opening opening) throws IOException {
    lines.close();
    lines = opening.open();
    begun = 0;
  }

  private void header(String line) {
    String[] names = line == null ? new String[0] : line.split(",", 16);
    for (String each : names) {
      columns.put(each.strip().toLowerCase(Locale.ROOT).replace("\uFEFF", ""), count++);
    }
    boolean places = columns.containsKey("neuron") != columns.containsKey("x");
    boolean known = KNOWN.containsAll(columns.keySet()) && columns.size() == count;
    if (!known
        || !places
        || columns.containsKey("x") != columns.containsKey("y")
        || !columns.containsKey("sample")
        || !columns.containsKey("t")) {
      throw wrong(
          "a header of the columns %s; they should be sample, t, neuron or x, y, p, and label if there is one"
              .formatted(
                  line == null ? "(none)" : line.length() > 80 ? line.substring(0, 80) : line));
    }
  }

  /** Whether events have a place in rows and columns. */
  boolean isCamera() {
    return columns.containsKey("x");
  }

  /** Goes to the next event; says whether there is one. */
  boolean next() throws IOException {
    String line;
    do {
      offset = lines.offset();
      line = offset < to ? lines.next() : null;
      begun += line == null ? 0 : 1;
    } while (line != null && line.isBlank());
    cells = line == null ? null : line.split(",", count + 1);
    if (cells != null && cells.length != count) {
      throw wrong("%d cells, the header has %d".formatted(cells.length, count));
    }
    return cells != null;
  }

  /** Where the event stands. */
  Place here() {
    return new Place(offset, lines.number());
  }

  /** How many lines were read, the header and empty ones too. */
  long begun() {
    return begun;
  }

  long sample() {
    long sample = whole("sample");
    if (sample < 0) {
      throw wrong("the sample " + sample + "; samples are numbered from 0");
    }
    return sample;
  }

  int label() {
    return columns.containsKey("label") ? Labels.of(place(), whole("label")) : Sample.NO_LABEL;
  }

  void give(EventConsumer events) {
    boolean camera = isCamera();
    events.event(
        nanoseconds(),
        number(camera ? "x" : "neuron"),
        camera ? number("y") : 0,
        columns.containsKey("p") && whole("p") != 0 ? 1 : 0);
  }

  private int number(String column) {
    long value = whole(column);
    if (value != (int) value) {
      throw wrong("%s is %d".formatted(column, value));
    }
    return (int) value;
  }

  private long whole(String column) {
    String cell = cells[columns.get(column)].strip();
    try {
      return Long.parseLong(cell);
    } catch (NumberFormatException e) {
      throw wrong("%s is '%s', no whole number".formatted(column, cell(cell)));
    }
  }

  private static String cell(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }

  /** Whole nanoseconds, down. */
  private long nanoseconds() {
    String text = cells[columns.get("t")].strip();
    try {
      // A number with a large exponent has more digits than anyone wants to multiply.
      if (text.length() <= 40 && Math.abs(Double.parseDouble(text)) < 9e9) {
        BigDecimal seconds = new BigDecimal(text);
        if (seconds.scale() < 60 && seconds.abs().compareTo(MOST_SECONDS) < 0) {
          return seconds.multiply(NANOSECONDS).setScale(0, RoundingMode.FLOOR).longValueExact();
        }
      }
    } catch (NumberFormatException e) {
      // As any other text that is no time.
    }
    throw wrong("t is '%s', no time in seconds".formatted(cell(text)));
  }

  /** Whether another sample begins; of a file that is not sorted, the event is wrong. */
  boolean isNext(long sample, long last) {
    if (sample < last) {
      throw wrong("sample %d after sample %d; sort the file by sample".formatted(sample, last));
    }
    return sample > last;
  }

  private String place() {
    return name + ", line " + lines.number();
  }

  DatasetException wrong(String problem) {
    return DatasetException.of(place(), problem);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
