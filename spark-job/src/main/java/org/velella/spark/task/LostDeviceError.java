package org.velella.spark.task;

import org.velella.backend.DeviceLostException;

/**
 * This process cannot use the device that it was told to use, and only another process can. Spark
 * ends an executor whose task throws an error of the virtual machine, starts a new one in its
 * place, and tries the task again.
 */
final class LostDeviceError extends VirtualMachineError {
  private static final long serialVersionUID = 1L;

  LostDeviceError(DeviceLostException cause) {
    super(cause.getMessage(), cause);
  }
}
