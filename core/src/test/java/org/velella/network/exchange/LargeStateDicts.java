package org.velella.network.exchange;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.velella.layer.LinearOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkStructure;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirReader;
import org.velella.testkit.SmallHeap;

/**
 * Loads a network from state dicts that are ten times as large as the heap, most of it the memory
 * of an optimizer. The network is nearly half of the heap, so that no tensor fits beside a copy of
 * it.
 */
final class LargeStateDicts {
  static final long HEAP_BYTES = 28L << 20;

  /** Written by the test. */
  static final List<String> NETWORKS =
      List.of("plain.nir", "compressed.nir", "network.safetensors");

  private static final int LAYERS = 3;
  private static final int SIDE = 1024;
  private static final int OTHERS = 68;

  private LargeStateDicts() {}

  /** Says the sum of the weights, each of which is as the number of its layer. */
  public static void main(String[] args) throws IOException {
    SmallHeap.require(HEAP_BYTES);
    for (String file : NETWORKS) {
      network(Path.of(args[0], file));
    }
    Path safetensors = Path.of(args[0], "state.safetensors");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(safetensors))) {
      safetensors(out);
    }
    load(safetensors);
    Path npz = Path.of(args[0], "state.npz");
    try (ZipOutputStream out =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(npz)))) {
      npz(out);
    }
    load(npz);
  }

  /** The only weight is most of the heap; beside it there is no room for the file's bytes. */
  private static void network(Path file) throws IOException {
    LinearOperation layer = (LinearOperation) read(file).node("fc").operation();
    System.out.println(file.getFileName() + ": " + Arrays.hashCode(layer.weight().floats()));
  }

  private static Network read(Path file) throws IOException {
    if (file.toString().endsWith(".nir")) {
      return NirReader.read(file, NirConvention.NORSE, 1e-3);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return NetworkCodec.read(in, Files.size(file));
    }
  }

  private static void load(Path file) throws IOException {
    if (Files.size(file) < 10 * HEAP_BYTES) {
      throw new IllegalStateException(file + " has only " + Files.size(file) + " bytes");
    }
    StringBuilder nodes =
        new StringBuilder("{\"path\": \"in\", \"op\": \"input\", \"shape\": [1024]}");
    for (int i = 0; i < LAYERS; i++) {
      nodes.append(
          ", {\"path\": \"fc%d\", \"op\": \"linear\", \"weight\": [1024, 1024]}".formatted(i));
    }
    NetworkStructure structure =
        NetworkStructure.parse(
            "{\"format\": \"velella-network\", \"version\": 1, \"nodes\": [%s, {\"path\": \"out\", \"op\": \"output\"}]}"
                .formatted(nodes));
    WeightLoading.Loaded loaded =
        WeightLoading.into(structure)
            .ignore("optimizer.*")
            .load(StateDict.open(source(file), "state"));
    double sum = 0;
    for (int i = 0; i < LAYERS; i++) {
      LinearOperation layer = (LinearOperation) loaded.network().node("fc" + i).operation();
      for (float weight : layer.weight().floats()) {
        sum += weight;
      }
    }
    System.out.println("%s: sum %d".formatted(file.getFileName(), (long) sum));
    Files.delete(file);
  }

  private static StateDict.Source source(Path file) {
    return new StateDict.Source() {
      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public long length() throws IOException {
        return Files.size(file);
      }
    };
  }

  /** Names of all tensors, each of 4 MiB, and the number that all its elements are. */
  private static Map<String, Float> tensors() {
    Map<String, Float> tensors = new LinkedHashMap<>();
    for (int i = 0; i < OTHERS; i++) {
      tensors.put("optimizer." + i, 7f);
      if (i % 15 == 0 && i / 15 < LAYERS) {
        tensors.put("fc" + i / 15 + ".weight", (float) (i / 15));
      }
    }
    return tensors;
  }

  private static void elements(OutputStream out, float value) throws IOException {
    ByteBuffer row = ByteBuffer.allocate(4 * SIDE).order(ByteOrder.LITTLE_ENDIAN);
    while (row.hasRemaining()) {
      row.putFloat(value);
    }
    for (int i = 0; i < SIDE; i++) {
      out.write(row.array());
    }
  }

  private static void safetensors(OutputStream out) throws IOException {
    StringBuilder header = new StringBuilder();
    long at = 0;
    for (String name : tensors().keySet()) {
      header.append(header.isEmpty() ? "{" : ", ");
      header.append(
          "\"%s\": {\"dtype\": \"F32\", \"shape\": [1024, 1024], \"data_offsets\": [%d, %d]}"
              .formatted(name, at, at + (4 << 20)));
      at += 4 << 20;
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(json.length).array());
    out.write(json);
    for (float value : tensors().values()) {
      elements(out, value);
    }
  }

  private static void npz(ZipOutputStream zip) throws IOException {
    zip.setMethod(ZipOutputStream.STORED);
    String shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (1024, 1024), }";
    ByteArrayOutputStream begin = new ByteArrayOutputStream();
    begin.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
    begin.writeBytes(
        (shape + " ".repeat(117 - shape.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
    for (Map.Entry<String, Float> each : tensors().entrySet()) {
      CheckedOutputStream sum =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      begin.writeTo(sum);
      elements(sum, each.getValue());
      ZipEntry entry = new ZipEntry(each.getKey() + ".npy");
      entry.setSize(begin.size() + (4L << 20));
      entry.setCrc(sum.getChecksum().getValue());
      zip.putNextEntry(entry);
      begin.writeTo(zip);
      elements(zip, each.getValue());
      zip.closeEntry();
    }
  }
}
