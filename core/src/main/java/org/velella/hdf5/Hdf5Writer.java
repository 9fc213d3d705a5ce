package org.velella.hdf5;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.velella.tensor.Tensor;

/**
 * Writes the part of HDF5 that NIR files need, from the leaves to the root: groups, arrays, strings
 * of any length, attributes. The same calls give the same bytes. jHDF, which reads, does not do for
 * writing: its strings all have a fixed length, where the nir package writes strings of any length,
 * in datasets and in scalar attributes.
 */
public final class Hdf5Writer {
  private static final int SUPERBLOCK = 48;
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int HEAP = 1 << 12;
  private static final int HEAP_HEAD = 16;
  private static final int MOST_IN_HEAP = (1 << 16) - 1;

  /** HDF5 allows just under 4 GiB; from 2 GiB on arrays are written as they are. */
  private static final long LONGEST_CHUNK = 1L << 31;

  private static final int LEVEL = 4;
  private static final int ELEMENTS_AT_ONCE = 1 << 13;

  /** How arrays are stored. */
  public enum Storage {
    DEFLATED,
    PLAIN
  }

  /** The library finds links by bisection of their names' bytes. */
  private static final Comparator<String> BYTE_ORDER =
      Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Hdf5Sink sink;
  private final Storage storage;
  private long end = SUPERBLOCK;
  private ByteBuffer heap;
  private long heapAddress;
  private int inHeap;

  /** Writes to a sink, which whoever made it closes. */
  public Hdf5Writer(Hdf5Sink sink, Storage storage) {
    this.sink = sink;
    this.storage = storage;
  }

  private long append(byte[] bytes) {
    long at = align();
    sink.write(at, bytes, 0, bytes.length);
    end = at + bytes.length;
    return at;
  }

  private long align() {
    end = (end + 7) / 8 * 8;
    return end;
  }

  /**
   * A group: the addresses of its members by name.
   *
   * @return the group's own address
   * @throws Hdf5Exception if a name is too long for HDF5
   */
  public long group(Map<String, Long> members) {
    return group(members, Map.of());
  }

  /** As the other, with attributes, each a String, a Long or a Double. */
  public long group(Map<String, Long> members, Map<String, Object> attributes) {
    Hdf5Header header = Hdf5Header.group();
    sorted(attributes).forEach((name, value) -> attribute(header, name, value));
    sorted(members).forEach(header::link);
    return append(header.toBytes());
  }

  private static <V> Map<String, V> sorted(Map<String, V> map) {
    Map<String, V> sorted = new TreeMap<>(BYTE_ORDER);
    sorted.putAll(map);
    return sorted;
  }

  private void attribute(Hdf5Header header, String name, Object value) {
    if (value instanceof String text) {
      header.attribute(name, Hdf5Type.TEXT, reference(text));
    } else if (value instanceof Long number) {
      header.attribute(name, Hdf5Type.INT64, Hdf5Header.bytes(8, b -> b.putLong(number)));
    } else {
      double number = (Double) value;
      header.attribute(name, Hdf5Type.FLOAT64, Hdf5Header.bytes(8, b -> b.putDouble(number)));
    }
  }

