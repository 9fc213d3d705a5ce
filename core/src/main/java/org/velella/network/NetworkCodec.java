package org.velella.network;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;
import org.velella.tensor.SafetensorsFile;
import org.velella.tensor.Tensor;

/**
 * Networks as bytes, for files and for executors: a safetensors file whose tensors are the weights
 * ({@code fc.weight}) and neuron parameters ({@code lif.tau}, float64), and whose metadata holds
 * the rest as JSON. Equal networks give equal bytes. NIR files lose what NIR cannot say; this form
 * loses nothing.
 */
public final class NetworkCodec {
  /** The value of the metadata key {@code format}. */
  public static final String FORMAT = "velella-network";

  private static final int MAJOR = 1;

  /** Since 1, neurons may have inputs with names, to which edges lead. */
  private static final int MINOR = 1;

  private static final String FORMAT_KEY = "format";
  private static final String MAJOR_KEY = "major";
  private static final String MINOR_KEY = "minor";
  private static final String NETWORK_KEY = "network";

  private NetworkCodec() {}

  /**
   * A network as bytes, of the lowest minor version that has what it needs.
   *
   * @throws NetworkException if a node's operation is of a type that files cannot hold
   */
  public static byte[] toBytes(Network network) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out, network);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** As {@link #toBytes}, to a stream, which stays open. */
  public static void write(OutputStream out, Network network) throws IOException {
    NetworkWriter writer = new NetworkWriter(network);
    Map<String, Tensor> tensors = new LinkedHashMap<>(writer.weights());
    tensors.putAll(writer.parameters());
    Safetensors.write(
        out,
        tensors,
        Map.of(
            FORMAT_KEY, FORMAT,
            MAJOR_KEY, String.valueOf(MAJOR),
            MINOR_KEY, String.valueOf(writer.namesInputs() ? MINOR : 0),
            NETWORK_KEY, writer.json()));
  }

  /**
   * The network of bytes that {@link #toBytes} wrote. Bytes from elsewhere do no harm, except that
   * a network may name {@link org.velella.module.Module} classes of the class path, which are
   * built.
   *
   * @throws NetworkException if the bytes are damaged, of a newer major version, or no network; the
   *     message says which
   */
  public static Network fromBytes(byte[] bytes) {
    try {
      return read(new ByteArrayInputStream(bytes), bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * As {@link #fromBytes}, from a stream, which stays open. Nothing but the network is held, and it
   * may have more than 2 GiB.
   *
   * @param length the file's length in bytes, from a source other than its content
   */
  public static Network read(InputStream in, long length) throws IOException {
    try {
      SafetensorsFile file = Safetensors.read(in, length);
      Map<String, String> metadata = file.metadata();
      if (!FORMAT.equals(metadata.get(FORMAT_KEY))) {
        throw new NetworkException(
            "The safetensors file is no network: its metadata says format '%s', not '%s'"
                .formatted(metadata.get(FORMAT_KEY), FORMAT));
      }
      int major = version(metadata, MAJOR_KEY);
      int minor = version(metadata, MINOR_KEY);
      if (major != MAJOR) {
        throw new NetworkException(
            "The network is written in format version %d.%d; this Velella reads version %d"
                .formatted(major, minor, MAJOR));
      }
      String json = metadata.get(NETWORK_KEY);
      if (json == null) {
        throw new NetworkException("The network file lacks its metadata '" + NETWORK_KEY + "'");
      }
      return NetworkParser.parse(json, file.tensors(), minor <= MINOR);
    } catch (NetworkException e) {
      throw e;
    } catch (SafetensorsException | IllegalArgumentException | ArithmeticException e) {
      throw new NetworkException("The network cannot be read: " + e.getMessage(), e);
    }
  }

  private static int version(Map<String, String> metadata, String key) {
    String text = metadata.get(key);
    if (text == null || !text.matches("[0-9]{1,9}")) {
      throw new NetworkException(
          "The network file's metadata '%s' must be a version number, found %s"
              .formatted(key, text));
    }
    return Integer.parseInt(text);
  }
}
