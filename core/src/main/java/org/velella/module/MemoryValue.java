package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What a memory holds. Immutable: arrays are copied in and out, so a value can be kept, shared and
 * loaded again without anybody changing it. Two values are equal if kind, type, shape and every bit
 * agree, where all NaNs count as one.
 */
public sealed interface MemoryValue
    permits ScalarValue, IntegerValue, TensorValue, EmptyValue, QueueValue {
  /** What sort of value a memory holds. */
  enum Kind {
    SCALAR,
    TENSOR,
    INTEGER,
    EMPTY,
    QUEUE
  }

  Kind kind();

  /** A number that the next forward spreads over the shape of its input. */
  static MemoryValue scalar(double value) {
    return new ScalarValue(value);
  }

  /** A whole number, such as a step counter. */
  static MemoryValue integer(long value) {
    return new IntegerValue(value);
  }

  /**
   * A copy of an array.
   *
   * @throws IllegalArgumentException if the element type is not one of {@link DType}
   */
  static MemoryValue tensor(INDArray array) {
    return new TensorValue(NdArrays.toTensor(array));
  }

  /** A copy of a tensor. */
  static MemoryValue tensor(Tensor tensor) {
    return new TensorValue(tensor.copy());
  }

  /** Nothing yet. */
  static MemoryValue empty() {
    return EmptyValue.INSTANCE;
  }

  /** Copies of arrays, oldest first. */
  static MemoryValue queue(List<INDArray> arrays) {
    return new QueueValue(arrays.stream().map(NdArrays::toTensor).toList());
  }

  /**
   * A new array: the tensor's elements, or one element for a scalar (DOUBLE) or integer (LONG).
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} if the value is empty or a queue
   */
  default INDArray array() {
    return NdArrays.toArray(tensor());
  }

  /**
   * The value as a tensor, not to be written to: of rank 0 and FLOAT64 for a scalar, of rank 0 and
   * INT64 for an integer.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} if the value is empty or a queue
   */
  default Tensor tensor() {
    throw new ModuleException(
        ModuleError.MEMORY_KIND, "The memory is " + this + ", asked for a tensor");
  }

  /**
   * The number of a scalar, an integer or a tensor of one element.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} if the value is something else
   */
  default double number() {
    if ((kind() == Kind.EMPTY || kind() == Kind.QUEUE) || tensor().size() != 1) {
      throw new ModuleException(
          ModuleError.MEMORY_KIND, "The memory is " + this + ", asked for one number");
    }
    return tensor().doubleAt(0);
  }

  /**
   * Copies of a queue's arrays, oldest first.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} if the value is not a queue
   */
  default List<INDArray> arrays() {
    throw new ModuleException(
        ModuleError.MEMORY_KIND, "The memory is " + this + ", asked for a queue");
  }

  /**
   * This value as a tensor for one step of input: a scalar or integer is spread over the step's
   * shape, in its type if that is FLOAT or DOUBLE and as FLOAT otherwise; a tensor stays as it is.
   *
   * @param name of the memory, for the message
   * @param step {@code [N, *]}
   * @throws ModuleException {@link ModuleError#MEMORY_SHAPE} if a tensor has another shape; {@link
   *     ModuleError#MEMORY_KIND} if the value is empty or a queue; {@link ModuleError#MEMORY_VALUE}
   *     if a number is beyond the type's range, or has a fraction where the type has none
   */
  default MemoryValue like(String name, INDArray step) {
    Shape shape = NdArrays.shape(step);
    DType type = NdArrays.dtype(step);
    boolean real = type == DType.FLOAT32 || type == DType.FLOAT64;
    return like(name, shape, real ? type : DType.FLOAT32);
  }

  /** As {@link #like(String, INDArray)}, with the shape and type that a scalar is spread over. */
  default MemoryValue like(String name, Shape shape, DType type) {
    if (Values.isNumber(this)) {
      if (!Values.holds(type, number())) {
        throw ModuleException.ofMemory(
            ModuleError.MEMORY_VALUE,
            name,
            "is %s, which is no number of %s".formatted(this, type));
      }
      return new TensorValue(Values.filled(type, shape, number()));
    }
    if (!tensor().shape().equals(shape)) {
      throw ModuleException.ofMemory(
          ModuleError.MEMORY_SHAPE,
          name,
          "is %s, but the input asks for shape %s; reset() it, resize its batch, or load memories of"
                  .formatted(this, shape)
              + " that shape");
    }
    return this;
  }
}
