package org.velella.backend.vector;

import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.HeapKernels;
import org.velella.testkit.WindowsContract;

@EnabledIf("runsHere")
class VectorWindowsTest extends WindowsContract {
  static boolean runsHere() {
    return VectorUnit.here().present();
  }

  @Override
  protected HeapKernels kernels() {
    return new VectorKernels();
  }
}
