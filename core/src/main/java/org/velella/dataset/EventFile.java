package org.velella.dataset;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A file of events: time, place and polarity of changes of light, or of spikes. */
public interface EventFile {
  /** Ticks per second of times in microseconds. */
  long MICROSECONDS = 1_000_000;

  /** Ticks per second of times in nanoseconds. */
  long NANOSECONDS = 1_000_000_000;

  /** Its name for messages. */
  String name();

  /** How many ticks of the events' times a second has. */
  long ticksPerSecond();

  /**
   * Whether times are of a clock of the recorder's, so that only their differences mean anything.
   */
  boolean isClockFree();

  /** The addresses that events can have, as far as the file or its format says. */
  Optional<EventShape> shape() throws IOException;

  /**
   * Hands over all events of the blocks that begin in {@code [from, to)}; files without blocks have
   * one that begins at 0.
   *
   * @throws DatasetException if the file is damaged
   */
  void read(long from, long to, EventConsumer events) throws IOException;

  /**
   * Bytes at which blocks begin, 0 first and then one for about so many bytes, so that what lies
   * between two of them can be read apart. Only the heads of blocks are read; of files without
   * blocks, or whose blocks cannot be read without those before, 0 alone.
   *
   * @param bytes 1 or more
   * @throws DatasetException if the file is damaged
   */
  default List<Long> cuts(long bytes) throws IOException {
    return List.of(0L);
  }
}
