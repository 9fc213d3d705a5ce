package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.velella.provenance.Checksums;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsFile;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * The golden checkpoint as other writers may leave it: changed by accident, made for something
 * else, written by a later version. Run it with the directory {@code golden/checkpoint-v1-variants}
 * to write them again.
 */
final class GoldenVariants {
  private static final String MANIFEST = ManifestLog.path(2);

  private final Map<String, MemoryCheckpointStore> variants = new TreeMap<>();

  private GoldenVariants() {}

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    for (Map.Entry<String, MemoryCheckpointStore> variant : write().entrySet()) {
      for (Map.Entry<String, byte[]> file : variant.getValue().files().entrySet()) {
        Path path = root.resolve(variant.getKey()).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    }
  }

  static Map<String, MemoryCheckpointStore> write() throws IOException {
    GoldenVariants all = new GoldenVariants();
    all.damage();
    all.otherRuns();
    all.otherVersions();
    all.recordings();
    return all.variants;
  }

  private MemoryCheckpointStore variant(String name) throws IOException {
    MemoryCheckpointStore store = GoldenCheckpoint.write();
    variants.put(name, store);
    return store;
  }

  /** The newest file of the first range. */
  private static RangeFileRef newest(MemoryCheckpointStore store) throws IOException {
    return Fixtures.newest(new ManifestLog(store).manifest(2).ranges().get(0));
  }

  private void damage() throws IOException {
    MemoryCheckpointStore truncated = variant("truncated");
    String path = Fixtures.path(newest(truncated));
    byte[] bytes = truncated.file(path);
    truncated.replace(path, Arrays.copyOf(bytes, bytes.length - 100));
    MemoryCheckpointStore flipped = variant("bit-flipped");
    byte[] data = bytes.clone();
    data[data.length - 20] ^= 0x08;
    flipped.replace(path, data);
    MemoryCheckpointStore header = variant("bit-flipped-header");
    byte[] head = bytes.clone();
    head[200] ^= 0x01;
    header.replace(path, head);
    MemoryCheckpointStore swapped = variant("swapped");
    RangeFileRef older = new ManifestLog(swapped).manifest(2).ranges().get(0).files().get(0);
    swapped.replace(path, swapped.file(Fixtures.path(older)));
    variant("missing").delete(path);
    MemoryCheckpointStore manifest = variant("damaged-manifest");
    byte[] line = manifest.file(MANIFEST);
    line[line.length / 2] ^= 0x10;
    manifest.replace(MANIFEST, line);
  }

  private void otherRuns() throws IOException {
    rewritten(
        "renamed-memory",
        tensors -> renamed(tensors, "memory:000000:lif.v", "memory:000000:lif.w"),
        metadata -> replaced(metadata, "range", "lif.v", "lif.w"));
    rewritten(
        "wrong-network",
        tensors -> tensors,
        metadata ->
            replaced(
                metadata, "range", GoldenCheckpoint.RUN.digests().get("network"), "f0".repeat(32)));
    rewritten(
        "wrong-dtype",
        tensors -> {
          Tensor doubles = tensors.get("memory:000001:synapse.i");
          Tensor floats = Tensor.of(doubles.shape(), doubles.toFloats());
          tensors.put("memory:000001:synapse.i", floats);
          return tensors;
        },
        metadata -> metadata);
    rewritten(
        "wrong-shape",
        tensors -> {
          tensors.compute("memory:000000:lif.v", (name, tensor) -> tensor.reshape(Shape.of(2, 3)));
          return tensors;
        },
        metadata -> metadata);
    rewritten("more-rows", GoldenVariants::withOneMore, metadata -> metadata);
  }

  private void otherVersions() throws IOException {
    UnaryOperator<Map<String, String>> laterRange =
        metadata -> {
          metadata.put("colour", "blue");
          replaced(metadata, "range", "{\"from_step\"", "{\"added\":[1,{\"x\":2}],\"from_step\"");
          return replaced(metadata, "format", "\"minor\":0", "\"minor\":7");
        };
    MemoryCheckpointStore minor = rewritten("future-minor", tensors -> tensors, laterRange);
    edit(minor, "{\"format\"", "{\"added\":{\"y\":[true]},\"format\"");
    edit(minor, "\"minor\":0", "\"minor\":7");
    edit(variant("future-major"), "\"major\":1", "\"major\":2");
    edit(variant("future-required-feature"), "\"required\":[]", "\"required\":[\"zstd-blocks\"]");
    rewritten(
        "future-required-feature-in-range",
        tensors -> tensors,
        metadata ->
            replaced(
                metadata,
                "format",
                "\"required\":[\"block-crc32c\"]",
                "\"required\":[\"block-crc32c\",\"zstd-blocks\"]"));
    MemoryCheckpointStore selection = variant("selection");
    Manifest manifest = new ManifestLog(selection).manifest(2);
    Selection one = Selection.of(List.of(GoldenCheckpoint.SECOND));
    selection.replace(MANIFEST, ManifestCodec.encode(manifest.withSelection(one)));
    twoLevel("two-level");
    MemoryCheckpointStore torn = twoLevel("two-level-missing-part");
    torn.delete(ManifestFiles.path(ManifestPart.name(2, 1)));
    MemoryCheckpointStore flipped = twoLevel("two-level-bit-flipped-part");
    String part = ManifestFiles.path(ManifestPart.name(2, 0));
    byte[] bytes = flipped.file(part);
    bytes[bytes.length / 2] ^= 0x02;
    flipped.replace(part, bytes);
  }

