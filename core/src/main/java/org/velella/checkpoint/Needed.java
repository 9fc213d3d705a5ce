package org.velella.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * The paths of files that some manifests are made of and list, as 64 bits each, because there may
 * be millions. In the rare case that two paths have the same bits, garbage stays.
 */
final class Needed {
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private long[] hashes = new long[1024];
  private int size;
  private boolean sorted;

  /** The files of a manifest. */
  void add(long version, List<ManifestPart> parts) {
    add(ManifestFiles.path(version));
    parts.forEach(part -> add(ManifestFiles.path(part.file())));
  }

  /** What ranges list. */
  void add(List<RangeEntry> ranges) {
    for (RangeEntry entry : ranges) {
      entry.files().forEach(file -> add(RangeFileName.path(file.file())));
      for (Recording recording : entry.recordings()) {
        add(recording.file());
        add(recording.publishedFile());
      }
    }
  }

  private void add(String path) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    hashes[size++] = hash(path);
    sorted = false;
  }

  boolean has(String path) {
    if (!sorted) {
      Arrays.sort(hashes, 0, size);
      sorted = true;
    }
    return Arrays.binarySearch(hashes, 0, size, hash(path)) >= 0;
  }

  private static long hash(String path) {
    long hash = path.length();
    for (int i = 0; i < path.length(); i++) {
      hash = (hash + path.charAt(i)) * MULTIPLIER;
      hash ^= hash >>> 29;
    }
    return hash;
  }
}
