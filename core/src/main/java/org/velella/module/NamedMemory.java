package org.velella.module;

import java.util.Objects;

/**
 * A memory's name and value.
 *
 * @param name unqualified, such as {@code v}, or a dotted path, such as {@code layer1.v}
 */
public record NamedMemory(String name, MemoryValue value) {
  public NamedMemory {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
  }
}
