package org.velella.tensor;

/** Bytes that are no {@code .npz} file, or one that Velella does not read; says where and why. */
public final class NpzException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  NpzException(String name, String problem) {
    super("Cannot read " + name + " as .npz: " + problem);
  }
}
