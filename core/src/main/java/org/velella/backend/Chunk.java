package org.velella.backend;

import java.util.Set;
import java.util.TreeSet;
import org.velella.plan.Plan;

/**
 * A few consecutive steps of one tile. Inputs and visible values have a buffer {@code [T, N, *]}
 * here, of which the first {@link #steps()} steps are in use; the others live in the backend. An
 * input that is the same at every step may be held: then its buffer is one step that stands for
 * all. A value of which only the spikes' number matters may be counted: then it has totals instead
 * of a buffer.
 */
public final class Chunk {
  private final float[][] values;
  private final long[][] spikes;
  private final SpikeTotals[] totals;
  private final Set<Integer> held;
  private final int capacity;
  private int steps;

  /** Buffers for up to {@code capacity} steps of a plan, all of float32. */
  public Chunk(Plan plan, int capacity) {
    this(plan, capacity, Set.of(), ChunkUse.PLAIN);
  }

  private Chunk(Plan plan, int capacity, Set<Integer> packed, ChunkUse use) {
    this.capacity = capacity;
    held = use.held();
    values = new float[plan.values().size()][];
    spikes = new long[plan.values().size()][];
    totals = new SpikeTotals[plan.values().size()];
    plan.inputs().forEach(id -> allocate(plan, id, held.contains(id) ? 1 : capacity));
    for (int id : plan.visible()) {
      if (use.counted().contains(id)) {
        totals[id] = new SpikeTotals(plan.batch() * plan.values().get(id).size());
      } else if (packed.contains(id)) {
        int words = SpikeFrameKernel.words(plan.values().get(id).size());
        spikes[id] = new long[Math.toIntExact((long) capacity * plan.batch() * words)];
      } else if (values[id] == null) {
        allocate(plan, id, capacity);
      }
    }
  }

  /**
   * Buffers for up to {@code capacity} steps of a plan; the visible values that {@code program}
   * {@linkplain Program#packs packs} are bits, the others float32.
   */
  public static Chunk packed(Plan plan, int capacity, Program program) {
    return packed(plan, capacity, program, ChunkUse.PLAIN);
  }

  /** As the other, but for what need not be there step by step. */
  public static Chunk packed(Plan plan, int capacity, Program program, ChunkUse use) {
    Set<Integer> packed = new TreeSet<>();
    for (int id : plan.visible()) {
      if (program.packs(id) && !plan.inputs().contains(id)) {
        packed.add(id);
      }
    }
    return new Chunk(plan, capacity, packed, use);
  }

  private void allocate(Plan plan, int id, int steps) {
    long length = (long) steps * plan.batch() * plan.values().get(id).size();
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

  /** Whether the buffer of an input is one step that stands for all. */
  public boolean held(int id) {
    return held.contains(id);
  }

  /** The totals of a value that is counted; null for others. */
  public SpikeTotals totals(int id) {
    return totals[id];
  }

  /**
   * The buffer of a value; null if it is neither an input nor visible, is kept as bits, or counted.
   */
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
