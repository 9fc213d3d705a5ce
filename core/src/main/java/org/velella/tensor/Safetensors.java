package org.velella.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Reads and writes safetensors files: an 8-byte little-endian length, a JSON header, the elements.
 *
 * <p>Equal tensors and metadata give equal bytes: the header lists tensors in the order of the map
 * and metadata by key, all NaNs of a type are written as one, and the data is laid out by
 * descending element width, so that every tensor is aligned to its elements. The reader trusts
 * nothing: lengths, offsets, shapes and keys are checked before memory is taken, and it never takes
 * more than the file's length.
 */
public final class Safetensors {
  /** The longest header that is read unless a caller allows another length: 16 MiB. */
  public static final int MAX_HEADER_BYTES = 16 << 20;

  private static final int ALIGNMENT = 8;
  private static final int LENGTH_BYTES = 8;

  private Safetensors() {}

  /**
   * A file as bytes.
   *
   * @param tensors by name, in the order that the header shall have
   * @param metadata free-form strings
   * @throws SafetensorsException if a name cannot be written, or the header would exceed {@link
   *     #MAX_HEADER_BYTES}
   */
  public static byte[] toBytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out, tensors, metadata);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** As {@link #toBytes}, to a stream, which stays open. */
  public static void write(
      OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    out.write(headerBytes(tensors, metadata));
    writeData(out, tensors);
  }

  /** All bytes before the data: the length, the JSON and its padding. */
  public static byte[] headerBytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
    byte[] json = encode(headerJson(tensors, metadata));
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > MAX_HEADER_BYTES) {
      throw new SafetensorsException(
          "The header needs %d bytes, at most %d are allowed".formatted(padded, MAX_HEADER_BYTES));
    }
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }

  /** Writes the data alone, as it follows the header; a checksum over it can go into the header. */
  public static void writeData(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    data(tensors).writeTo(out);
  }

  /** The data of a file, for whoever writes the same more than once: the second time is faster. */
  public static Data data(Map<String, Tensor> tensors) {
    SafetensorsData data = new SafetensorsData();
    List<String> order = dataOrder(tensors);
    return out -> {
      for (String name : order) {
        data.write(tensors.get(name), out);
      }
    };
  }

  /** Bytes to be written. */
  @FunctionalInterface
  public interface Data {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * What a file holds.
   *
   * @throws SafetensorsException if the bytes are not exactly one valid file
   */
  public static SafetensorsFile read(byte[] bytes) {
    try {
      return read(new ByteArrayInputStream(bytes), bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * As {@link #read(byte[])}, from a stream, which stays open.
   *
   * @param length the file's length in bytes, from a source other than its content
   */
  public static SafetensorsFile read(InputStream in, long length) throws IOException {
    SafetensorsHeader header = readHeader(in, length);
    return new SafetensorsFile(readData(in, header), header.metadata());
  }

  /**
   * The header of a file; leaves the stream at the first byte of the data.
   *
   * @param length the file's length in bytes, from a source other than its content
   * @throws SafetensorsException if the header is not valid, does not fit the length, or is longer
   *     than {@link #MAX_HEADER_BYTES}
   */
  public static SafetensorsHeader readHeader(InputStream in, long length) throws IOException {
    return readHeader(in, length, MAX_HEADER_BYTES);
  }

  /** As {@link #readHeader(InputStream, long)}, for headers of up to {@code maxHeaderBytes}. */
  public static SafetensorsHeader readHeader(InputStream in, long length, int maxHeaderBytes)
      throws IOException {
    return parseHeader(readHeaderBytes(in, length, maxHeaderBytes), length);
  }

  /**
   * All bytes before the data, unparsed, so that they can be compared with a checksum; leaves the
   * stream at the first byte of the data.
   *
   * @throws SafetensorsException if their length does not fit the file's or exceeds 8 + {@code
   *     maxHeaderBytes}
   */
  public static byte[] readHeaderBytes(InputStream in, long length, int maxHeaderBytes)
      throws IOException {
    byte[] prefix = in.readNBytes(LENGTH_BYTES);
    if (length < LENGTH_BYTES || prefix.length < LENGTH_BYTES) {
      throw new SafetensorsException(
          "A safetensors file has at least 8 bytes, this one " + Math.min(length, prefix.length));
    }
    long headerLength = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (headerLength < 0 || headerLength > length - LENGTH_BYTES) {
      throw new SafetensorsException(
          "The safetensors header claims %s bytes, the file has %d"
              .formatted(Long.toUnsignedString(headerLength), length));
    }
    if (headerLength > maxHeaderBytes) {
      throw new SafetensorsException(
          "The safetensors header has %d bytes, at most %d are allowed"
              .formatted(headerLength, maxHeaderBytes));
    }
    byte[] bytes = Arrays.copyOf(prefix, LENGTH_BYTES + (int) headerLength);
    if (in.readNBytes(bytes, LENGTH_BYTES, (int) headerLength) < headerLength) {
      throw new SafetensorsException("The file ends inside its safetensors header");
    }
    return bytes;
  }

  /**
   * The header that {@link #readHeaderBytes} has read.
   *
   * @param length the file's length in bytes
   */
  public static SafetensorsHeader parseHeader(byte[] headerBytes, long length) {
    return parseHeader(headerBytes, length, SafetensorsHeaderReader.Types.OURS);
  }

  private static SafetensorsHeader parseHeader(
      byte[] headerBytes, long length, SafetensorsHeaderReader.Types types) {
    byte[] json = Arrays.copyOfRange(headerBytes, LENGTH_BYTES, headerBytes.length);
    return SafetensorsHeaderReader.parse(json, length - headerBytes.length, types);
  }

  /**
   * As {@link #readHeader(InputStream, long)}, for files of others: their element types may be any
   * whose values a tensor holds exactly, such as BF16.
   */
  public static SafetensorsHeader readWideHeader(InputStream in, long length) throws IOException {
    byte[] header = readHeaderBytes(in, length, MAX_HEADER_BYTES);
    return parseHeader(header, length, SafetensorsHeaderReader.Types.WIDENED);
  }

  /**
   * The tensors of a file whose header was read from the same stream, in the order of the header.
   */
  public static Map<String, Tensor> readData(InputStream in, SafetensorsHeader header)
      throws IOException {
    Map<String, Tensor> read = new HashMap<>();
    readSome(in, header, header.entries().keySet(), read::put);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    header.entries().keySet().forEach(name -> tensors.put(name, read.get(name)));
    return tensors;
  }

  /**
   * Hands over some of the tensors of a file whose header was read from the same stream, one after
   * the other in the order of the data; the others are passed over.
   */
  public static void readSome(
      InputStream in,
      SafetensorsHeader header,
      Set<String> wanted,
      BiConsumer<String, Tensor> consumer)
      throws IOException {
    SafetensorsData data = new SafetensorsData();
    for (String name : SafetensorsHeaderReader.inDataOrder(header.entries())) {
      SafetensorsHeader.Entry entry = header.entries().get(name);
      if (wanted.contains(name)) {
        consumer.accept(name, data.read(name, entry, in));
      } else {
        skip(name, entry.length(), in);
      }
    }
  }

  private static void skip(String name, long bytes, InputStream in) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw new SafetensorsException("The file ends inside tensor '" + name + "'", e);
    }
  }

  private static List<String> dataOrder(Map<String, Tensor> tensors) {
    List<String> names = new ArrayList<>(tensors.keySet());
    // A stable sort, so that equal widths keep the order of the map.
    names.sort(Comparator.comparingInt(name -> -tensors.get(name).dtype().bytes()));
    return names;
  }

  private static String headerJson(Map<String, Tensor> tensors, Map<String, String> metadata) {
    Map<String, Long> begins = new HashMap<>();
    long at = 0;
    for (String name : dataOrder(tensors)) {
      begins.put(name, at);
      at += bytes(tensors.get(name));
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      writeMetadata(json, metadata);
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        writeEntry(json, entry.getKey(), entry.getValue(), begins.get(entry.getKey()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void writeMetadata(JsonGenerator json, Map<String, String> metadata)
      throws IOException {
    if (metadata.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart(SafetensorsHeaderReader.METADATA);
    for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private static void writeEntry(JsonGenerator json, String name, Tensor tensor, long begin)
      throws IOException {
    if (name.equals(SafetensorsHeaderReader.METADATA)) {
      throw new SafetensorsException("A tensor cannot be named '" + name + "' in safetensors");
    }
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.dtype().code());
    json.writeArrayFieldStart("shape");
    for (int dim : tensor.shape().toArray()) {
      json.writeNumber(dim);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("data_offsets");
    json.writeNumber(begin);
    json.writeNumber(begin + bytes(tensor));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static long bytes(Tensor tensor) {
    return (long) tensor.size() * tensor.dtype().bytes();
  }

  private static byte[] encode(String json) {
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new SafetensorsException("A name or a metadata string is not valid Unicode", e);
    }
  }
}
