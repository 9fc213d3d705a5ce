package org.velella.spark.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why a file could not be read or written, for people: Java's own messages are often only a path.
 */
public final class IoReason {
  private IoReason() {}

  /** The reason in words, with the file that it is about where the exception knows it. */
  public static String of(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return "%s: %s".formatted(file.getFile(), words(file));
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String words(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such file or directory";
    }
    if (e instanceof NotDirectoryException) {
      return "not a directory";
    }
    return e instanceof FileAlreadyExistsException
        ? "something of this name is there already"
        : e.getClass().getSimpleName();
  }
}
