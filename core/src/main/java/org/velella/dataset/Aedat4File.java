package org.velella.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AEDAT 4: a line of text, a FlatBuffers header, then packets of one stream each, which may be
 * compressed. Of the streams with events one is read, the first unless said otherwise; frames,
 * triggers and others are passed over. Times are microseconds.
 */
public final class Aedat4File implements EventFile {
  private static final byte[] VERSION = "#!AER-DAT4.0\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern STREAM =
      Pattern.compile("<node name=\"(\\d+)\"(.*?)(?=<node name=\"\\d+\"|\\z)", Pattern.DOTALL);
  private static final Pattern EVENTS = Pattern.compile("typeIdentifier\"[^>]*>EVTS<");
  private static final Pattern SIZE_X = Pattern.compile("\"sizeX\"[^>]*>(\\d{1,5})<");
  private static final Pattern SIZE_Y = Pattern.compile("\"sizeY\"[^>]*>(\\d{1,5})<");
  private static final int MAX_HEADER = 1 << 24;
  private static final int EVENT_BYTES = 16;

  /** A packet that has or gives more than this is damaged: writers begin a new one every few ms. */
  private static final int MAX_PACKET = 1 << 28;

  /**
   * What a byte may stand for: as much as LZ4 can say with one. Zstandard can say far more, so that
   * a few damaged bytes would fill the memory; 16 bytes of an event never shrink that much.
   */
  private static final int MAX_RATIO = 255;

  /** Packets up to here may be compressed as well as it goes. */
  private static final int SMALL_PACKET = 1 << 20;

  private final DataFile file;
  private final PacketDecoder zstd;

  /** Filled by {@link #header()}. */
  private Header header;

  /**
   * What stands before the packets.
   *
   * @param end of the packets in the file
   * @param stream with events, or -1 if the header names none
   * @param shape null if the header does not say
   */
  private record Header(int compression, long begin, long end, int stream, EventShape shape) {}