  /** Recordings that can be checked, and of these one lost or changed. */
  private void recordings() throws IOException {
    variants.put("devices", GoldenCheckpoint.writeWithDevices());
    variants.put("recordings", GoldenCheckpoint.writeWithRecordings());
    MemoryCheckpointStore missing = GoldenCheckpoint.writeWithRecordings();
    missing.delete("_attempts/spikes/part-2.parquet");
    variants.put("recordings-missing", missing);
    MemoryCheckpointStore flipped = GoldenCheckpoint.writeWithRecordings();
    byte[] rows = flipped.file("_attempts/spikes/part-2.parquet");
    rows[6] ^= 0x04;
    flipped.replace("_attempts/spikes/part-2.parquet", rows);
    variants.put("recordings-bit-flipped", flipped);
  }

  /** Both ranges in a part of their own, as if each were one of very many. */
  private MemoryCheckpointStore twoLevel(String name) throws IOException {
    MemoryCheckpointStore store = variant(name);
    Manifest manifest = new ManifestLog(store).manifest(2);
    List<ManifestPart> parts = new ArrayList<>();
    for (RangeEntry entry : manifest.ranges()) {
      byte[] bytes = ManifestCodec.encodePart(List.of(entry));
      String file = ManifestPart.name(2, parts.size());
      store.createExclusive(ManifestFiles.path(file), bytes);
      parts.add(
          new ManifestPart(
              file,
              bytes.length,
              ManifestCodec.statedCrc(bytes),
              entry.range().lo(),
              entry.range().hi(),
              1));
    }
    store.replace(MANIFEST, ManifestCodec.encode(manifest, parts));
    return store;
  }

  /** With another newest file of the first range, sealed and listed as if it were right. */
  private MemoryCheckpointStore rewritten(
      String name,
      UnaryOperator<Map<String, Tensor>> tensors,
      UnaryOperator<Map<String, String>> metadata)
      throws IOException {
    MemoryCheckpointStore store = variant(name);
    RangeFileRef ref = newest(store);
    SafetensorsFile file = Safetensors.read(store.file(Fixtures.path(ref)));
    Map<String, Tensor> changed = tensors.apply(new LinkedHashMap<>(file.tensors()));
    Map<String, String> described = metadata.apply(new TreeMap<>(file.metadata()));
    BlockChecksums.Computing blocks = new BlockChecksums.Computing();
    Safetensors.writeData(blocks, changed);
    described.put(RangeMetadata.BLOCK_CRCS, blocks.finish());
    byte[] bytes = Fixtures.sealed(changed, described);
    store.replace(Fixtures.path(ref), bytes);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"header_crc32c\":\"") + "\"header_crc32c\":\"".length();
    edit(store, ref.crc32c(), text.substring(at, at + Checksums.DIGITS));
    edit(store, "\"bytes\":" + ref.bytes(), "\"bytes\":" + bytes.length);
    return store;
  }

  /** A fourth row in a range of three samples. */
  private static Map<String, Tensor> withOneMore(Map<String, Tensor> tensors) {
    tensors.replaceAll(
        (name, tensor) -> {
          if (tensor.shape().rank() == 0) {
            return tensor;
          }
          Tensor more = Tensor.zeros(tensor.dtype(), tensor.shape().dropFirst(1).prepend(4));
          more.setRows(0, tensor);
          more.setRows(3, tensor.rows(0, 1));
          return more;
        });
    return tensors;
  }

  private static Map<String, Tensor> renamed(Map<String, Tensor> tensors, String from, String to) {
    Map<String, Tensor> changed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> changed.put(name.equals(from) ? to : name, tensor));
    return changed;
  }

  private static Map<String, String> replaced(
      Map<String, String> metadata, String key, String from, String to) {
    metadata.computeIfPresent(key, (k, text) -> require(text, from).replace(from, to));
    return metadata;
  }

  private static String require(String text, String part) {
    if (!text.contains(part)) {
      throw new IllegalStateException("'" + part + "' is not in " + text);
    }
    return text;
  }

  /** Changes the newest manifest's text and gives it the checksum that is right for it. */
  private static void edit(MemoryCheckpointStore store, String from, String to) {
    String text = require(new String(store.file(MANIFEST), UTF_8), from);
    int at = text.indexOf(from);
    store.replace(
        MANIFEST,
        ManifestTest.sealed(text.substring(0, at) + to + text.substring(at + from.length())));
  }
}
