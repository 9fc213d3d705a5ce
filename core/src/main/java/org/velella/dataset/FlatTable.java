package org.velella.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A table of a FlatBuffers message; no offset in it is followed out of the message. */
final class FlatTable {
  private static final int NOT_THERE = 0;

  private final ByteBuffer bytes;
  private final int position;
  private final int vtable;
  private final int vtableBytes;

  private FlatTable(ByteBuffer bytes, int position) throws Malformed {
    this.bytes = bytes;
    this.position = position;
    long table = position - (long) i32(position);
    if (table < 0 || table > bytes.limit() - 4) {
      throw new Malformed("a FlatBuffers table whose fields lie outside the message");
    }
    vtable = (int) table;
    vtableBytes = bytes.getShort(vtable) & 0xffff;
    if (vtableBytes < 4 || vtableBytes > bytes.limit() - vtable) {
      throw new Malformed("a FlatBuffers table with %d bytes of fields".formatted(vtableBytes));
    }
  }

  /** The root of a message: an offset, four letters that name it, then anything. */
  static FlatTable root(byte[] message, int from, int length) throws Malformed {
    ByteBuffer bytes =
        ByteBuffer.wrap(message, from, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    if (length < 8) {
      throw new Malformed("a FlatBuffers message of " + length + " bytes");
    }
    int root = bytes.getInt(0);
    if (root < 4 || root > bytes.limit() - 4) {
      throw new Malformed("a FlatBuffers message whose root lies at " + root);
    }
    return new FlatTable(bytes, root);
  }

  private int i32(int at) throws Malformed {
    if (at < 0 || at > bytes.limit() - 4) {
      throw new Malformed("a FlatBuffers offset to byte " + at);
    }
    return bytes.getInt(at);
  }

  /** Where a field's value stands, or 0. */
  private int field(int number, int valueBytes) throws Malformed {
    int slot = 4 + 2 * number;
    int offset = slot + 2 > vtableBytes ? 0 : bytes.getShort(vtable + slot) & 0xffff;
    if (offset == 0) {
      return NOT_THERE;
    }
    if (offset > bytes.limit() - valueBytes - position) {
      throw new Malformed("a FlatBuffers field beyond the end of the message");
    }
    return position + offset;
  }

  int intField(int number, int otherwise) throws Malformed {
    int at = field(number, Integer.BYTES);
    return at == NOT_THERE ? otherwise : bytes.getInt(at);
  }

  long longField(int number, long otherwise) throws Malformed {
    int at = field(number, Long.BYTES);
    return at == NOT_THERE ? otherwise : bytes.getLong(at);
  }

  String stringField(int number) throws Malformed {
    ByteBuffer text = vector(number, 1);
    byte[] chars = new byte[text.remaining()];
    text.get(chars);
    return new String(chars, StandardCharsets.UTF_8);
  }

  /** The elements of a vector of structs; empty if it is not there. */
  ByteBuffer vector(int number, int elementBytes) throws Malformed {
    int at = field(number, Integer.BYTES);
    if (at == NOT_THERE) {
      return ByteBuffer.allocate(0);
    }
    long start = at + (bytes.getInt(at) & 0xffffffffL);
    int count = start > bytes.limit() - 4 ? -1 : bytes.getInt((int) start);
    if (count < 0 || count * (long) elementBytes > bytes.limit() - start - 4) {
      throw new Malformed("a FlatBuffers vector that goes beyond the end of the message");
    }
    return bytes.slice((int) start + 4, count * elementBytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
