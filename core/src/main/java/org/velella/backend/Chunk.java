package org.velella.backend;

import java.util.Set;
import java.util.TreeSet;
import org.velella.plan.Plan;

/**
 * A few consecutive steps of one tile. Inputs and visible values have a buffer {@code [T, N, *]}
 * here, of which the first {@link #steps()} steps are in use; the others live in the backend.
 */
public final class Chunk {
  private final float[][] values;
  private final long[][] spikes;
  private final int capacity;
  private int steps;

  /** Buffers for up to {@code capacity} steps of a plan, all of float32. */
  public Chunk(Plan plan, int capacity) {
    this(plan, capacity, Set.of());
  }

  private Chunk(Plan plan, int capacity, Set<Integer> packed) {
    this.capacity = capacity;
    values = new float[plan.values().size()][];
    spikes = new long[plan.values().size()][];
    plan.inputs().forEach(id -> allocate(plan, id));
    for (int id : plan.visible()) {
      if (packed.contains(id)) {
        int words = SpikeFrameKernel.words(plan.values().get(id).size());
        spikes[id] = new long[Math.toIntExact((long) capacity * plan.batch() * words)];
      } else {
        allocate(plan, id);
      }
    }
  }

  /**
   * Buffers for up to {@code capacity} steps of a plan; the visible values that {@code program}
   * {@linkplain Program#packs packs} are bits, the others float32.
   */
  public static Chunk packed(Plan plan, int capacity, Program program) {
    Set<Integer> packed = new TreeSet<>();
    for (int id : plan.visible()) {
      if (program.packs(id) && !plan.inputs().contains(id)) {
        packed.add(id);
      }
    }
    return new Chunk(plan, capacity, packed);
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

  /** The buffer of a value; null if it is neither an input nor visible, or is kept as bits. */
  public float[] value(int id) {
    return values[id];
  }

  /**
   * The buffer of a visible value that is kept as bits, in the layout of {@link SpikeFrameKernel};
   * null for others.
   */
  public long[] spikes(int id) {
    return spikes[id];
  }
}
