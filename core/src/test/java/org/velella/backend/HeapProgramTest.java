package org.velella.backend;

import org.velella.backend.scalar.ScalarKernels;
import org.velella.testkit.WindowsContract;

class HeapProgramTest extends WindowsContract {
  @Override
  protected HeapKernels kernels() {
    return new ScalarKernels();
  }
}
