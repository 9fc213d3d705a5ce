package org.velella.dataset;

import java.io.IOException;
import java.io.InputStream;

/** Decompression that this module does not bring, such as Zstandard. */
@FunctionalInterface
public interface PacketDecoder {
  /** Takes nothing. */
  PacketDecoder NONE =
      packet -> {
        throw new IOException("there is no Zstandard library here");
      };

  /** What a compressed packet holds, as a stream. */
  InputStream open(InputStream packet) throws IOException;
}
