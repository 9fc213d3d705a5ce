package org.velella.backend;

import java.util.Collection;

/** A backend that was asked for cannot run here, or there is none of that name. */
public final class BackendUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String backend;
  private final boolean known;

  public BackendUnavailableException(String backend, Availability why) {
    super(
        "Backend '%s' is not available: %s. %s"
            .formatted(backend, why.reason(), why.remedy())
            .strip());
    this.backend = backend;
    this.known = true;
  }

  private BackendUnavailableException(String backend, String message) {
    super(message);
    this.backend = backend;
    this.known = false;
  }

  /**
   * For a name that is most likely mistyped.
   *
   * @param there the names that are on the class path
   */
  static BackendUnavailableException unknown(String backend, Collection<String> there) {
    return new BackendUnavailableException(
        backend,
        "There is no backend '%s' on the class path; there are %s. Choose one of those, or auto."
            .formatted(backend, there));
  }

  /** Whether there is such a backend, here or in a jar of Velella that is not here. */
  public boolean isKnown() {
    return known;
  }

  public String backend() {
    return backend;
  }
}
