package org.velella.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The checked header of a safetensors file: enough to know what is inside and where, without
 * reading the data.
 *
 * @param entries by tensor name, in the order of the header
 * @param metadata the free-form strings under {@code __metadata__}; empty if there are none
 * @param dataStart the file offset at which the data begins
 * @param dataLength bytes of data; the file is {@code dataStart + dataLength} bytes long
 */
public record SafetensorsHeader(
    Map<String, Entry> entries, Map<String, String> metadata, long dataStart, long dataLength) {
  public SafetensorsHeader {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * One tensor's place.
   *
   * @param stored the type of its elements in the file
   * @param begin its first byte, counted from {@link #dataStart()}
   * @param end one past its last byte, likewise
   */
  public record Entry(SafetensorsType stored, Shape shape, long begin, long end) {
    /** The type of the tensor that reading gives. */
    public DType dtype() {
      return stored.dtype();
    }

    /** Bytes of the tensor. */
    public long length() {
      return end - begin;
    }
  }
}
