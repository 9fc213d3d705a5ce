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
