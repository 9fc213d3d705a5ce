package org.velella.module;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One memory of an operation: its name, its per-sample shape and type, whether samples have their
 * own, and the value a fresh run starts from.
 *
 * @param name unqualified, such as {@code v}
 * @param scope {@link MemoryScope#PER_SAMPLE}: stored as {@code [N, *shape]}; {@link
 *     MemoryScope#SHARED}: stored once
 * @param initial the initial value, of exactly {@code shape} and {@code dtype}
 */
public record MemorySpec(String name, MemoryScope scope, Tensor initial) {
  /** The per-sample shape. */
  public Shape shape() {
    return initial.shape();
  }

  public DType dtype() {
    return initial.dtype();
  }

  /** Whether it is one INT64 number for all samples; module trees hold it as an integer. */
  public boolean isCounter() {
    return scope == MemoryScope.SHARED && dtype() == DType.INT64 && shape().rank() == 0;
  }
}
