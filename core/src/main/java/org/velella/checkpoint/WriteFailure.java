package org.velella.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;

/** Why a file could not be written, with its name: the kernel's own words lack it. */
public final class WriteFailure {
  private WriteFailure() {}

  /**
   * What to throw for a failed write.
   *
   * @param target the name that the file was to get
   * @param written bytes of it that the file system had taken
   * @param e what the write threw; itself if it names a file already, or tells of an interruption
   */
  public static IOException of(String target, long written, IOException e) {
    boolean named = e instanceof FileSystemException file && file.getFile() != null;
    boolean interrupted =
        e instanceof InterruptedIOException || e instanceof ClosedChannelException;
    if (named || interrupted || e.getMessage() == null || e.getMessage().contains(target)) {
      return e;
    }
    // Not its cause: people are shown the last cause of all.
    FileSystemException failure =
        new FileSystemException(
            target,
            null,
            "%s, when %d bytes of it were written".formatted(e.getMessage(), written));
    failure.addSuppressed(e);
    return failure;
  }
}
