package org.velella.gpu;

import org.velella.backend.NoiseKernel;
import org.velella.testkit.NoiseContract;

class CudaNoiseTest extends NoiseContract {
  @Override
  protected NoiseKernel noise() {
    return new CudaBackend().inputNoise();
  }
}
