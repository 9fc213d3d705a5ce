package org.velella.backend;

import java.util.Arrays;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;

/** The values of one tile: those of a chunk, and those between ops, which last one window. */
final class TileBuffers {
  /**
   * Steps of a window in which something is kept as bits. By these alone it could be far longer,
   * but some kernels need floats of them, 32 times as many bytes, which would not stay in the
   * caches.
   */
  private static final int LONGEST_OF_BITS = 256;

  private final Plan plan;
  private final ValueForms forms;
  private final WindowLength windows;
  private final boolean[] held;

  /** Numbers, and words of bits, of one step of all samples. */
  private final int[] frames;

  private final int[] frameWords;
  private final float[][] floats;
  private final long[][] spikes;
  private final float[][] ownFloats;
  private final long[][] ownSpikes;
  private final int[] ownSteps;

  /** How many steps of a buffer of its own a constant value has filled. */
  private final int[] filled;

  private final boolean[] graded;

  /** Where values that lie in another buffer begin there; -1 for all others. */
  private final int[] aliases;

  private int window;
  private int first;
  private int capacity;

  TileBuffers(HeapProgram program) {
    plan = program.plan();
    int batch = plan.batch();
    forms = program.forms();
    int count = plan.values().size();
    floats = new float[count][];
    spikes = new long[count][];
    ownFloats = new float[count][];
    ownSpikes = new long[count][];
    ownSteps = new int[count];
    filled = new int[count];
    held = new boolean[count];
    frames = new int[count];
    frameWords = new int[count];
    for (int id = 0; id < count; id++) {
      int size = plan.values().get(id).size();
      frames[id] = Math.multiplyExact(batch, size);
      frameWords[id] = Math.multiplyExact(batch, SpikeFrameKernel.words(size));
    }
    graded = new boolean[count];
    aliases = new int[count];
    windows = program.windows();
  }

  /** Takes the chunk's buffers and makes room for the values that it does not hold. */
  void bind(Chunk chunk) {
    capacity = chunk.capacity();
    hold(chunk);
    window = longestWindow();
    first = 0;
    for (int id = 0; id < floats.length; id++) {
      floats[id] = chunk.value(id);
      spikes[id] = chunk.spikes(id);
      int steps = held[id] || chunk.totals(id) != null ? 1 : forms.whole(id) ? capacity : window;
      if (ownSteps[id] < steps) {
        ownSteps[id] = steps;
        ownFloats[id] = null;
        filled[id] = 0;
        ownSpikes[id] = null;
      }
      if (forms.bits(id) && spikes[id] == null) {
        spikes[id] = ownSpikes(id);
      }
      boolean counted = chunk.totals(id) != null;
      boolean wanted = forms.floats(id) || !forms.bits(id) && spikes[id] == null && !counted;
      if (wanted && floats[id] == null) {
        addFloats(id);
      }
    }
  }

  /** Held inputs, and what only depends on them, are the same at every step. */
  private void hold(Chunk chunk) {
    Arrays.fill(held, false);
    Arrays.fill(aliases, -1);
    plan.inputs().forEach(id -> held[id] = chunk.held(id));
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof StatelessOp layer) {
          held[layer.output()] = held[layer.input()] && forms.holds(layer.output());
        } else if (op instanceof SumOp sum && !stage.stepped()) {
          held[sum.output()] =
              forms.holds(sum.output()) && sum.inputs().stream().allMatch(id -> held[id]);
        }
      }
    }
  }

  private int longestWindow() {
    long perStep = 0;
    int longest = capacity;
    for (int id = 0; id < held.length; id++) {
      if (!forms.whole(id) && !held[id]) {
        if (forms.bits(id) && !forms.floats(id)) {
          longest = Math.min(longest, LONGEST_OF_BITS);
        }
        long size = frames[id];
        perStep += forms.floats(id) ? size * Float.BYTES : 0;
        perStep += forms.bits(id) ? size / Byte.SIZE : 0;
      }
    }
    return plan.wholeSteps(windows.steps(perStep, longest));
  }

  /** Whether one step of a value stands for all of the chunk that is bound. */
  boolean held(int id) {
    return held[id];
  }

  /** A buffer for a value that is otherwise kept as bits. */
  float[] addFloats(int id) {
    if (ownFloats[id] == null) {
      ownFloats[id] = new float[Math.multiplyExact(ownSteps[id], frames[id])];
    }
    floats[id] = ownFloats[id];
    return floats[id];
  }

  private long[] ownSpikes(int id) {
    if (ownSpikes[id] == null) {
      ownSpikes[id] = new long[Math.multiplyExact(ownSteps[id], frameWords[id])];
    }
    return ownSpikes[id];
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

  /**
   * Lets an array stand for a value within this step.
   *
   * @param at where the value begins in the array
   * @return false if the value is also read later, so that it needs a buffer of its own
   */
  boolean alias(int id, float[] array, int at) {
    if (forms.whole(id)) {
      return false;
    }
    floats[id] = array;
    aliases[id] = at;
    return true;
  }

  /**
   * Whether a constant value has been written for some steps before, to buffers that nobody else
   * writes; if not, the caller writes it now.
   */
  boolean filled(int id, int t, int steps) {
    if (floats[id] == null || floats[id] != ownFloats[id] || spikes[id] != null) {
      return false;
    }
    int from = held[id] ? 0 : forms.whole(id) ? t : t - first;
    int end = from + (held[id] ? 1 : steps);
    boolean known = end <= filled[id];
    filled[id] = from <= filled[id] ? Math.max(filled[id], end) : filled[id];
    return known;
  }

  /** Says whether a value that is there as bits is to be read as numbers for now. */
  void graded(int id, boolean now) {
    graded[id] = now;
  }

  /** Whether readers that take bits find them. */
  boolean bits(int id) {
    return forms.bits(id) && !graded[id];
  }

  /** Where step {@code t} of the chunk begins in a float buffer. */
  int offset(int id, int t) {
    if (held[id]) {
      return 0;
    }
    if (aliases[id] >= 0) {
      return aliases[id];
    }
    return (forms.whole(id) ? t : t - first) * frames[id];
  }

  /** Numbers of one step of all samples. */
  int frame(int id) {
    return frames[id];
  }

  /** How far apart the steps of a float buffer are. */
  int stride(int id) {
    return held[id] ? 0 : frames[id];
  }

  /** Where step {@code t} of the chunk begins in a buffer of bits. */
  int wordOffset(int id, int t) {
    return (forms.whole(id) ? t : t - first) * frameWords[id];
  }
}
