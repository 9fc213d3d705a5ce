package org.velella.dataset;

import java.io.IOException;
import java.util.Optional;

/**
 * The binary files of N-MNIST and N-Caltech101: events of five bytes, which are x, y, one bit of
 * polarity and 23 bits of microseconds, largest byte first.
 */
public final class AtisFile implements EventFile {
  private static final int EVENT_BYTES = 5;
  private static final int BLOCK_EVENTS = 1 << 13;
  private static final int N_MNIST = 34;

  private final DataFile file;

  /** A recording. */
  public AtisFile(DataFile file) {
    this.file = file;
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long ticksPerSecond() {
    return MICROSECONDS;
  }

  @Override
  public boolean isClockFree() {
    return false;
  }

  /** That of N-MNIST, of which the file says nothing. */
  @Override
  public Optional<EventShape> shape() {
    return Optional.of(EventShape.camera(N_MNIST, N_MNIST));
  }

  @Override
  public void read(long from, long to, EventConsumer events) throws IOException {
    if (file.length() % EVENT_BYTES != 0) {
      throw DatasetException.of(
          file.name(),
          "%d bytes are no whole number of events of 5 bytes; it is cut short, or no file of this format"
              .formatted(file.length()));
    }
    byte[] event = new byte[EVENT_BYTES];
    try (ByteReader in = ByteReader.open(file, from)) {
      while (in.offset() < to && !in.atEnd()) {
        events.block(in.offset());
        for (int i = 0; i < BLOCK_EVENTS && !in.atEnd(); i++) {
          if (in.read(event, EVENT_BYTES) < EVENT_BYTES) {
            throw in.cutShort("an event");
          }
          long time = (event[2] & 0x7f) << 16 | (event[3] & 0xff) << 8 | event[4] & 0xff;
          events.event(time, event[0] & 0xff, event[1] & 0xff, event[2] >>> 7 & 1);
        }
      }
    }
  }
}
