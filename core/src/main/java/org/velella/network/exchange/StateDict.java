package org.velella.network.exchange;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.velella.tensor.DType;
import org.velella.tensor.NpyException;
import org.velella.tensor.Npz;
import org.velella.tensor.NpzException;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;
import org.velella.tensor.SafetensorsHeader;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * The tensors of a state dict, in a safetensors or npz file; which of the two its bytes say. The
 * file is not held: it is opened anew for each reading, and read one tensor after the other.
 */
public final class StateDict {
  private static final int BEGIN_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] NPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private final String file;
  private final Source source;
  private final boolean zip;
  private final Map<String, Entry> entries;

  /**
   * What a file says of one tensor.
   *
   * @param stored the type in the file, such as {@code BF16}
   * @param dtype the type that it is read as, in which every value is kept
   */
  public record Entry(String stored, DType dtype, Shape shape) {}

  /** Where the bytes of a file are; its length may be more than 2 GiB. */
  public interface Source {
    /** The file from its first byte on; whoever asked closes it. */
    InputStream open() throws IOException;

    /** Bytes of the whole file. */
    long length() throws IOException;
  }

  /** The forms in which a state dict is written. */
  public enum Form {
    SAFETENSORS,
    NPZ
  }

  private StateDict(String file, Source source, boolean zip, Map<String, Entry> entries) {
    this.file = file;
    this.source = source;
    this.zip = zip;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * The state dict in a file's bytes.
   *
   * @param file its name for messages
   * @throws StateDictException if it is neither form, or damaged
   */
  public static StateDict open(byte[] bytes, String file) {
    Source source =
        new Source() {
          @Override
          public InputStream open() {
            return new ByteArrayInputStream(bytes);
          }

          @Override
          public long length() {
            return bytes.length;
          }
        };
    try {
      return open(source, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The state dict in a file, of which only names, types and shapes are read.
   *
   * @param file its name for messages
   * @throws StateDictException if it is neither form, or damaged
   */
  public static StateDict open(Source source, String file) throws IOException {
    byte[] begin;
    try (InputStream in = source.open()) {
      begin = in.readNBytes(BEGIN_BYTES);
    }
    boolean zip = begin.length > 3 && begin[0] == 'P' && begin[1] == 'K';
    try (InputStream in = new BufferedInputStream(source.open(), BUFFER_BYTES)) {
      Map<String, Entry> entries = zip ? arrays(in, file) : tensors(in, source.length());
      return new StateDict(file, source, zip, entries);
    } catch (SafetensorsException e) {
      throw new StateDictException(refusal(begin, file, e), e);
    } catch (IllegalArgumentException e) {
      throw new StateDictException(e.getMessage() + hint(e.getMessage()), e);
    }
  }

  private static Map<String, Entry> arrays(InputStream in, String file) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Npz.headers(in, file)
        .forEach(
            (name, header) ->
                entries.put(
                    name, new Entry(code(header.type().name()), header.dtype(), header.shape())));
    return entries;
  }

  /** NumPy's names as safetensors has them: FLOAT16 is F16. */
  private static String code(String type) {
    return type.equals("BOOL")
        ? type
        : type.replace("FLOAT", "F").replace("UINT", "U").replace("INT", "I");
  }

  private static Map<String, Entry> tensors(InputStream in, long length) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Safetensors.readWideHeader(in, length)
        .entries()
        .forEach(
            (name, entry) ->
                entries.put(name, new Entry(entry.stored().name(), entry.dtype(), entry.shape())));
    return entries;
  }

  /**
   * @param begin the first bytes of the file, more than the longest of the known beginnings
   */
  private static String refusal(byte[] begin, String file, SafetensorsException e) {
    String known = "; a state dict is a .safetensors or .npz file";
    int alike = Arrays.mismatch(begin, NPY);
    if (begin.length == 0) {
      return file + " is empty" + known;
    }
    if (alike == begin.length) {
      return "%s is cut short after %d bytes%s".formatted(file, begin.length, known);
    }
    if (alike < NPY.length) {
      return file + " is neither safetensors nor npz: " + e.getMessage();
    }
    return file + " is a single .npy array" + known + ", made by numpy.savez(file, **arrays)";
  }

  private static String hint(String message) {
    return message.contains("data.pkl")
        ? ". PyTorch's own files hold Python objects, which are not read; save the state dict with"
            + " safetensors.torch.save_file"
        : "";
  }

  /** The file's name. */
  public String file() {
    return file;
  }

  /** What there is, in the order of the file. */
  public Map<String, Entry> entries() {
    return entries;
  }

  /**
   * Some of the tensors.
   *
   * @throws StateDictException if the file is damaged
   */
  public Map<String, Tensor> read(Set<String> names) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    read(names, tensors::put);
    return tensors;
  }

  /**
   * Hands over some of the tensors, one after the other in the order of the file's data; each may
   * be dropped before the next one is read.
   *
   * @throws StateDictException if the file is damaged
   */
  public void read(Set<String> names, BiConsumer<String, Tensor> consumer) {
    try (InputStream in = new BufferedInputStream(source.open(), BUFFER_BYTES)) {
      if (zip) {
        Npz.read(in, file, names, consumer);
      } else {
        SafetensorsHeader header = Safetensors.readWideHeader(in, source.length());
        Safetensors.readSome(in, header, names, consumer);
      }
    } catch (SafetensorsException | NpyException | NpzException e) {
      throw new StateDictException("Cannot read the tensors of " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the tensors of " + file, e);
    }
  }

  /**
   * The form that a file's name asks for.
   *
   * @throws StateDictException if its ending is that of neither form
   */
  public static Form form(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    for (Form form : Form.values()) {
      if (lower.endsWith("." + form.name().toLowerCase(Locale.ROOT))) {
        return form;
      }
    }
    throw new StateDictException(
        file + ": a state dict is written as .safetensors or .npz; end the name so");
  }

  /** Writes tensors; equal tensors give equal bytes. The stream stays open. */
  public static void write(OutputStream out, Map<String, Tensor> tensors, Form form)
      throws IOException {
    switch (form) {
      case SAFETENSORS -> Safetensors.write(out, tensors, Map.of("format", "pt"));
      case NPZ -> Npz.write(out, tensors);
    }
  }
}
