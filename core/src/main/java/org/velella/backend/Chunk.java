package org.velella.backend;

import org.velella.plan.Plan;

/**
 * A few consecutive steps of one tile. Inputs and visible values have a buffer {@code [T, N, *]}
 * here, of which the first {@link #steps()} steps are in use; the others live in the backend.
 */
public final class Chunk {
  private final float[][] values;
  private final int capacity;
  private int steps;

  /** Buffers for up to {@code capacity} steps of a plan. */
  public Chunk(Plan plan, int capacity) {
    this.capacity = capacity;
    values = new float[plan.values().size()][];
    plan.inputs().forEach(id -> allocate(plan, id));
    plan.visible().forEach(id -> allocate(plan, id));
  }

  private void allocate(Plan plan, int id) {
    long length = (long) capacity * plan.batch() * plan.values().get(id).size();
    values[id] = new float[Math.toIntExact(length)];
  }

  public int capacity() {
    return capacity;
  }

  public int steps() {
    return steps;
  }

  /** Says how many steps the next run takes, at most the capacity. */
  public void steps(int count) {
    if (count < 1 || count > capacity) {
      throw new IllegalArgumentException(count + " steps in a chunk for " + capacity);
    }
    steps = count;
  }

  /** The buffer of a value, or null if it is neither an input nor visible. */
  public float[] value(int id) {
    return values[id];
  }
}
