package org.velella.spark.data;

import java.util.List;
import java.util.Locale;

/** What a data set's files are. */
public enum DataFormat {
  /** AEDAT 3.1 or 4, which the file says itself. */
  AEDAT(".aedat", ".aedat4"),
  NMNIST(".bin"),
  NPZ(".npz"),
  NPY(".npy"),
  HDF5(".h5", ".hdf5"),
  CSV(".csv"),
  IMAGES(".png", ".jpg", ".jpeg"),
  IDX("idx3-ubyte", "idx3-ubyte.gz");

  private final List<String> endings;

  DataFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** Whether a name's ending is one of this format's. */
  boolean fits(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !isLabels(lower) && endings.stream().anyMatch(lower::endsWith);
  }

  /** Whether a name is that of a file of labels. */
  static boolean isLabels(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith("_labels.csv")
        || lower.endsWith("_labels.npy")
        || lower.endsWith("idx1-ubyte")
        || lower.endsWith("idx1-ubyte.gz");
  }

  /** Whether files may hold values that no float carries as they are. */
  boolean mayRound() {
    return this == NPY || this == NPZ;
  }

  /** Whether one file is one sample, and the folder that it lies in names its class. */
  boolean isOneSample() {
    return this == NMNIST || this == NPZ || this == IMAGES;
  }

  /** Whether a part of a file can be read without all that comes before it. */
  boolean isSplittable() {
    return this == HDF5 || this == NPY || this == IDX;
  }

  /** Endings for messages. */
  String endings() {
    return String.join(", ", endings);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
