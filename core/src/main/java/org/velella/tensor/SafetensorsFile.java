package org.velella.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file holds.
 *
 * @param tensors by name, in the order of the file's header
 * @param metadata the free-form strings under {@code __metadata__}; empty if there are none
 */
public record SafetensorsFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
  public SafetensorsFile {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * The tensor of a name.
   *
   * @throws SafetensorsException if there is none
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new SafetensorsException(
          "No tensor '" + name + "' in the file; it has " + tensors.keySet());
    }
    return tensor;
  }
}
