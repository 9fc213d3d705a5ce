package org.velella.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * Files of a run that nothing needs any more, in the order in which they may be removed: manifests
 * last, oldest first, so that after a stop in between the rest is found again.
 */
public record Garbage(List<GarbageFile> files) {
  /** No garbage. */
  static final Garbage NONE = new Garbage(List.of());

  public Garbage {
    files = List.copyOf(files);
  }

  /**
   * A file that may go.
   *
   * @param path inside the run's directory
   * @param bytes its length
   */
  public record GarbageFile(String path, long bytes) {}

  /** This, and after it more. */
  public Garbage and(Garbage more) {
    List<GarbageFile> all = new ArrayList<>(files);
    all.addAll(more.files);
    return new Garbage(all);
  }

  /** The bytes of all files together. */
  public long bytes() {
    return files.stream().mapToLong(GarbageFile::bytes).sum();
  }

  /** The same without files that are needed after all. */
  Garbage without(Needed needed) {
    List<GarbageFile> left = new ArrayList<>();
    for (GarbageFile file : files) {
      if (!needed.has(file.path())) {
        left.add(file);
      }
    }
    return new Garbage(left);
  }
}
