package org.velella.checkpoint;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.velella.checkpoint.ManifestFiles.Read;

/** The paths of files that some manifests are made of and list. */
final class Needed {
  private static final String RANGES = RangeFileName.DIRECTORY + "/";

  /** Without their directory, so that a large manifest's own strings serve. */
  private final Set<String> rangeFiles = new HashSet<>();

  private final Set<String> others = new HashSet<>();

  /** A manifest, its parts, and what its ranges list. */
  Needed add(Read read) {
    others.add(ManifestFiles.path(read.manifest().version()));
    read.parts().forEach(part -> others.add(ManifestFiles.path(part.file())));
    return add(read.manifest().ranges());
  }

  /** What ranges list. */
  Needed add(Collection<RangeEntry> ranges) {
    for (RangeEntry entry : ranges) {
      entry.files().forEach(file -> rangeFiles.add(file.file()));
      entry.recordings().forEach(recording -> others.add(recording.file()));
    }
    return this;
  }

  boolean has(String path) {
    return path.startsWith(RANGES)
        ? rangeFiles.contains(path.substring(RANGES.length()))
        : others.contains(path);
  }

  /** Leaves out what others need as well. */
  void removeAll(Needed more) {
    rangeFiles.removeIf(more.rangeFiles::contains);
    others.removeIf(more.others::contains);
  }

  /** The directories in which there may be such files, but for that of manifests. */
  Set<String> directories() {
    Set<String> directories = new HashSet<>();
    if (!rangeFiles.isEmpty()) {
      directories.add(RangeFileName.DIRECTORY);
    }
    others.forEach(path -> directories.add(path.substring(0, Math.max(0, path.lastIndexOf('/')))));
    directories.remove(ManifestLog.DIRECTORY);
    directories.remove("");
    return directories;
  }
}
