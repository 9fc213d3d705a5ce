package org.velella.tensor;

/** Bytes that are no {@code .npy} file, or one that Velella cannot hold; says where and why. */
public final class NpyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  NpyException(String name, String problem) {
    super("Cannot read " + name + " as .npy: " + problem);
  }
}
