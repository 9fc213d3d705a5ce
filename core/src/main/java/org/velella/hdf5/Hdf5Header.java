package org.velella.hdf5;

import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The object header of a group or dataset in the making: HDF5's version 2, all messages in one
 * block.
 */
final class Hdf5Header {
  /** The address of what is not there. */
  static final long NOWHERE = -1;

  private static final int DATASPACE = 1;
  private static final int LINK_INFO = 2;
  private static final int DATATYPE = 3;
  private static final int FILL_VALUE = 5;
  private static final int LINK = 6;
  private static final int LAYOUT = 8;
  private static final int GROUP_INFO = 10;
  private static final int FILTERS = 11;
  private static final int ATTRIBUTE = 12;
  private static final int CONSTANT = 1;
  private static final int MOST_BYTES = (1 << 16) - 1;

  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

  /** Little endian bytes that a consumer puts into a buffer. */
  static byte[] bytes(int capacity, Consumer<ByteBuffer> content) {
    ByteBuffer buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    content.accept(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private Hdf5Header message(int type, int flags, byte[] data) {
    if (data.length > MOST_BYTES) {
      throw new Hdf5Exception("An entry of %d bytes is too long for HDF5".formatted(data.length));
    }
    messages.writeBytes(
        bytes(4, b -> b.put((byte) type).putShort((short) data.length).put((byte) flags)));
    messages.writeBytes(data);
    return this;
  }

  /** A group whose links follow. */
  static Hdf5Header group() {
    return new Hdf5Header()
        .message(
            LINK_INFO, 0, bytes(18, b -> b.putShort((short) 0).putLong(NOWHERE).putLong(NOWHERE)))
        .message(GROUP_INFO, CONSTANT, new byte[2]);
  }

  /** A link of a group to the header at an address. */
  Hdf5Header link(String name, long address) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    boolean wide = utf8.length > 0xff;
    return message(
        LINK,
        0,
        bytes(
            utf8.length + 13,
            b -> {
              b.put((byte) 1).put((byte) (wide ? 0x11 : 0x10)).put((byte) 1);
              if (wide) {
                b.putShort((short) utf8.length);
              } else {
                b.put((byte) utf8.length);
              }
              b.put(utf8).putLong(address);
            }));
  }

  /** A dataset of a type and shape; its layout follows. */
  static Hdf5Header dataset(Hdf5Type type, long[] shape) {
    return new Hdf5Header()
        .message(DATASPACE, 0, dataspace(shape))
        .message(DATATYPE, CONSTANT, type.description())
        .message(FILL_VALUE, CONSTANT, new byte[] {3, 10});
  }

  private static byte[] dataspace(long[] shape) {
    return bytes(
        4 + shape.length * Long.BYTES,
        b -> {
          b.put((byte) 2).put((byte) shape.length).put((byte) 0);
          b.put((byte) (shape.length == 0 ? 0 : 1));
          for (long dim : shape) {
            b.putLong(dim);
          }
        });
  }

  /** Data as they are, in one piece. */
  Hdf5Header contiguous(long address, long length) {
    return message(
        LAYOUT, 0, bytes(18, b -> b.put((byte) 3).put((byte) 1).putLong(address).putLong(length)));
  }

  /** Data as one compressed chunk. */
  Hdf5Header deflated(Hdf5Type type, long[] shape, int level, long address, long length) {
    message(
        FILTERS,
        CONSTANT,
        bytes(
            12,
            b -> {
              b.put((byte) 2).put((byte) 1);
              b.putShort((short) 1).putShort((short) 1).putShort((short) 1).putInt(level);
            }));
    // The library insists on the fewest bytes that hold the longest axis.
    long longest = type.size();
    for (long dim : shape) {
      longest = Math.max(longest, dim);
    }
    int width = (Long.SIZE - Long.numberOfLeadingZeros(longest) + Byte.SIZE - 1) / Byte.SIZE;
    return message(
        LAYOUT,
        0,
        bytes(
            6 + (shape.length + 1) * Long.BYTES + 20,
            b -> {
              b.put((byte) 4).put((byte) 2).put((byte) 2);
              b.put((byte) (shape.length + 1)).put((byte) width);
              for (long dim : shape) {
                shorten(b, dim, width);
              }
              shorten(b, type.size(), width);
              b.put((byte) 1);
              b.putLong(length).putInt(0).putLong(address);
            }));
  }

  private static void shorten(ByteBuffer buffer, long value, int width) {
    for (int i = 0; i < width; i++) {
      buffer.put((byte) (value >> i * Byte.SIZE));
    }
  }

  /** An attribute of one value. */
  Hdf5Header attribute(String name, Hdf5Type type, byte[] value) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] space = dataspace(new long[0]);
    byte[] description = type.description();
    return message(
        ATTRIBUTE,
        0,
        bytes(
            10 + utf8.length + description.length + space.length + value.length,
            b -> {
              b.put((byte) 3).put((byte) 0);
              b.putShort((short) (utf8.length + 1)).putShort((short) description.length);
              b.putShort((short) space.length).put((byte) 1);
              b.put(utf8).put((byte) 0).put(description).put(space).put(value);
            }));
  }

  /** The header as it stands in the file. */
  byte[] toBytes() {
    byte[] head =
        bytes(
            10,
            b -> {
              b.put("OHDR".getBytes(StandardCharsets.US_ASCII)).put((byte) 2).put((byte) 2);
              b.putInt(messages.size());
            });
    return checked(
        bytes(head.length + messages.size(), b -> b.put(head).put(messages.toByteArray())));
  }

  /** Bytes with their checksum behind them. */
  static byte[] checked(byte[] content) {
    int sum = JenkinsLookup3HashLittle.hash(content);
    return bytes(content.length + Integer.BYTES, b -> b.put(content).putInt(sum));
  }
}
