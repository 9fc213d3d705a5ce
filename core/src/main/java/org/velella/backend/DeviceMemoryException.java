package org.velella.backend;

/**
 * A device has no room for a tile. Whoever runs tiles can try a smaller one; thrown by compiling a
 * plan, by opening a tile, or by running a chunk.
 */
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String backend;

  /**
   * @param backend whose device is full
   * @param wanted bytes that were asked for
   * @param free bytes that were there
   */
  public DeviceMemoryException(String backend, long wanted, long free) {
    super(
        "The device of backend '%s' has no room: %d bytes were asked for, %d were free"
            .formatted(backend, wanted, free));
    this.backend = backend;
  }

  public String backend() {
    return backend;
  }
}
