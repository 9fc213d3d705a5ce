package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What a checkpoint says about one memory or accumulator. Its place in the list is part of it.
 *
 * @param name qualified, such as {@code lif.v}
 * @param shape per sample
 * @param scope per-sample ones are stored as {@code [n, *shape]}, shared ones as {@code shape}
 */
public record MemoryEntry(String name, DType dtype, Shape shape, MemoryScope scope) {
  private static final String PER_SAMPLE = "per-sample";
  private static final String SHARED = "shared";

  /**
   * @throws IllegalArgumentException if one sample's has more than 2^31 - 1 elements, which no
   *     array holds
   */
  public MemoryEntry {
    try {
      shape.size();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "Memory '%s' of shape %s has more than 2^31 - 1 elements per sample"
              .formatted(name, shape),
          e);
    }
  }

  /** The entry of a memory under its qualified name. */
  public static MemoryEntry of(String name, MemorySpec spec) {
    return new MemoryEntry(name, spec.dtype(), spec.shape(), spec.scope());
  }

  /** The entries of memories by qualified name, in the map's order. */
  public static List<MemoryEntry> list(Map<String, MemorySpec> memories) {
    return memories.entrySet().stream().map(e -> of(e.getKey(), e.getValue())).toList();
  }

  /** The shape that is stored for a range of {@code samples}. */
  public Shape storedShape(int samples) {
    return scope == MemoryScope.PER_SAMPLE ? shape.prepend(samples) : shape;
  }

  boolean holds(Tensor tensor, int samples) {
    return tensor.dtype() == dtype && tensor.shape().equals(storedShape(samples));
  }

  static ArrayNode toJson(List<MemoryEntry> entries) {
    ArrayNode array = CanonicalJson.object().arrayNode();
    for (MemoryEntry entry : entries) {
      ObjectNode json = array.addObject();
      json.put("name", entry.name).put("dtype", entry.dtype.code());
      ArrayNode dims = json.putArray("shape");
      for (int dim : entry.shape.toArray()) {
        dims.add(dim);
      }
      boolean perSample = entry.scope == MemoryScope.PER_SAMPLE;
      json.put("scope", perSample ? PER_SAMPLE : SHARED);
      json.put("batch_axis", perSample ? Integer.valueOf(0) : null);
    }
    return array;
  }

  static List<MemoryEntry> fromJson(List<JsonFields> array) {
    List<MemoryEntry> entries = new ArrayList<>();
    for (JsonFields json : array) {
      MemoryScope scope = scope(json);
      entries.add(
          new MemoryEntry(
              json.text("name"),
              DType.ofCode(json.text("dtype")),
              Shape.of(json.numbers("shape")),
              scope));
    }
    return entries;
  }

  private static MemoryScope scope(JsonFields json) {
    String scope = json.text("scope");
    if (scope.equals(PER_SAMPLE) && json.has("batch_axis") && json.number("batch_axis") == 0) {
      return MemoryScope.PER_SAMPLE;
    }
    if (scope.equals(SHARED) && !json.has("batch_axis")) {
      return MemoryScope.SHARED;
    }
    throw new JsonException(
        "'scope' of %s is \"%s\", which does not go with its batch_axis"
            .formatted(json.where(), scope));
  }

  @Override
  public String toString() {
    return "%s (%s %s, %s)"
        .formatted(
            name, dtype.code(), shape, scope == MemoryScope.PER_SAMPLE ? PER_SAMPLE : SHARED);
  }
}
