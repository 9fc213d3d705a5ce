package org.velella.gpu.driver;

/**
 * A call to the CUDA driver was refused; the device itself is as it was. A device that is full or
 * lost is told by the exceptions of the {@code backend} room instead.
 */
public final class DriverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  DriverException(String call, int code, String name, String detail) {
    super("%s failed with %s (%s)".formatted(call, name, detail));
    this.code = code;
  }

  /** The {@code CUresult} that the driver gave. */
  public int code() {
    return code;
  }
}
