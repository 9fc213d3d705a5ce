package org.velella.dataset;

/** What going through events has found; all of it is 0 without events. */
final class EventStats implements EventConsumer {
  private long count;
  private long firstTime;
  private long lastTime;
  private long leastTime;

  @Override
  public void event(long time, int x, int y, int polarity) {
    if (count == 0) {
      firstTime = time;
      leastTime = time;
    }
    count++;
    lastTime = time;
    leastTime = Math.min(leastTime, time);
  }

  EventStats() {}

  /** As if these had been found. */
  EventStats(long count, long firstTime, long lastTime, long leastTime) {
    this.count = count;
    this.firstTime = firstTime;
    this.lastTime = lastTime;
    this.leastTime = leastTime;
  }

  /** Of these events and of others that come after them. */
  EventStats then(EventStats later) {
    if (count == 0 || later.count == 0) {
      return count == 0 ? later : this;
    }
    return new EventStats(
        count + later.count, firstTime, later.lastTime, Math.min(leastTime, later.leastTime));
  }

  long count() {
    return count;
  }

  /** Of the event that comes first. */
  long firstTime() {
    return firstTime;
  }

  /** Of the event that comes last. */
  long lastTime() {
    return lastTime;
  }

  /** The earliest, wherever it comes. */
  long leastTime() {
    return leastTime;
  }
}
