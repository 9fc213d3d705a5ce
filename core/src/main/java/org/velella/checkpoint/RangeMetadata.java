package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.module.MemoryScope;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Checksums;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;
import org.velella.tensor.DType;
import org.velella.tensor.SafetensorsHeader;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Between a range's state and the tensors and metadata of its file. */
final class RangeMetadata {
  static final String HEADER_CRC = "header_crc32c";
  static final String BLOCK_CRCS = "block_crc32c";

  private static final String FORMAT = "format";
  private static final String RANGE = "range";
  private static final String PROVENANCE = "provenance";
  private static final String SAMPLE_IDS = "sample_ids";
  private static final String MEMORY = "memory";
  private static final String ACCUMULATOR = "accumulator";

  private RangeMetadata() {}

  /** The tensors under the names of the file, in its order. */
  static Map<String, Tensor> tensors(RangeState state) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(SAMPLE_IDS, state.sampleIds());
    put(tensors, MEMORY, state.memories());
    put(tensors, ACCUMULATOR, state.accumulators());
    return tensors;
  }

  private static void put(Map<String, Tensor> all, String prefix, Map<String, Tensor> some) {
    int index = 0;
    for (Map.Entry<String, Tensor> entry : some.entrySet()) {
      all.put(storedName(prefix, index++, entry.getKey()), entry.getValue());
    }
  }

  private static String storedName(String prefix, int index, String name) {
    return "%s:%06d:%s".formatted(prefix, index, name);
  }

  /** The state from the tensors of a file whose header is {@code header}. */
  static RangeState state(RangeHeader header, Map<String, Tensor> tensors) {
    return new RangeState(
        header.range(),
        header.step(),
        tensors.get(SAMPLE_IDS),
        take(tensors, MEMORY, header.run().memories()),
        take(tensors, ACCUMULATOR, header.run().accumulators()));
  }

  private static Map<String, Tensor> take(
      Map<String, Tensor> all, String prefix, List<MemoryEntry> entries) {
    Map<String, Tensor> taken = new LinkedHashMap<>();
    for (MemoryEntry entry : entries) {
      taken.put(entry.name(), all.get(storedName(prefix, taken.size(), entry.name())));
    }
    return taken;
  }

  /** The metadata strings, with a checksum of the header that is still all zeros. */
  static Map<String, String> toMetadata(RangeHeader header, String blocks) {
    Map<String, String> metadata = new LinkedHashMap<>();
    int minor = Recording.anyChecked(header.recordings()) ? FormatVersion.RANGE_RECORDINGS : 0;
    minor = header.devices().isNone() ? minor : FormatVersion.RANGE_DEVICES;
    metadata.put(
        FORMAT, CanonicalJson.text(FormatVersion.RANGE.toJson(minor, FormatVersion.BLOCK_CRC32C)));
    metadata.put(RANGE, CanonicalJson.text(body(header)));
    metadata.put(PROVENANCE, CanonicalJson.text(CanonicalJson.object(header.provenance())));
    metadata.put(BLOCK_CRCS, blocks);
    metadata.put(HEADER_CRC, "0".repeat(Checksums.DIGITS));
    return metadata;
  }

  private static ObjectNode body(RangeHeader header) {
    ObjectNode json = CanonicalJson.object();
    json.put("lo", header.range().lo()).put("hi", header.range().hi());
    json.put("from_step", header.fromStep()).put("step", header.step());
    json.set("run", header.run().toJson());
    json.set("recordings", Recording.toJson(header.recordings()));
    json.put("shared_sha256", header.shared().isEmpty() ? null : header.shared());
    if (header.parent().isNone()) {
      json.putNull("parent");
    } else {
      json.putObject("parent")
          .put("file", header.parent().file())
          .put("crc32c", header.parent().crc32c());
    }
    header.devices().writeTo(json);
    return json;
  }

  /**
   * What a file's metadata says.
   *
   * @param name the file's name
   * @throws IllegalArgumentException if the metadata contradicts the name, the tensors or itself
   * @throws CheckpointTooNewException if it is of a newer format
   */
  static RangeHeader fromFile(RangeFileName name, SafetensorsHeader file, String where) {
    FormatVersion.RANGE.requireReadable(json(file, FORMAT), where);
    JsonFields json = json(file, RANGE);
    SampleRange range = new SampleRange(json.number("lo"), json.number("hi"));
    if (!range.equals(name.range()) || json.number("step") != name.step()) {
      throw new JsonException(
          "it holds range %s at step %d, its name tells %s at step %d"
              .formatted(range, json.number("step"), name.range(), name.step()));
    }
    RangeHeader header =
        new RangeHeader(
            name,
            RunIdentity.fromJson(json.object("run")),
            json.number("from_step"),
            parent(json),
            json.has("shared_sha256") ? json.text("shared_sha256") : "",
            Recording.fromJson(json.objects("recordings")),
            json(file, PROVENANCE).strings(),
            DeviceCounts.readFrom(json));
    requireTensors(header, file);
    return header;
  }

  private static RangeHeader.Parent parent(JsonFields json) {
    if (!json.has("parent")) {
      return RangeHeader.Parent.NONE;
    }
    JsonFields parent = json.object("parent");
    return new RangeHeader.Parent(parent.text("file"), parent.text("crc32c"));
  }

  private static JsonFields json(SafetensorsHeader file, String key) {
    String what = "metadata '" + key + "'";
    return new JsonFields(CanonicalJson.parse(text(file, key), what), what);
  }

  static String text(SafetensorsHeader file, String key) {
    String text = file.metadata().get(key);
    if (text == null) {
      throw new JsonException("it has no metadata '" + key + "'");
    }
    return text;
  }

  private static void requireTensors(RangeHeader header, SafetensorsHeader file) {
    Map<String, MemoryEntry> expected = new LinkedHashMap<>();
    expected.put(
        SAMPLE_IDS, new MemoryEntry(SAMPLE_IDS, DType.INT64, Shape.SCALAR, MemoryScope.PER_SAMPLE));
    expect(expected, MEMORY, header.run().memories());
    expect(expected, ACCUMULATOR, header.run().accumulators());
    if (!file.entries().keySet().equals(expected.keySet())) {
      throw new JsonException(
          "it holds the tensors %s, its memory list needs %s"
              .formatted(file.entries().keySet(), expected.keySet()));
    }
    int samples = samples(header.range(), file.entries().get(SAMPLE_IDS).shape());
    expected.forEach(
        (name, entry) -> {
          SafetensorsHeader.Entry stored = file.entries().get(name);
          if (stored.dtype() != entry.dtype()
              || !stored.shape().equals(entry.storedShape(samples))) {
            throw new JsonException(
                "tensor '%s' is %s %s, its memory list says %s %s"
                    .formatted(
                        name,
                        stored.dtype(),
                        stored.shape(),
                        entry.dtype(),
                        entry.storedShape(samples)));
          }
        });
  }

  /** A range may hold fewer samples than its size, where some could not be simulated. */
  private static int samples(SampleRange range, Shape sampleIds) {
    if (sampleIds.rank() != 1 || sampleIds.dim(0) > range.size()) {
      throw new JsonException(
          "its sample ids have shape %s in a range of %d samples"
              .formatted(sampleIds, range.size()));
    }
    return sampleIds.dim(0);
  }

  private static void expect(
      Map<String, MemoryEntry> expected, String prefix, List<MemoryEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      expected.put(storedName(prefix, i, entries.get(i).name()), entries.get(i));
    }
  }
}
