package org.velella.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The bridge between ND4J's {@link INDArray} and {@link Tensor}. Every conversion copies, keeps the
 * element type, and gives row-major elements whatever order, strides or offset the array has.
 */
public final class NdArrays {
  private static final Map<DType, DataType> TO_ND4J = new EnumMap<>(DType.class);

  static {
    TO_ND4J.put(DType.FLOAT32, DataType.FLOAT);
    TO_ND4J.put(DType.FLOAT64, DataType.DOUBLE);
    TO_ND4J.put(DType.INT32, DataType.INT32);
    TO_ND4J.put(DType.INT64, DataType.INT64);
    TO_ND4J.put(DType.UINT8, DataType.UINT8);
    TO_ND4J.put(DType.BOOL, DataType.BOOL);
  }

  private NdArrays() {}

  /**
   * The element type of an array.
   *
   * @throws IllegalArgumentException if it is not one of {@link DType}
   */
  public static DType dtype(INDArray array) {
    for (Map.Entry<DType, DataType> pair : TO_ND4J.entrySet()) {
      if (pair.getValue() == array.dataType()) {
        return pair.getKey();
      }
    }
    throw new IllegalArgumentException(
        "Arrays of "
            + array.dataType()
            + " are not supported; convert to one of "
            + TO_ND4J.values()
            + " with castTo first");
  }

  /** ND4J's name of an element type. */
  public static DataType dataType(DType dtype) {
    return TO_ND4J.get(dtype);
  }

  /** The shape of an array; {@code [0]} for ND4J's empty array without a shape. */
  public static Shape shape(INDArray array) {
    boolean shapeless = array.isEmpty() && array.rank() == 0;
    return shapeless ? Shape.of(0) : Shape.of(array.shape());
  }

  /**
   * A row-major copy on the heap.
   *
   * @throws IllegalArgumentException if the element type is not one of {@link DType}, or the array
   *     is larger than 2 GiB
   */
  public static Tensor toTensor(INDArray array) {
    Tensor tensor = Tensor.zeros(dtype(array), shape(array));
    if (tensor.size() == 0) {
      return tensor;
    }
    requireAddressable(tensor);
    // A view shares its parent's buffer under other strides and an offset; its copy does not.
    INDArray dense = array.dup('c');
    read(bytes(dense), tensor);
    if (dense.closeable()) {
      dense.close();
    }
    return tensor;
  }

  /**
   * A new array in 'c' order with a tensor's elements.
   *
   * @throws IllegalArgumentException if the tensor is larger than 2 GiB
   */
  public static INDArray toArray(Tensor tensor) {
    DataType type = dataType(tensor.dtype());
    long[] dims = tensor.shape().toLongArray();
    if (tensor.size() == 0) {
      return Nd4j.create(type, dims);
    }
    requireAddressable(tensor);
    INDArray array = Nd4j.createUninitialized(type, dims, 'c');
    write(tensor, bytes(array));
    return array;
  }

  private static void requireAddressable(Tensor tensor) {
    long bytes = (long) tensor.size() * tensor.dtype().bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "An array of shape %s and %d bytes is beyond 2 GiB; split its batch axis"
              .formatted(tensor.shape(), bytes));
    }
  }

  private static ByteBuffer bytes(INDArray dense) {
    return dense.data().asNio().order(ByteOrder.nativeOrder());
  }

  private static void read(ByteBuffer from, Tensor to) {
    switch (to.dtype()) {
      case FLOAT32 -> from.asFloatBuffer().get(to.floats());
      case FLOAT64 -> from.asDoubleBuffer().get(to.doubles());
      case INT32 -> from.asIntBuffer().get(to.ints());
      case INT64 -> from.asLongBuffer().get(to.longs());
      case UINT8, BOOL -> from.get(to.bytes());
    }
  }

  private static void write(Tensor from, ByteBuffer to) {
    switch (from.dtype()) {
      case FLOAT32 -> to.asFloatBuffer().put(from.floats());
      case FLOAT64 -> to.asDoubleBuffer().put(from.doubles());
      case INT32 -> to.asIntBuffer().put(from.ints());
      case INT64 -> to.asLongBuffer().put(from.longs());
      case UINT8, BOOL -> to.put(from.bytes());
    }
  }
}
