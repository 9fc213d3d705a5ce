package org.velella.dataset;

import java.io.IOException;
import java.util.Optional;

/**
 * Samples of a table of events; see {@code CsvEvents} for its columns. A line of more than 65,536
 * characters is a {@link DatasetException}, as everything else that is no such table.
 */
public final class CsvSamples implements SampleReader {
  private final DataFile file;
  private final EventShape shape;
  private final EventBinner binner;
  private final CsvEvents.Place start;

  /**
   * The samples of a table.
   *
   * @param shape the addresses that its events may have
   */
  public CsvSamples(DataFile file, Binning binning, EventShape shape) {
    this(file, shape, new EventBinner(binning, shape, EventFile.NANOSECONDS), 0, 1);
  }

  private CsvSamples(DataFile file, EventShape shape, EventBinner binner, long offset, long line) {
    this.file = file;
    this.shape = shape;
    this.binner = binner;
    this.start = new CsvEvents.Place(offset, line);
  }

  /**
   * The samples from one on, of which {@link CsvRange} says where it begins.
   *
   * @param offset the byte at which its first line does
   * @param line the number of that line
   */
  public CsvSamples from(long offset, long line) {
    return new CsvSamples(file, shape, binner, offset, line);
  }

  /** Whether the events of a file have a place in rows and columns. */
  public static boolean isCamera(DataFile file) throws IOException {
    try (CsvEvents events = new CsvEvents(file)) {
      return events.isCamera();
    }
  }

  /** Reads the whole file. */
  @Override
  public long samples() throws IOException {
    try (CsvEvents events = CsvEvents.from(file, start)) {
      long samples = 0;
      long last = -1;
      while (events.next()) {
        long sample = events.sample();
        samples += events.isNext(sample, last) ? 1 : 0;
        last = sample;
      }
      return samples;
    }
  }

  @Override
  public Samples read(long first, long count) throws IOException {
    CsvEvents events = CsvEvents.from(file, start);
    boolean any;
    try {
      if (!events.isCamera() && !shape.isRow()) {
        throw events.wrong("the column neuron, where other files have places; convert them apart");
      }
      any = events.next();
    } catch (IOException | RuntimeException e) {
      Closing.after(e, events);
      throw e;
    }
    return samples(events, any, first, count);
  }

  private Samples samples(CsvEvents events, boolean any, long first, long count) {
    return new Samples() {
      private long at = -1;
      private boolean more = any;

      @Override
      public Optional<Sample> next() throws IOException {
        while (more) {
          long sample = events.sample();
          EventBuffer buffer = new EventBuffer(file.name() + ", sample " + sample);
          int label = events.label();
          at++;
          if (at == first + count) {
            more = false;
            return Optional.empty();
          }
          while (more && events.sample() == sample) {
            if (at >= first) {
              events.give(
                  (time, x, y, polarity) -> {
                    if (!shape.contains(x, y, polarity)) {
                      throw events.wrong(
                          "of sample %d, %s".formatted(sample, shape.outside(x, y, polarity)));
                    }
                    buffer.event(time, x, y, polarity);
                  });
            }
            if (events.label() != label) {
              throw events.wrong("another label than the event before; a sample has one");
            }
            more = events.next();
          }
          if (more) {
            events.isNext(events.sample(), sample);
          }
          if (at >= first) {
            return Optional.of(new Sample(sample, binner.bin(buffer, 0), label));
          }
        }
        return Optional.empty();
      }

      @Override
      public void close() throws IOException {
        events.close();
      }
    };
  }
}
