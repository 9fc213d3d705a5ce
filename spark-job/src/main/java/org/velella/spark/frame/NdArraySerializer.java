package org.velella.spark.frame;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Npy;

/**
 * Writes an {@link INDArray} for Kryo as element type, shape and elements in row-major order, as a
 * {@code .npy} file holds them. Kryo's own way, field by field, would follow an array's pointers
 * into native memory. A view is written as what it shows, not with the array it is a part of.
 *
 * <p>Takes the element types of {@link org.velella.tensor.DType}, and arrays of up to 2 GiB.
 */
public final class NdArraySerializer extends Serializer<INDArray> {
  @Override
  public void write(Kryo kryo, Output output, INDArray array) {
    byte[] npy = Npy.toBytes(NdArrays.toTensor(array));
    output.writeInt(npy.length, true);
    output.writeBytes(npy);
  }

  @Override
  public INDArray read(Kryo kryo, Input input, Class<INDArray> type) {
    return NdArrays.toArray(Npy.read(input.readBytes(input.readInt(true))));
  }
}
