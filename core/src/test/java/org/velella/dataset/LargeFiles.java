package org.velella.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.velella.tensor.DType;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.SmallHeap;

/** Reads files that are made while they are read, each ten times as large as the heap. */
final class LargeFiles {
  static final long HEAP_BYTES = 8L << 20;

  private static final long FILE_BYTES = 10 * HEAP_BYTES;

  private static final String NPZ = "large.npz";
  private static final String HDF5 = "large.h5";

  /** Of a sample of HDF5. */
  private static final int SPIKES = 5_000;

  private LargeFiles() {}

  /**
   * Reads one file of each format whose files are more than a sample, or are not held whole.
   *
   * @param args the folder in which {@link #write} has left some
   */
  public static void main(String[] args) throws IOException {
    SmallHeap.require(HEAP_BYTES);
    Binning frames = new Binning.FixedNumber(8, Binning.SplitBy.TIME);
    EventShape shape = EventShape.camera(34, 34);
    List<Segment> one = List.of(Segment.whole(0));
    read("aedat 3.1", new EventSamples(new Aedat3File(aedat()), frames, shape, one));
    read("aedat 4", new EventSamples(new Aedat4File(aedat4(), null), frames, shape, one));
    read("n-mnist", new EventSamples(new AtisFile(atis()), frames, shape, one));
    read("npy", ArraySamples.npy(npy()));
    readInParts("csv", csv());
    read("idx", new IdxSamples(idx(LargeFiles::itself)));
    read("idx.gz", new IdxSamples(idx(LargeFiles::gzip)));
    DataFile npz = onDisk(Path.of(args[0], NPZ));
    read("npz", new EventSamples(new NpzEventFile(npz), frames, shape, one));
    Binning seconds = new Binning.FixedDuration(BigDecimal.ONE, 0);
    DataFile hdf5 = onDisk(Path.of(args[0], HDF5));
    read("hdf5", new ShdSamples(hdf5, seconds, EventShape.neurons(700)));
  }

  /** Writes those that are not read as streams of bytes from the start. */
  static void write(Path folder) throws IOException {
    npz(folder.resolve(NPZ));
    LargeHdf5.write(folder.resolve(HDF5), 2800, SPIKES);
  }

  private static DataFile onDisk(Path path) throws IOException {
    if (Files.size(path) < FILE_BYTES) {
      throw new IllegalStateException(path + " has only " + Files.size(path) + " bytes");
    }
    return DataFile.of(path);
  }

  /** Says how many events the samples hold; of values, their sum. */
  private static void read(String what, SampleReader reader) throws IOException {
    Found found = new Found();
    found.add(reader.read(0, reader.samples()));
    System.out.println(what + ": " + found);
  }

  /** A table of events, as tasks read it one after the other. */
  private static void readInParts(String what, DataFile file) throws IOException {
    List<CsvRange> ranges = new ArrayList<>();
    long bytes = file.length() / 5;
    for (long from = 0; from < file.length(); from += bytes) {
      ranges.add(CsvRange.scan(file, from, from + bytes));
    }
    CsvSamples whole =
        new CsvSamples(file, new Binning.Steps(BigDecimal.ONE), EventShape.neurons(10));
    Found found = new Found();
    for (CsvRange.Part part : CsvRange.parts(file, ranges)) {
      found.add(whole.from(part.offset(), part.line()).read(0, part.count()));
    }
    System.out.println(what + ": " + found);
  }

  private static final class Found {
    private long samples;
    private double sum;

    void add(SampleReader.Samples given) throws IOException {
      try (given) {
        for (Optional<Sample> next = given.next(); next.isPresent(); next = given.next()) {
          samples++;
          if (next.get().data() instanceof SampleData.Frames frame) {
            for (float value : frame.values()) {
              sum += value;
            }
          } else if (next.get().data() instanceof SampleData.EventList events) {
            sum += events.steps().length;
          }
        }
      }
    }

    @Override
    public String toString() {
      return "%d samples, sum %d".formatted(samples, (long) sum);
    }
  }

  private static DataFile aedat() {
    byte[] begin = "#!AER-DAT3.1\r\n#!END-HEADER\r\n".getBytes(US_ASCII);
    ByteBuffer packet = ByteBuffer.allocate(28 + 8000).order(ByteOrder.LITTLE_ENDIAN);
    packet.putShort((short) 1).putShort((short) 0).putInt(8).putInt(4).putInt(0).putInt(1000);
    packet.putInt(1000).putInt(1000);
    for (int i = 0; i < 1000; i++) {
      packet.putInt(i % 34 << 17 | i % 33 << 2 | (i & 1) << 1 | 1).putInt(i);
    }
    long packets = FILE_BYTES / packet.capacity() + 1;
    return new MadeFile("large.aedat", begin, n -> packet.array(), packet.capacity(), packets);
  }

  private static DataFile atis() {
    byte[] events = new byte[5000];
    for (int i = 0; i < 1000; i++) {
      events[5 * i] = (byte) (i % 34);
      events[5 * i + 4] = (byte) (i / 4);
    }
    return new MadeFile(
        "large.bin", new byte[0], n -> events, events.length, FILE_BYTES / 5000 + 1);
  }