  /**
   * A file.
   *
   * @param zstd for files that are compressed with Zstandard
   */
  public Aedat4File(DataFile file, PacketDecoder zstd) {
    this.file = file;
    this.zstd = zstd;
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

  @Override
  public Optional<EventShape> shape() throws IOException {
    return Optional.ofNullable(header().shape());
  }

  private Header header() throws IOException {
    if (header == null) {
      try (ByteReader in = ByteReader.open(file, 0)) {
        header = header(in);
      }
    }
    return header;
  }

  private Header header(ByteReader in) throws IOException {
    byte[] version = new byte[VERSION.length];
    if (in.read(version, version.length) < version.length || !Arrays.equals(version, VERSION)) {
      throw DatasetException.at(
          file.name(),
          0,
          "it does not begin with #!AER-DAT4.0; give a file of that version, or say which format it is");
    }
    int bytes = in.i32("the header");
    if (bytes < 8 || bytes > MAX_HEADER || bytes > file.length() - in.offset()) {
      throw in.wrong("a header of %d bytes; the file is damaged".formatted(bytes));
    }
    byte[] message = new byte[bytes];
    if (in.read(message, bytes) < bytes) {
      throw in.cutShort("the header");
    }
    try {
      FlatTable table = FlatTable.root(message, 0, bytes);
      int compression = table.intField(0, 0);
      long end = table.longField(1, -1);
      if (compression < 0 || compression > 4) {
        throw new Malformed("compression " + compression + ", known are 0 to 4");
      }
      long begin = in.offset();
      return header(compression, begin, end < begin ? file.length() : end, table.stringField(2));
    } catch (Malformed e) {
      throw DatasetException.at(file.name(), VERSION.length, "its header has " + e.getMessage());
    }
  }

  private static Header header(int compression, long begin, long end, String info) {
    for (Matcher streams = STREAM.matcher(info); streams.find(); ) {
      String text = streams.group(2);
      if (EVENTS.matcher(text).find() && streams.group(1).length() < 10) {
        Matcher x = SIZE_X.matcher(text);
        Matcher y = SIZE_Y.matcher(text);
        int width = x.find() ? Integer.parseInt(x.group(1)) : 0;
        int height = y.find() ? Integer.parseInt(y.group(1)) : 0;
        EventShape shape = width > 0 && height > 0 ? EventShape.camera(height, width) : null;
        return new Header(compression, begin, end, Integer.parseInt(streams.group(1)), shape);
      }
    }
    return new Header(compression, begin, end, -1, null);
  }

  @Override
  public void read(long from, long to, EventConsumer events) throws IOException {
    Header head = header();
    long begin = Math.max(from, head.begin());
    long end = Math.min(head.end(), file.length());
    int stream = head.stream();
    byte[] packet = new byte[0];
    try (ByteReader in = ByteReader.open(file, begin)) {
      while (in.offset() < Math.min(to, end) && !in.atEnd()) {
        long offset = in.offset();
        int id = in.i32("a packet's header");
        int bytes = packetBytes(in, offset);
        if (stream >= 0 && id != stream) {
          in.skip(bytes, "a packet");
          continue;
        }
        if (bytes > MAX_PACKET) {
          throw DatasetException.at(
              file.name(),
              offset,
              "a packet of %d bytes, more than %d; the file is damaged"
                  .formatted(bytes, MAX_PACKET));
        }
        packet = packet.length < bytes ? new byte[bytes] : packet;
        if (in.read(packet, bytes) < bytes) {
          throw in.cutShort("a packet");
        }
        if (events(head, packet, bytes, offset, events)) {
          stream = id;
        }
      }
    }
  }

  private int packetBytes(ByteReader in, long offset) throws IOException {
    int bytes = in.i32("a packet's header");
    if (bytes < 0 || bytes > file.length() - in.offset()) {
      throw DatasetException.at(
          file.name(),
          offset,
          "a packet of %d bytes, but %d are left; the file is damaged or cut short"
              .formatted(bytes, file.length() - in.offset()));
    }
    return bytes;
  }

  /** Where the header names no stream, the first packet of events tells which one is read. */
  @Override
  public List<Long> cuts(long bytes) throws IOException {
    Header head = header();
    List<Long> cuts = new ArrayList<>(List.of(0L));
    long end = head.stream() < 0 ? 0 : Math.min(head.end(), file.length());
    try (ByteReader in = ByteReader.openHeads(file, head.begin())) {
      while (in.offset() < end && !in.atEnd()) {
        long offset = in.offset();
        if (offset - cuts.get(cuts.size() - 1) >= bytes) {
          cuts.add(offset);
        }
        in.i32("a packet's header");
        in.skip(packetBytes(in, offset), "a packet");
      }
    }
    return cuts;
  }

  /** Hands over a packet's events; says whether it was one of events. */
  private boolean events(Header head, byte[] packet, int bytes, long offset, EventConsumer events) {
    try {
      byte[] message = packet;
      int length = bytes;
      if (head.compression() != 0) {
        message = decompress(head.compression(), packet, bytes, offset);
        length = message.length;
      }
      if (length < 12) {
        throw new Malformed("a packet of " + length + " bytes");
      }
      if (!isEvents(message)) {
        return false;
      }
      FlatTable table = FlatTable.root(message, 4, length - 4);
      ByteBuffer elements = table.vector(0, EVENT_BYTES);
      events.block(offset);
      for (int at = 0; at < elements.limit(); at += EVENT_BYTES) {
        events.event(
            elements.getLong(at),
            elements.getShort(at + 8),
            elements.getShort(at + 10),
            elements.get(at + 12) == 0 ? 0 : 1);
      }
      return true;
    } catch (Malformed e) {
      throw DatasetException.at(
          file.name(),
          offset,
          "a packet that cannot be read (%s); the file is damaged".formatted(e.getMessage()));
    }
  }

  private static boolean isEvents(byte[] message) {
    return message[8] == 'E' && message[9] == 'V' && message[10] == 'T' && message[11] == 'S';
  }

  private byte[] decompress(int compression, byte[] packet, int bytes, long offset)
      throws Malformed {
    if (compression <= 2) {
      return Lz4Frame.decode(packet, bytes, MAX_PACKET);
    }
    try (InputStream in = decoder(new ByteArrayInputStream(packet, 0, bytes), offset)) {
      int most = (int) Math.min(MAX_PACKET, Math.max(SMALL_PACKET, (long) MAX_RATIO * bytes));
      byte[] message = in.readNBytes(most);
      if (in.read() >= 0) {
        throw new Malformed("its %d bytes give more than %d".formatted(bytes, most));
      }
      return message;
    } catch (IOException e) {
      throw new Malformed(e.getMessage());
    }
  }

  /** What cannot be opened is no damage of the file. */
  private InputStream decoder(InputStream packet, long offset) {
    try {
      return zstd.open(packet);
    } catch (IOException e) {
      throw new DatasetException(
          "%s, byte %d: a packet in Zstandard, which cannot be read here: %s"
              .formatted(file.name(), offset, e.getMessage()),
          e);
    }
  }
}
