package org.velella.gpu.driver;

import org.velella.backend.DeviceLostException;

/**
 * Something of a device that must be given back. Closing it twice, or after its device, does
 * nothing.
 */
abstract class Owned implements AutoCloseable {
  private final CudaDevice owner;
  private boolean closed;

  Owned(CudaDevice owner) {
    this.owner = owner;
  }

  /** Called once what is owned is there. */
  final void own() {
    owner.add(this);
  }

  final CudaDevice owner() {
    return owner;
  }

  final PrimaryContext context() {
    return owner.context();
  }

  /**
   * Makes the calling thread ready for calls on this.
   *
   * @throws IllegalStateException if this is closed
   * @throws DeviceLostException if the device is lost
   */
  final void enter() {
    requireOpen();
    context().enter();
  }

  final synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This " + getClass().getSimpleName() + " is closed");
    }
  }

  /** Gives it back; called once, with the context entered. */
  abstract void free();

  @Override
  public final void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      // With a lost device everything that it held is gone.
      if (context().enterToFree()) {
        free();
      }
    } finally {
      owner.remove(this);
    }
  }
}
