package org.velella.spark.store;

import java.io.FileNotFoundException;

/** A directory is where a file was expected. */
public final class IsDirectoryException extends FileNotFoundException {
  private static final long serialVersionUID = 1L;

  IsDirectoryException(String uri) {
    super(uri + " is a directory");
  }
}
