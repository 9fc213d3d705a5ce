package org.velella.gpu.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads JCuda's native libraries so that processes on one machine do not disturb each other.
 *
 * <p>JCuda unpacks a library to a fixed name in {@code java.io.tmpdir}, not atomically, and takes a
 * file of that name if there is one: two executors that start together crash, and in a shared
 * folder anybody can plant a file. Here every process unpacks to a new folder that only its user
 * may enter, and removes it again once the library is mapped.
 */
final class JcudaNatives {
  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  private JcudaNatives() {}

  /**
   * Initializes a JCuda class, which loads its native library.
   *
   * @param className such as {@code jcuda.runtime.JCuda}
   * @throws LinkageError if the library is not in the jar or does not load; the class is then of no
   *     use in this process any more
   * @throws UncheckedIOException if there is no place to unpack to
   */
  static synchronized void load(String className) {
    String before = System.getProperty(TEMPORARY_FOLDER);
    Path folder;
    try {
      folder = Files.createTempDirectory("velella-jcuda-");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a folder for JCuda's libraries in " + before, e);
    }
    System.setProperty(TEMPORARY_FOLDER, folder.toString());
    try {
      Class.forName(className, true, JcudaNatives.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(className + " is not on the class path");
    } finally {
      System.setProperty(TEMPORARY_FOLDER, before);
      remove(folder);
    }
  }

  /** A mapped library outlives its file; where it does not, the file stays behind. */
  private static void remove(Path folder) {
    try (DirectoryStream<Path> libraries = Files.newDirectoryStream(folder, "*JCuda*")) {
      for (Path library : libraries) {
        Files.delete(library);
      }
      // Not forced: if another thread put its own temporary file here meanwhile, it keeps it.
      Files.delete(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
