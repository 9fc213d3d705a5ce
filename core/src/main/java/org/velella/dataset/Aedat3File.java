package org.velella.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * AEDAT 3.1: text lines that begin with {@code #}, then packets of a 28-byte header and events of
 * one kind. Polarity events are read and all others passed over; times are microseconds, of 31 bits
 * in the event and the rest in the packet's header. Events that are marked as invalid are left out.
 */
public final class Aedat3File implements EventFile {
  private static final String VERSION = "#!AER-DAT3.1";
  private static final String HEADER_END = "#!END-HEADER";
  private static final int MAX_LINE = 1 << 16;
  private static final int PACKET_HEADER_BYTES = 28;
  private static final int POLARITY = 1;
  private static final int EVENT_BYTES = 8;

  private final DataFile file;

  /** A recording. */
  public Aedat3File(DataFile file) {
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
    return true;
  }

  /** That of the DVS128, of which the format says nothing. */
  @Override
  public Optional<EventShape> shape() {
    return Optional.of(EventShape.camera(128, 128));
  }

  @Override
  public void read(long from, long to, EventConsumer events) throws IOException {
    try (ByteReader in = ByteReader.open(file, from)) {
      if (from == 0) {
        header(in);
      }
      byte[] event = new byte[EVENT_BYTES];
      while (in.offset() < to && !in.atEnd()) {
        packet(in, event, events);
      }
    }
  }

  private static void header(ByteReader in) throws IOException {
    String line = line(in);
    if (!line.startsWith(VERSION)) {
      throw in.wrong(
          "it begins with '%s', not with %s; give a file of that version, or say which format it is"
              .formatted(line.length() > 40 ? line.substring(0, 40) : line, VERSION));
    }
    while (!line.startsWith(HEADER_END)) {
      line = line(in);
      if (!line.startsWith("#")) {
        throw in.wrong("a header line that does not begin with '#' before " + HEADER_END);
      }
    }
  }

  private static String line(ByteReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.u8("the header"); c != '\n'; c = in.u8("the header")) {
      if (line.length() == MAX_LINE) {
        throw in.wrong("a header line of more than " + MAX_LINE + " bytes");
      }
      line.append((char) c);
    }
    byte[] bytes = line.toString().getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  @Override
  public List<Long> cuts(long bytes) throws IOException {
    List<Long> cuts = new ArrayList<>(List.of(0L));
    try (ByteReader in = ByteReader.openHeads(file, 0)) {
      header(in);
      while (!in.atEnd()) {
        if (in.offset() - cuts.get(cuts.size() - 1) >= bytes) {
          cuts.add(in.offset());
        }
        in.skip(head(in).dataBytes(), "a packet");
      }
    }
    return cuts;
  }

  /** What stands before a packet's events. */
  private record Head(int type, int eventBytes, int overflow, int capacity, int number) {
    long dataBytes() {
      return (long) eventBytes * capacity;
    }
  }

  private Head head(ByteReader in) throws IOException {
    int type = in.u16("a packet's header");
    in.u16("a packet's header");
    int eventBytes = in.i32("a packet's header");
    in.i32("a packet's header");
    int overflow = in.i32("a packet's header");
    int capacity = in.i32("a packet's header");
    int number = in.i32("a packet's header");
    in.i32("a packet's header");
    if (eventBytes < 1 || number < 0 || capacity < number || overflow < 0) {
      throw wrong(
          in.offset() - PACKET_HEADER_BYTES,
          "a packet of %d events of %d bytes, %d of them used, with %d overflows of the clock"
              .formatted(capacity, eventBytes, number, overflow));
    }
    Head head = new Head(type, eventBytes, overflow, capacity, number);
    if (in.offset() + head.dataBytes() > file.length()) {
      throw wrong(
          in.offset() - PACKET_HEADER_BYTES,
          "a packet of %d bytes, but the file ends %d bytes after its header; it is cut short"
              .formatted(head.dataBytes(), file.length() - in.offset()));
    }
    return head;
  }

  private void packet(ByteReader in, byte[] event, EventConsumer events) throws IOException {
    events.block(in.offset());
    Head head = head(in);
    int eventBytes = head.eventBytes();
    if (head.type() != POLARITY) {
      in.skip(head.dataBytes(), "a packet");
      return;
    }
    if (eventBytes < EVENT_BYTES) {
      throw wrong(in.offset(), "polarity events of %d bytes; they have 8".formatted(eventBytes));
    }
    for (int i = 0; i < head.number(); i++) {
      if (in.read(event, EVENT_BYTES) < EVENT_BYTES) {
        throw in.cutShort("a packet");
      }
      in.skip(eventBytes - EVENT_BYTES, "a packet");
      int data = i32(event, 0);
      int time = i32(event, 4);
      if (time < 0) {
        throw wrong(in.offset() - eventBytes, "an event at the negative time " + time);
      }
      if ((data & 1) == 1) {
        events.event(
            (long) head.overflow() << 31 | time,
            data >>> 17 & 0x7fff,
            data >>> 2 & 0x7fff,
            data >>> 1 & 1);
      }
    }
    in.skip((long) (head.capacity() - head.number()) * eventBytes, "a packet");
  }

  private static int i32(byte[] bytes, int at) {
    return bytes[at] & 0xff
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | bytes[at + 3] << 24;
  }

  private DatasetException wrong(long offset, String problem) {
    return DatasetException.at(file.name(), offset, problem);
  }
}
