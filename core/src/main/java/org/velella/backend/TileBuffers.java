package org.velella.backend;

import org.velella.plan.Plan;

/** The values of one tile: those of a chunk, and those between ops, which last one window. */
final class TileBuffers {
  private final Plan plan;
  private final int batch;
  private final ValueForms forms;
  private final int longestWindow;
  private final float[][] floats;
  private final long[][] spikes;
  private final float[][] ownFloats;
  private final long[][] ownSpikes;
  private final int[] ownSteps;
  private int window;
  private int first;
  private int capacity;

  TileBuffers(HeapProgram program) {
    plan = program.plan();
    batch = plan.batch();
    forms = program.forms();
    int count = plan.values().size();
    floats = new float[count][];
    spikes = new long[count][];
    ownFloats = new float[count][];
    ownSpikes = new long[count][];
    ownSteps = new int[count];
    long perStep = 0;
    for (int id = 0; id < count; id++) {
      if (!forms.whole(id)) {
        long size = plan.values().get(id).size();
        perStep += forms.floats(id) ? size * Float.BYTES : 0;
        perStep += forms.bits(id) ? size / Byte.SIZE : 0;
      }
    }
    long steps = perStep == 0 ? Integer.MAX_VALUE : program.windowBytes() / (perStep * batch);
    longestWindow = (int) Math.max(1, Math.min(Integer.MAX_VALUE, steps));
  }

  /** Takes the chunk's buffers and makes room for the values that it does not hold. */
  void bind(Chunk chunk) {
    capacity = chunk.capacity();
    window = Math.min(longestWindow, capacity);
    first = 0;
    for (int id = 0; id < floats.length; id++) {
      floats[id] = chunk.value(id);
      spikes[id] = chunk.spikes(id);
      int steps = forms.whole(id) ? capacity : window;
      if (ownSteps[id] < steps) {
        ownSteps[id] = steps;
        ownFloats[id] = null;
        ownSpikes[id] = null;
      }
      if (forms.bits(id) && spikes[id] == null) {
        spikes[id] = ownSpikes(id);
      }
      boolean wanted = forms.floats(id) || !forms.bits(id) && spikes[id] == null;
      if (wanted && floats[id] == null) {
        addFloats(id);
      }
    }
  }

  /** A buffer for a value that is otherwise kept as bits. */
  float[] addFloats(int id) {
    if (ownFloats[id] == null) {
      ownFloats[id] = new float[length(ownSteps[id], plan.values().get(id).size())];
    }
    floats[id] = ownFloats[id];
    return floats[id];
  }

  private long[] ownSpikes(int id) {
    if (ownSpikes[id] == null) {
      int words = SpikeFrameKernel.words(plan.values().get(id).size());
      ownSpikes[id] = new long[length(ownSteps[id], words)];
    }
    return ownSpikes[id];
  }

  private int length(int steps, int perFrame) {
    return Math.toIntExact((long) steps * batch * perFrame);
  }

  /** Steps per window of the chunk that is bound. */
  int window() {
    return window;
  }

  /** Says with which step of the chunk the window begins. */
  void first(int step) {
    first = step;
  }

  /** All float buffers by value number; only those of whole values are indexed by the chunk. */
  float[][] floats() {
    return floats;
  }

  /** The buffer of a value, null if it is kept as bits only. */
  float[] floats(int id) {
    return floats[id];
  }

  /** The bits of a value, null if it is kept as numbers only. */
  long[] spikes(int id) {
    return spikes[id];
  }

  /** Where step {@code t} of the chunk begins in a float buffer. */
  int offset(int id, int t) {
    return length(forms.whole(id) ? t : t - first, plan.values().get(id).size());
  }

  /** Where step {@code t} of the chunk begins in a buffer of bits. */
  int wordOffset(int id, int t) {
    int words = SpikeFrameKernel.words(plan.values().get(id).size());
    return length(forms.whole(id) ? t : t - first, words);
  }
}
