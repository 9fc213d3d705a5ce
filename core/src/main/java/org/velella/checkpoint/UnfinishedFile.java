package org.velella.checkpoint;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Hidden names under which stores write files before they show them, so that what a killed writer
 * leaves behind can be told from everything else.
 */
public final class UnfinishedFile {
  private static final Pattern NAME =
      Pattern.compile("\\.tmp-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private UnfinishedFile() {}

  /** A new name, which nobody else uses. */
  public static String create() {
    return ".tmp-" + UUID.randomUUID();
  }

  /** Whether a file without its directory has such a name. */
  public static boolean isName(String file) {
    return NAME.matcher(file).matches();
  }

  /** Whether a path ends in such a name. */
  static boolean isPath(String path) {
    return isName(path.substring(path.lastIndexOf('/') + 1));
  }

  /**
   * A path of a directory inside a run and such a name, once it is known to be one.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String requirePath(String path) {
    int end = path.lastIndexOf('/');
    if (!isPath(path)) {
      throw new IllegalArgumentException("'%s' is not an unfinished file of a run".formatted(path));
    }
    CheckpointStore.requirePath(path.substring(0, Math.max(0, end)));
    return path;
  }
}
