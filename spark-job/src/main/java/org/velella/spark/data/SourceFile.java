package org.velella.spark.data;

import java.io.Serializable;

/** A file to be converted. No record, since Kryo cannot carry such. */
final class SourceFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String uri;
  private final long length;
  private final int label;
  private final String labels;

  /**
   * A file.
   *
   * @param label its class, by its folder; -1 if it has none
   * @param labels the file that holds its labels, or an empty text
   */
  SourceFile(String uri, long length, int label, String labels) {
    this.uri = uri;
    this.length = length;
    this.label = label;
    this.labels = labels;
  }

  String uri() {
    return uri;
  }

  long length() {
    return length;
  }

  int label() {
    return label;
  }

  String labels() {
    return labels;
  }
}
