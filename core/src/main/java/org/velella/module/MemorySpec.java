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
 * @param most the greatest value of a counter that starts from 0 and never falls below it; {@link
 *     #UNBOUNDED} where a memory may hold any value of its type
 */
public record MemorySpec(String name, MemoryScope scope, Tensor initial, long most) {
  /** See {@link #most}. */
  public static final long UNBOUNDED = -1;

  /** A memory that may hold any value of its type. */
  public MemorySpec(String name, MemoryScope scope, Tensor initial) {
    this(name, scope, initial, UNBOUNDED);
  }

  /** One number for all samples, which starts from 0 and is never above {@code most}. */
  public static MemorySpec counter(String name, long most) {
    return new MemorySpec(name, MemoryScope.SHARED, Tensor.zeros(DType.INT64, Shape.SCALAR), most);
  }

  /** The same memory under another name. */
  public MemorySpec named(String other) {
    return new MemorySpec(other, scope, initial, most);
  }

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

  /** Whether a value of this memory's type and shape is one that it can hold. */
  public boolean holds(Tensor value) {
    if (most == UNBOUNDED) {
      return true;
    }
    for (long count : value.longs()) {
      if (count < 0 || count > most) {
        return false;
      }
    }
    return true;
  }
}
