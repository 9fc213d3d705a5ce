package org.velella.dataset;

import java.io.IOException;

/** The events of one sample, which can be gone through as often as one likes. */
interface Events {
  /** Their file's name for messages. */
  String name();

  /** Hands over all events, in the same order at every call. */
  void forEach(EventConsumer consumer) throws IOException;

  /** What is known of them after going through once. */
  EventStats stats() throws IOException;
}
