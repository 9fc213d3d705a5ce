package org.velella.backend;

import org.velella.backend.scalar.ScalarBackend;
import org.velella.testkit.NoiseContract;

class PlainNoiseTest extends NoiseContract {
  @Override
  protected NoiseKernel noise() {
    return new ScalarBackend().inputNoise();
  }
}
