package org.velella.backend;

/** A backend that was asked for cannot run here. */
public final class BackendUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String backend;

  public BackendUnavailableException(String backend, Availability why) {
    super(
        "Backend '%s' is not available: %s. %s"
            .formatted(backend, why.reason(), why.remedy())
            .strip());
    this.backend = backend;
  }

  public String backend() {
    return backend;
  }
}
