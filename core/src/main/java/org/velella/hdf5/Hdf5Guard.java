package org.velella.hdf5;

import io.jhdf.exceptions.HdfException;
import java.io.IOException;

/** Calls the library that reads HDF5, which trusts files more than we do. */
public final class Hdf5Guard {
  private Hdf5Guard() {}

  /** Something that reads a file. */
  @FunctionalInterface
  public interface Reading<T> {
    /** What was read. */
    T run() throws IOException;
  }

  /**
   * What a reading gives.
   *
   * @param own what the reading throws of its own will, which is passed on
   * @throws Hdf5Exception for whatever damage surfaces as in the library, or if memory ran out
   */
  public static <T> T run(Class<? extends RuntimeException> own, Reading<T> reading)
      throws IOException {
    try {
      return reading.run();
    } catch (Hdf5Exception e) {
      throw e;
    } catch (HdfException e) {
      throw new Hdf5Exception(
          "its HDF5 structure cannot be read: %s; it is cut off, damaged or of a kind that is not known"
              .formatted(rootMessage(e)),
          e);
    } catch (RuntimeException e) {
      if (own.isInstance(e)) {
        throw e;
      }
      throw new Hdf5Exception("its HDF5 structure is damaged: " + rootMessage(e), e);
    } catch (OutOfMemoryError e) {
      throw new Hdf5Exception(
          "it did not fit in memory (%s); give more heap, unless the file is damaged"
              .formatted(rootMessage(e)),
          e);
    } catch (StackOverflowError | LinkageError e) {
      throw new Hdf5Exception("its HDF5 structure is damaged: " + rootMessage(e), e);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    for (int i = 0; i < 32 && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