  /** A dataset of FLOAT32, FLOAT64 or INT64; its address. */
  public long numbers(Tensor tensor) {
    Hdf5Type type = Hdf5Type.valueOf(tensor.dtype().name());
    long[] shape = tensor.shape().toLongArray();
    long bytes = (long) tensor.size() * type.size();
    boolean chunked = storage == Storage.DEFLATED && shape.length > 0 && tensor.size() > 0;
    long start = align();
    if (chunked && bytes < LONGEST_CHUNK) {
      Deflater deflater = new Deflater(LEVEL);
      try (OutputStream out = new DeflaterOutputStream(new Appending(), deflater, 1 << 14)) {
        write(tensor, type, out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        deflater.end();
      }
      Hdf5Header header = Hdf5Header.dataset(type, shape);
      return append(header.deflated(type, shape, LEVEL, start, end - start).toBytes());
    }
    try (OutputStream out = new Appending()) {
      write(tensor, type, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return plain(type, shape, start, bytes);
  }

  private long plain(Hdf5Type type, long[] shape, long start, long bytes) {
    long at = bytes == 0 ? Hdf5Header.NOWHERE : start;
    return append(Hdf5Header.dataset(type, shape).contiguous(at, bytes).toBytes());
  }

  private static void write(Tensor tensor, Hdf5Type type, OutputStream out) throws IOException {
    ByteBuffer part =
        ByteBuffer.allocate(ELEMENTS_AT_ONCE * type.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      switch (type) {
        case FLOAT32 -> part.putFloat(tensor.floats()[i]);
        case FLOAT64 -> part.putDouble(tensor.doubles()[i]);
        default -> part.putLong(tensor.longs()[i]);
      }
      if (!part.hasRemaining() || i == tensor.size() - 1) {
        out.write(part.array(), 0, part.position());
        part.clear();
      }
    }
  }

  /** A dataset of one string; its address. */
  public long text(String text) {
    return plain(Hdf5Type.TEXT, new long[0], append(reference(text)), Hdf5Type.TEXT.size());
  }

  /** A dataset {@code [rows, columns]} of strings; its address. */
  public long texts(List<String[]> rows, int columns) {
    int bytes = Math.toIntExact((long) rows.size() * columns * Hdf5Type.TEXT.size());
    byte[] references =
        Hdf5Header.bytes(
            bytes,
            b -> {
              for (String[] row : rows) {
                for (String text : row) {
                  b.put(reference(text));
                }
              }
            });
    long start = append(references);
    return plain(Hdf5Type.TEXT, new long[] {rows.size(), columns}, start, bytes);
  }

  /** Room for a dataset whose elements are written later. */
  public Hdf5Region reserve(Hdf5Type type, long... shape) {
    long bytes = type.size();
    for (long dim : shape) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    long start = align();
    end = Math.addExact(start, bytes);
    return new Hdf5Region(sink, start, plain(type, shape, start, bytes));
  }

  /** Puts a string into a heap: its length, the heap's address, its number there. */
  private byte[] reference(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int room = HEAP_HEAD + (utf8.length + 7) / 8 * 8;
    // What is left of a heap is an object, too, if there is room for its head.
    if (heap == null || heap.remaining() < room + HEAP_HEAD || inHeap == MOST_IN_HEAP) {
      finishHeap();
      heap = ByteBuffer.allocate(Math.max(HEAP, 2 * HEAP_HEAD + room));
      heap.order(ByteOrder.LITTLE_ENDIAN);
      heap.put("GCOL".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(heap.capacity());
      heapAddress = append(new byte[heap.capacity()]);
      inHeap = 0;
    }
    inHeap++;
    int next = heap.position() + room;
    heap.putShort((short) inHeap).putShort((short) 0).putInt(0).putLong(utf8.length).put(utf8);
    heap.position(next);
    return Hdf5Header.bytes(
        Hdf5Type.TEXT.size(), b -> b.putInt(utf8.length).putLong(heapAddress).putInt(inHeap));
  }

  private void finishHeap() {
    if (heap != null) {
      heap.putLong(0).putLong(heap.remaining() + Long.BYTES);
      sink.write(heapAddress, heap.array(), 0, heap.capacity());
      heap = null;
    }
  }

  /** Makes the group at an address the root; nothing may follow. */
  public void finish(long root) {
    finishHeap();
    long length = end;
    byte[] superblock =
        Hdf5Header.bytes(
            SUPERBLOCK,
            b -> {
              b.put(SIGNATURE).put((byte) 3).put((byte) 8).put((byte) 8).put((byte) 0);
              b.putLong(0).putLong(Hdf5Header.NOWHERE).putLong(length).putLong(root);
            });
    byte[] checked = Hdf5Header.checked(superblock);
    sink.write(0, checked, 0, checked.length);
  }

  /** Bytes to the end of the file. */
  private final class Appending extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      sink.write(end, bytes, from, length);
      end += length;
    }
  }
}
