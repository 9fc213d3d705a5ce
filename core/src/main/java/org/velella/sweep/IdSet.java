package org.velella.sweep;

/** Ids of trials, each once: as many as there may be without an object for each. */
final class IdSet {
  private static final int SMALLEST = 1 << 10;

  /** Open addressing; 0 is a free place. */
  private long[] places = new long[SMALLEST];

  private int size;
  private boolean hasZero;

  /** Whether an id was not there; it is now. */
  boolean add(long id) {
    if (id == 0) {
      boolean fresh = !hasZero;
      hasZero = true;
      return fresh;
    }
    if (2 * size >= places.length) {
      grow();
    }
    int at = place(id);
    if (places[at] == id) {
      return false;
    }
    places[at] = id;
    size++;
    return true;
  }

  /** Where an id is, or would be. Ids are digests, so their bits are spread as they are. */
  private int place(long id) {
    int at = (int) id & places.length - 1;
    while (places[at] != 0 && places[at] != id) {
      at = at + 1 & places.length - 1;
    }
    return at;
  }

  private void grow() {
    long[] before = places;
    places = new long[Math.multiplyExact(2, before.length)];
    for (long id : before) {
      if (id != 0) {
        places[place(id)] = id;
      }
    }
  }
}
