package org.velella.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds data that other simulators produced and that is too big for the repository: the folder
 * {@code shared/oracle} beside the project's root folder.
 */
public final class Oracle {
  private Oracle() {}

  /**
   * A file or folder of the oracle; a test without it is skipped, with a message that says so.
   *
   * @param relative such as {@code nir-lif/lif_norse.nir}
   */
  public static Path path(String relative) {
    Path found = find(Path.of("").toAbsolutePath(), relative);
    Assumptions.assumeTrue(found != null, () -> "shared/oracle/" + relative + " is not here");
    return found;
  }

  /** As {@link #path} from any folder of the project, or null if it is not there. */
  static Path find(Path from, String relative) {
    Path root = projectRoot(from);
    if (root == null || root.getParent() == null) {
      return null;
    }
    Path file = root.resolveSibling("shared").resolve("oracle").resolve(relative);
    return Files.exists(file) ? file : null;
  }

  /** The project's root folder: the nearest one upwards that holds {@code .mvn} and a pom. */
  static Path projectRoot(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(".mvn")) && Files.exists(folder.resolve("pom.xml"))) {
        return folder;
      }
    }
    return null;
  }
}
