package org.velella.spark.frame;

import com.esotericsoftware.kryo.Kryo;
import org.apache.spark.serializer.KryoRegistrator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Teaches Spark's Kryo serializer to carry {@link INDArray}s:
 *
 * <pre>
 * spark.serializer=org.apache.spark.serializer.KryoSerializer
 * spark.kryo.registrator=org.velella.spark.frame.VelellaKryoRegistrator
 * </pre>
 *
 * Velella's own jobs need no registrator, under either serializer; with it, their shuffles are
 * smaller. It is for applications that have arrays in broadcasts, shuffles or results.
 */
public final class VelellaKryoRegistrator implements KryoRegistrator {
  private static final String CPU_ARRAY = "org.nd4j.linalg.cpu.nativecpu.NDArray";

  @Override
  public void registerClasses(Kryo kryo) {
    NdArraySerializer arrays = new NdArraySerializer();
    kryo.addDefaultSerializer(INDArray.class, arrays);
    try {
      // Not initialised: that would load native libraries where there may never be an array.
      ClassLoader loader = VelellaKryoRegistrator.class.getClassLoader();
      kryo.register(Class.forName(CPU_ARRAY, false, loader), arrays);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "ND4J's CPU backend is not on the class path; use the bundle jar, which has it", e);
    }
    kryo.register(SampleKey.class);
    kryo.register(RangeIndex.class);
    kryo.register(RangePartitioner.class);
  }
}
