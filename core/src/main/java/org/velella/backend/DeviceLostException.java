package org.velella.backend;

/**
 * A device does not answer any more, or has answered with an error after which nothing that it
 * holds can be trusted. No program on it runs again in this process.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String backend;

  /**
   * @param backend whose device is lost
   * @param reason as the driver says it
   */
  public DeviceLostException(String backend, String reason, Throwable cause) {
    super("The device of backend '%s' is lost: %s".formatted(backend, reason), cause);
    this.backend = backend;
  }

  public String backend() {
    return backend;
  }
}
