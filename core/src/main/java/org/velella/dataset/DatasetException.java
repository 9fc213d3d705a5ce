package org.velella.dataset;

/** A file that is not what its format says, or that cannot be converted; says where and why. */
public final class DatasetException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  DatasetException(String message) {
    super(message);
  }

  DatasetException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Of a place in a file.
   *
   * @param problem what was found there, and what to do
   */
  static DatasetException at(String file, long offset, String problem) {
    return new DatasetException("%s, byte %d: %s".formatted(file, offset, problem));
  }

  /** Of a file as a whole. */
  public static DatasetException of(String file, String problem) {
    return new DatasetException(file + ": " + problem);
  }
}
