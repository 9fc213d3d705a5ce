package org.velella.hdf5;

/** An HDF5 file that cannot be read or written: the message names the dataset and what is wrong. */
public final class Hdf5Exception extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public Hdf5Exception(String message) {
    super(message);
  }

  public Hdf5Exception(String message, Throwable cause) {
    super(message, cause);
  }
}
