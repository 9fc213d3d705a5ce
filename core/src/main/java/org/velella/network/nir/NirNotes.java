package org.velella.network.nir;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an import changed or left out: each is logged as a warning and kept for the provenance. */
final class NirNotes {
  private static final Logger LOG = LoggerFactory.getLogger(NirReader.class);

  private final String file;
  private final List<String> all = new ArrayList<>();

  NirNotes(String file) {
    this.file = file;
  }

  void add(String note) {
    all.add(note);
    LOG.warn("{}: {}", file, note);
  }

  List<String> all() {
    return List.copyOf(all);
  }
}
