package org.velella.dataset;

import java.io.IOException;
import java.io.InputStream;

/** Decompression that this module does not bring, such as Zstandard. */
@FunctionalInterface
public interface PacketDecoder {
  /**
   * What a compressed packet holds, as a stream; damage shows when it is read.
   *
   * @throws IOException if nothing can be decompressed here
   */
  InputStream open(InputStream packet) throws IOException;
}
