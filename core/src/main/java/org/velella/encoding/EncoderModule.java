package org.velella.encoding;

import java.util.List;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.Noise;
import org.velella.module.OperationModule;
import org.velella.module.Samples;

/**
 * An encoder that draws random numbers, as a module. The numbers depend on who the samples are and
 * on the node's path: seed 0, ids 0, 1, 2, … and the path {@code module}, until {@link #setNoise}
 * says otherwise; and on the step, which the memory {@code step} counts from 0.
 */
abstract class EncoderModule extends OperationModule {
  private Noise noise = Noise.DEFAULT;

  EncoderModule(BernoulliOperation operation) {
    super(operation, List.of(new NamedMemory(BernoulliOperation.STEP, MemoryValue.integer(0))));
  }

  /**
   * Sets what the random numbers depend on. With the seed and the sample ids of a run and the path
   * of the encoder's node in its network, this module draws what the run draws.
   *
   * @param path as it stands in memory names, such as {@code 0} for the first module of a
   *     Sequential
   */
  public final void setNoise(Samples samples, String path) {
    noise = new Noise(samples, path);
  }

  @Override
  protected final Noise noise() {
    return noise;
  }
}
