package org.velella.dataset;

import java.util.Arrays;

/** Events of one sample that are held in memory. */
final class EventBuffer implements Events, EventConsumer {
  private final String name;
  private final EventStats stats = new EventStats();
  private long[] times = new long[64];

  /** Column, row and polarity of each event. */
  private int[] places = new int[3 * times.length];

  private int count;

  EventBuffer(String name) {
    this.name = name;
  }

  @Override
  public void event(long time, int x, int y, int polarity) {
    if (count == times.length) {
      if (count > Integer.MAX_VALUE / 8) {
        throw DatasetException.of(name, "a sample of more than " + count + " events");
      }
      times = Arrays.copyOf(times, 2 * count);
      places = Arrays.copyOf(places, 6 * count);
    }
    times[count] = time;
    places[3 * count] = x;
    places[3 * count + 1] = y;
    places[3 * count + 2] = polarity;
    count++;
    stats.event(time, x, y, polarity);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void forEach(EventConsumer consumer) {
    for (int i = 0; i < count; i++) {
      consumer.event(times[i], places[3 * i], places[3 * i + 1], places[3 * i + 2]);
    }
  }

  @Override
  public EventStats stats() {
    return stats;
  }
}
