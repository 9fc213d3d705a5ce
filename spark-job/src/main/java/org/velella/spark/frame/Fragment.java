package org.velella.spark.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A piece of input as it crosses the cluster: one byte of kind, then little-endian payload. A
 * sample's input is one fragment, or for event tables as many as it was found in.
 */
public final class Fragment {
  private static final byte VALUES = 1;
  private static final byte EVENTS = 2;
  private static final byte ROW_EVENTS = 3;
  private static final byte BAD = 4;
  private static final byte OPEN = 5;
  private static final byte ALL_PRESENT = 6;

  private final byte kind;
  private final ByteBuffer payload;

  private Fragment(byte kind, ByteBuffer payload) {
    this.kind = kind;
    this.payload = payload;
  }

  /** The fragment in some bytes; shares them. */
  public static Fragment of(byte[] bytes) {
    ByteBuffer payload =
        ByteBuffer.wrap(bytes, 1, bytes.length - 1).slice().order(ByteOrder.LITTLE_ENDIAN);
    return new Fragment(bytes[0], payload);
  }

  private static ByteBuffer allocate(byte kind, int payloadBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(1 + payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.put(kind);
  }

  /** The whole input of a sample: one step's values, held, or those of all steps in order. */
  public static byte[] values(float[] values) {
    ByteBuffer bytes = allocate(VALUES, Math.multiplyExact(values.length, Float.BYTES));
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** As {@link #values(float[])}, from little-endian float32 bytes; their number is checked. */
  public static byte[] values(byte[] littleEndianFloats) {
    if (littleEndianFloats.length % Float.BYTES != 0) {
      return bad(
          FailureReason.WRONG_LENGTH,
          littleEndianFloats.length + " bytes are not a whole number of 4-byte floats");
    }
    return allocate(VALUES, littleEndianFloats.length).put(littleEndianFloats).array();
  }

  /** Some of a sample's events; others may follow in other fragments. */
  public static byte[] events(int[] steps, int[] indices, int count) {
    return events(EVENTS, steps, indices, count);
  }

  /** All of a sample's events; another fragment of the same sample means a doubled id. */
  public static byte[] rowEvents(int[] steps, int[] indices, int count) {
    return events(ROW_EVENTS, steps, indices, count);
  }

  private static byte[] events(byte kind, int[] steps, int[] indices, int count) {
    ByteBuffer bytes = allocate(kind, Math.multiplyExact(count, 2 * Integer.BYTES));
    for (int i = 0; i < count; i++) {
      bytes.putInt(steps[i]).putInt(indices[i]);
    }
    return bytes.array();
  }

  /** The sample cannot be run. */
  public static byte[] bad(FailureReason reason, String detail) {
    byte[] text = detail.getBytes(StandardCharsets.UTF_8);
    return allocate(BAD, 1 + text.length).put((byte) reason.ordinal()).put(text).array();
  }

  /** A range is to be run even if no sample of it appears. */
  public static byte[] open() {
    return allocate(OPEN, 0).array();
  }

  /** A range has all of {@code count} samples from {@code firstId} on, those without input too. */
  public static byte[] allPresent(long firstId, int count) {
    return allocate(ALL_PRESENT, Long.BYTES + Integer.BYTES).putLong(firstId).putInt(count).array();
  }

  public boolean isValues() {
    return kind == VALUES;
  }

  public boolean isEvents() {
    return kind == EVENTS || kind == ROW_EVENTS;
  }

  public boolean isBad() {
    return kind == BAD;
  }

  public boolean isAllPresent() {
    return kind == ALL_PRESENT;
  }

  /** Whether another fragment of the same sample may follow. */
  public boolean isPartial() {
    return kind == EVENTS;
  }

  /** Number of values or events. */
  public int count() {
    return payload.capacity() / (isValues() ? Float.BYTES : 2 * Integer.BYTES);
  }

  public float value(int index) {
    return payload.getFloat(index * Float.BYTES);
  }

  /** Copies values {@code [from, from + length)}. */
  public void copyValues(int from, float[] target, int at, int length) {
    payload
        .slice(from * Float.BYTES, length * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(target, at, length);
  }

  public int step(int event) {
    return payload.getInt(event * 2 * Integer.BYTES);
  }

  public int index(int event) {
    return payload.getInt(event * 2 * Integer.BYTES + Integer.BYTES);
  }

  /** Why the sample cannot be run. */
  public FailureReason reason() {
    return FailureReason.values()[payload.get(0)];
  }

  /** Why the sample cannot be run, in words. */
  public String detail() {
    byte[] text = new byte[payload.capacity() - 1];
    payload.get(1, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The first id of a range whose samples are all present. */
  public long firstId() {
    return payload.getLong(0);
  }

  /** How many samples a range has that are all present. */
  public int samples() {
    return payload.getInt(Long.BYTES);
  }
}
