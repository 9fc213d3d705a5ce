package org.velella.network.nir;

import org.velella.hdf5.Hdf5Writer;

/** What was recorded of a node under one name. */
sealed interface NirObservable permits NirDataWriter.Events, NirDataWriter.Grid {
  /** Ends the observable; the address of its group. */
  long group(Hdf5Writer out);

  /** Refuses a number outside of {@code [least, end)}. */
  static void require(String what, int number, int least, int end) {
    if (number < least || number >= end) {
      throw new NirException(
          "The %s must be from %d to %d, found %d".formatted(what, least, end - 1, number));
    }
  }
}
