package org.velella.dataset;

/** Classes of samples, as whole numbers from 0 on. */
final class Labels {
  private Labels() {}

  /**
   * A label that a file names.
   *
   * @throws DatasetException if no class has it
   */
  static int of(String file, long label) {
    if (label < 0 || label > Integer.MAX_VALUE) {
      throw DatasetException.of(
          file, "the label %d; labels are whole numbers from 0 on".formatted(label));
    }
    return (int) label;
  }
}
