package org.velella.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.velella.tensor.DType;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Reads files that are made while they are read, each ten times as large as the heap. */
final class LargeFiles {
  static final long HEAP_BYTES = 8L << 20;

  private static final long FILE_BYTES = 10 * HEAP_BYTES;

  private LargeFiles() {}

  public static void main(String[] args) throws IOException {
    if (Runtime.getRuntime().maxMemory() > 2 * HEAP_BYTES) {
      throw new IllegalStateException("The heap is larger than was asked for");
    }
    Binning frames = new Binning.FixedNumber(8, Binning.SplitBy.TIME);
    EventShape shape = EventShape.camera(34, 34);
    List<Segment> one = List.of(Segment.whole(0));
    read("aedat 3.1", new EventSamples(new Aedat3File(aedat()), frames, shape, one));
    read("n-mnist", new EventSamples(new AtisFile(atis()), frames, shape, one));
    read("npy", ArraySamples.npy(npy()));
    read("csv", new CsvSamples(csv(), new Binning.Steps(BigDecimal.ONE), EventShape.neurons(10)));
  }

  private static void read(String what, SampleReader reader) throws IOException {
    long samples = 0;
    double sum = 0;
    try (SampleReader.Samples all = reader.read(0, reader.samples())) {
      for (Optional<Sample> next = all.next(); next.isPresent(); next = all.next()) {
        samples++;
        if (next.get().data() instanceof SampleData.Frames frame) {
          for (float value : frame.values()) {
            sum += value;
          }
        }
      }
    }
    // Of the event files, all events must have been counted.
    boolean counted = !what.startsWith("aedat") || sum == 1000.0 * (FILE_BYTES / 8028);
    System.out.println(
        "%s: %d sample%s%s"
            .formatted(what, samples, samples == 1 ? "" : "s", counted ? "" : ", " + sum));
  }

  /** A file of a beginning and as many pieces as it takes. */
  private record Made(String name, byte[] begin, Piece piece, int pieceBytes, long pieces)
      implements DataFile {
    @Override
    public long length() {
      return begin.length + pieceBytes * pieces;
    }

    @Override
    public InputStream open(long offset) throws IOException {
      InputStream in = new Pieces(this);
      in.skipNBytes(offset);
      return in;
    }
  }

  /** Makes the bytes of piece n. */
  @FunctionalInterface
  private interface Piece {
    byte[] bytes(long n);
  }

  /** The pieces as a stream. */
  private static final class Pieces extends InputStream {
    private final Made file;
    private byte[] now;
    private int at;
    private long next;

    Pieces(Made file) {
      this.file = file;
      this.now = file.begin();
    }

    private boolean fill() {
      while (at == now.length && next < file.pieces()) {
        now = file.piece().bytes(next++);
        at = 0;
      }
      return at < now.length;
    }

    @Override
    public int read() {
      return fill() ? now[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int from, int count) {
      if (!fill()) {
        return -1;
      }
      int part = Math.min(count, now.length - at);
      System.arraycopy(now, at, to, from, part);
      at += part;
      return part;
    }
  }

  private static DataFile aedat() {
    byte[] begin = "#!AER-DAT3.1\r\n#!END-HEADER\r\n".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer packet = ByteBuffer.allocate(28 + 8000).order(ByteOrder.LITTLE_ENDIAN);
    packet.putShort((short) 1).putShort((short) 0).putInt(8).putInt(4).putInt(0).putInt(1000);
    packet.putInt(1000).putInt(1000);
    for (int i = 0; i < 1000; i++) {
      packet.putInt(i % 34 << 17 | i % 33 << 2 | (i & 1) << 1 | 1).putInt(i);
    }
    long packets = FILE_BYTES / packet.capacity();
    return new Made("large.aedat", begin, n -> packet.array(), packet.capacity(), packets);
  }

  private static DataFile atis() {
    byte[] events = new byte[5000];
    for (int i = 0; i < 1000; i++) {
      events[5 * i] = (byte) (i % 34);
      events[5 * i + 4] = (byte) (i / 4);
    }
    return new Made("large.bin", new byte[0], n -> events, events.length, FILE_BYTES / 5000);
  }

  private static DataFile npy() {
    int width = (int) (FILE_BYTES / 10_000 / 4) + 1;
    byte[] first = Npy.toBytes(Tensor.zeros(DType.FLOAT32, Shape.of(1, width)));
    byte[] begin = java.util.Arrays.copyOf(first, first.length - 4 * width);
    String header = new String(begin, StandardCharsets.ISO_8859_1);
    // As long as the other, for what follows must lie where the header says.
    header = header.replace("(1, " + width + ")", "(10000, " + width + ")").replace("}    ", "}");
    byte[] row = new byte[4 * width];
    return new Made(
        "large.npy", header.getBytes(StandardCharsets.ISO_8859_1), n -> row, row.length, 10_000);
  }

  private static DataFile csv() {
    byte[] begin = "sample,t,neuron\n".getBytes(StandardCharsets.US_ASCII);
    int lines = 1000;
    int bytes = lines * "000000,0.123456,000000000000000007\n".length();
    return new Made(
        "large.csv",
        begin,
        n ->
            "%06d,0.123456,000000000000000007\n"
                .formatted(n)
                .repeat(lines)
                .getBytes(StandardCharsets.US_ASCII),
        bytes,
        2400);
  }
}
