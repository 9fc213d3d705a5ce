package org.velella.network.nir;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an import changed or left out: each is logged as a warning and kept for the provenance. */
final class NirNotes {
  private static final Logger LOG = LoggerFactory.getLogger(NirReader.class);

  private final String file;
  private final boolean logged;
  private final List<String> all = new ArrayList<>();

  NirNotes(String file) {
    this(file, true);
  }

  private NirNotes(String file, boolean logged) {
    this.file = file;
    this.logged = logged;
  }

  /** Notes that are not logged. */
  static NirNotes silent() {
    return new NirNotes("", false);
  }

  void add(String note) {
    all.add(note);
    if (logged) {
      LOG.warn("{}: {}", file, note);
    }
  }

  List<String> all() {
    return List.copyOf(all);
  }
}
