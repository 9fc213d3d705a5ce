package org.velella.network.exchange;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.velella.tensor.DType;
import org.velella.tensor.Npz;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;
import org.velella.tensor.SafetensorsHeader;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The tensors of a state dict, in a safetensors or npz file; which of the two its bytes say. */
public final class StateDict {
  private static final byte[] NPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private final String file;
  private final byte[] bytes;
  private final boolean zip;
  private final Map<String, Entry> entries;

  /**
   * What a file says of one tensor.
   *
   * @param stored the type in the file, such as {@code BF16}
   * @param dtype the type that it is read as, in which every value is kept
   */
  public record Entry(String stored, DType dtype, Shape shape) {}

  /** The forms in which a state dict is written. */
  public enum Form {
    SAFETENSORS,
    NPZ
  }

  private StateDict(String file, byte[] bytes, boolean zip, Map<String, Entry> entries) {
    this.file = file;
    this.bytes = bytes;
    this.zip = zip;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * The state dict in a file, of which only names, types and shapes are read.
   *
   * @param file its name for messages
   * @throws StateDictException if it is neither form, or damaged
   */
  public static StateDict open(byte[] bytes, String file) {
    boolean zip = bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K';
    try {
      return new StateDict(file, bytes, zip, zip ? arrays(bytes, file) : tensors(bytes));
    } catch (SafetensorsException e) {
      throw new StateDictException(refusal(bytes, file, e), e);
    } catch (IllegalArgumentException e) {
      throw new StateDictException(e.getMessage() + hint(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Entry> arrays(byte[] bytes, String file) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Npz.headers(new ByteArrayInputStream(bytes), file)
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

  private static Map<String, Entry> tensors(byte[] bytes) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, SafetensorsHeader.Entry> each : header(bytes).entries().entrySet()) {
      SafetensorsHeader.Entry entry = each.getValue();
      entries.put(each.getKey(), new Entry(entry.stored().name(), entry.dtype(), entry.shape()));
    }
    return entries;
  }

  private static SafetensorsHeader header(byte[] bytes) throws IOException {
    return Safetensors.readWideHeader(new ByteArrayInputStream(bytes), bytes.length);
  }

  private static String refusal(byte[] bytes, String file, SafetensorsException e) {
    String known = "; a state dict is a .safetensors or .npz file";
    int alike = Arrays.mismatch(bytes, NPY);
    if (bytes.length == 0) {
      return file + " is empty" + known;
    }
    if (alike == bytes.length) {
      return "%s is cut short after %d bytes%s".formatted(file, bytes.length, known);
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
   * Some of the tensors. Of an npz file only these are kept; a safetensors file is read whole.
   *
   * @throws StateDictException if the file is damaged
   */
  public Map<String, Tensor> read(Set<String> names) {
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(bytes);
      if (zip) {
        return Npz.read(in, file, names);
      }
      SafetensorsHeader header = Safetensors.readWideHeader(in, bytes.length);
      Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.readData(in, header));
      tensors.keySet().retainAll(names);
      return tensors;
    } catch (IllegalArgumentException e) {
      throw new StateDictException("Cannot read the tensors of " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