  private static DataFile npy() {
    int width = (int) (FILE_BYTES / 10_000 / 4) + 1;
    byte[] first = Npy.toBytes(Tensor.zeros(DType.FLOAT32, Shape.of(1, width)));
    byte[] begin = Arrays.copyOf(first, first.length - 4 * width);
    String header = new String(begin, ISO_8859_1);
    // As long as the other, for what follows must lie where the header says.
    header = header.replace("(1, " + width + ")", "(10000, " + width + ")").replace("}    ", "}");
    ByteBuffer ones = ByteBuffer.allocate(4 * width).order(ByteOrder.LITTLE_ENDIAN);
    while (ones.hasRemaining()) {
      ones.putFloat(1);
    }
    byte[] row = ones.array();
    return new MadeFile("large.npy", header.getBytes(ISO_8859_1), n -> row, row.length, 10_000);
  }

  private static DataFile csv() {
    byte[] begin = "sample,t,neuron\n".getBytes(US_ASCII);
    int lines = 1000;
    int bytes = lines * "000000,0.123456,000000000000000007\n".length();
    return new MadeFile(
        "large.csv",
        begin,
        n -> "%06d,0.123456,000000000000000007\n".formatted(n).repeat(lines).getBytes(US_ASCII),
        bytes,
        2400);
  }

  private static DataFile aedat4() {
    ByteBuffer begin = ByteBuffer.allocate(14 + 4 + 24).order(ByteOrder.LITTLE_ENDIAN);
    begin.put("#!AER-DAT4.0\r\n".getBytes(US_ASCII)).putInt(24);
    table(begin, "IOHE").putInt(0);
    int events = 1000;
    ByteBuffer packet = ByteBuffer.allocate(8 + 36 + 16 * events).order(ByteOrder.LITTLE_ENDIAN);
    packet.putInt(0).putInt(packet.capacity() - 8).putInt(packet.capacity() - 12);
    table(packet, "EVTS").putInt(8).putInt(0).putInt(events);
    for (int i = 0; i < events; i++) {
      packet.putLong(i).putShort((short) (i % 34)).putShort((short) (i % 33)).putInt(i & 1);
    }
    long packets = FILE_BYTES / packet.capacity() + 1;
    return new MadeFile(
        "large.aedat4", begin.array(), n -> packet.array(), packet.capacity(), packets);
  }

  /** The beginning of a FlatBuffers message whose root has one field, which follows. */
  private static ByteBuffer table(ByteBuffer to, String name) {
    to.putInt(16).put(name.getBytes(US_ASCII));
    return to.putShort((short) 6).putShort((short) 8).putInt(4).putInt(8);
  }

  /** Images in pieces of a thousand, each of 28 by 28 pixels of 255. */
  private static DataFile idx(UnaryOperator<byte[]> form) {
    int pieces = (int) (FILE_BYTES / 784_000) + 1;
    ByteBuffer header = ByteBuffer.allocate(16).putInt(0x803).putInt(1000 * pieces);
    byte[] images = new byte[784_000];
    Arrays.fill(images, (byte) 255);
    byte[] piece = form.apply(images);
    return new MadeFile(
        "large-idx3-ubyte",
        form.apply(header.putInt(28).putInt(28).array()),
        n -> piece,
        piece.length,
        pieces);
  }

  private static byte[] itself(byte[] bytes) {
    return bytes;
  }

  /** A member of a gzip file, no shorter than what is in it. */
  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip =
        new GZIPOutputStream(out) {
          {
            def.setLevel(Deflater.NO_COMPRESSION);
          }
        }) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void npz(Path path) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.setMethod(ZipOutputStream.STORED);
      npy(zip, "t", "<i8", i -> ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(i));
      npy(zip, "x", "|u1", i -> ByteBuffer.allocate(1).put((byte) (i % 34)));
      npy(zip, "y", "|u1", i -> ByteBuffer.allocate(1).put((byte) (i % 33)));
      npy(zip, "p", "|u1", i -> ByteBuffer.allocate(1).put((byte) (i & 1)));
    }
  }

  /** An array of a thousand elements, over and over. */
  private static void npy(
      ZipOutputStream zip, String name, String type, IntFunction<ByteBuffer> element)
      throws IOException {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    for (int i = 0; i < 1000; i++) {
      piece.writeBytes(element.apply(i).array());
    }
    long pieces = FILE_BYTES / 11_000 + 1;
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }".formatted(type, 1000 * pieces);
    byte[] text = (header + " ".repeat(117 - header.length()) + "\n").getBytes(US_ASCII);
    ByteArrayOutputStream begin = new ByteArrayOutputStream();
    begin.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) 118, 0});
    begin.writeBytes(text);
    CRC32 crc = new CRC32();
    crc.update(begin.toByteArray());
    for (long n = 0; n < pieces; n++) {
      crc.update(piece.toByteArray());
    }
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setSize(begin.size() + pieces * piece.size());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    begin.writeTo(zip);
    for (long n = 0; n < pieces; n++) {
      piece.writeTo(zip);
    }
    zip.closeEntry();
  }
}
