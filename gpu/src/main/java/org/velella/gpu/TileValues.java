package org.velella.gpu;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.velella.backend.Chunk;
import org.velella.backend.DeviceMemoryException;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.HostBuffer;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlanValue;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;

/**
 * The values of a window of a tile on the device, in the forms that somebody reads, and page-locked
 * copies of those that the caller sees. What the caller sees exists twice, so that one window is
 * copied while the other is computed; what is the same at every step is there for one step.
 */
final class TileValues implements AutoCloseable {
  static final int SLOTS = 2;

  /** What is copied in and out for one window at most, unless a single step takes more. */
  private static final long MOST_COPIED = 208L << 20;

  /** Less than that is not worth cutting a chunk for. */
  private static final long LEAST_COPIED = 4L << 20;

  /**
   * Shorter windows would read and write the memories of neurons too often. It is also what kernels
   * of short steps take at once, so windows are multiples of it.
   */
  private static final int SHORTEST = 8;

  /** The part of the free memory that the values may take. */
  private static final double SHARE = 0.6;

  /** What they may take at most, so that other tiles find room, too. */
  private static final long MOST_BYTES = 8L << 30;

  private final CudaDevice device;
  private final Plan plan;
  private final DeviceForms forms;
  private final List<Set<ValueForm>> wanted = new ArrayList<>();
  private final BitSet held = new BitSet();
  private final List<DeviceBuffer> ownBuffers = new ArrayList<>();
  private final List<HostBuffer> ownHosts = new ArrayList<>();
  private final DeviceBuffer[][][] buffers;
  private final HostBuffer[][] hosts;
  private int window;
  private int room;

  TileValues(CudaProgram program) {
    device = program.device();
    plan = program.plan();
    forms = program.forms();
    int count = plan.values().size();
    buffers = new DeviceBuffer[SLOTS][count][ValueForm.values().length];
    hosts = new HostBuffer[SLOTS][count];
  }

  /** Makes room for windows of a chunk, in the forms that the chunk and the ops want. */
  void bind(Chunk chunk) {
    List<Set<ValueForm>> now = new ArrayList<>();
    for (int id = 0; id < plan.values().size(); id++) {
      now.add(forms(chunk, id));
    }
    BitSet same = held(chunk);
    boolean fits = now.equals(wanted) && same.equals(held);
    wanted.clear();
    wanted.addAll(now);
    held.clear();
    held.or(same);
    window = steps(chunk.capacity());
    if (!fits || window > room) {
      allocate();
    }
  }

  private Set<ValueForm> forms(Chunk chunk, int id) {
    Set<ValueForm> all = EnumSet.noneOf(ValueForm.class);
    all.addAll(forms.read(id));
    if (plan.inputs().contains(id) || chunk.value(id) != null) {
      all.add(ValueForm.NUMBERS);
    }
    if (chunk.spikes(id) != null) {
      all.add(ValueForm.BITS);
    }
    if (all.isEmpty() && chunk.totals(id) == null) {
      all.add(forms.binary(id) ? ValueForm.BITS : ValueForm.NUMBERS);
    }
    return all;
  }

  /** Held inputs, and what only depends on them, are the same at every step. */
  private BitSet held(Chunk chunk) {
    BitSet same = new BitSet();
    plan.inputs().forEach(id -> same.set(id, chunk.held(id)));
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof StatelessOp layer) {
          same.set(layer.output(), same.get(layer.input()) && forms.holds(layer.output()));
        } else if (op instanceof SumOp sum && !stage.stepped()) {
          boolean all = sum.inputs().stream().allMatch(same::get);
          same.set(sum.output(), all && forms.holds(sum.output()));
        }
      }
    }
    return same;
  }

  /** Long enough that memories are seldom read and written, short enough to overlap. */
  private int steps(int capacity) {
    long copied = 1;
    long all = 1;
    int[] sizes = plan.values().stream().mapToInt(PlanValue::size).toArray();
    long numbered = numbered(plan.batch(), sizes, held);
    for (int id = 0; id < wanted.size(); id++) {
      if (!held.get(id)) {
        long bytes = bytes(id);
        copied += doubled(id) ? bytes : 0;
        all += doubled(id) ? SLOTS * bytes : bytes;
      }
    }
    long steps = capacity;
    if (copied * capacity > LEAST_COPIED) {
      steps = Math.min(steps, third(capacity));
    }
    if (numbered == 0) {
      throw new DeviceMemoryException(CudaBackend.NAME, all, device.freeBytes());
    }
    steps = Math.min(steps, Math.min(numbered, MOST_COPIED / copied));
    if (steps > room) {
      long free = (long) (device.freeBytes() * SHARE);
      steps = Math.min(steps, Math.min(free, MOST_BYTES) / all);
    }
    if (steps > SHORTEST && steps < capacity) {
      steps -= steps % SHORTEST;
    }
    return plan.wholeSteps(steps);
  }

  /** A third of the steps, or some more. */
  static int third(int steps) {
    return ((steps + 2) / 3 + SHORTEST - 1) / SHORTEST * SHORTEST;
  }

  /**
   * The steps of all values whose threads a kernel can number; 0 if one step of some value, be it
   * one that stands for all steps, is too much.
   */
  static long numbered(int batch, int[] sizes, BitSet held) {
    long steps = Long.MAX_VALUE;
    for (int id = 0; id < sizes.length; id++) {
      long most = mostSteps(batch, sizes[id]);
      steps = held.get(id) && most > 0 ? steps : Math.min(steps, most);
    }
    return steps;
  }

  /** The steps of a value whose threads, one per element or more, a kernel can number. */
  static long mostSteps(int batch, int size) {
    long threads = Math.max(size, ValueForm.words(size) * (long) Integer.SIZE);
    return Integer.MAX_VALUE / (batch * threads);
  }

  private long bytes(int id) {
    long bytes = 0;
    for (ValueForm form : wanted.get(id)) {
      bytes += form.bytes(plan.batch(), plan.values().get(id).size());
    }
    return bytes;
  }

  private boolean copied(int id) {
    return plan.inputs().contains(id) || plan.visible().contains(id);
  }

  private boolean doubled(int id) {
    return copied(id) && !held.get(id);
  }

  /** Tries shorter windows where there is no room. */
  private void allocate() {
    while (true) {
      close();
      try {
        allocate(window);
        return;
      } catch (DeviceMemoryException e) {
        if (window == plan.stepsAtOnce()) {
          close();
          throw e;
        }
        window = plan.wholeSteps((window + 1) / 2);
      }
    }
  }

  private void allocate(int steps) {
    for (int id = 0; id < wanted.size(); id++) {
      int size = plan.values().get(id).size();
      long frames = (held.get(id) ? 1L : steps) * plan.batch();
      for (int slot = 0; slot < SLOTS; slot++) {
        boolean own = slot == 0 || doubled(id);
        long largest = 0;
        for (ValueForm form : wanted.get(id)) {
          long bytes = form.bytes(frames, size);
          largest = Math.max(largest, bytes);
          buffers[slot][id][form.ordinal()] = own ? buffer(bytes) : first(id, form);
        }
        if (copied(id) && largest > 0) {
          hosts[slot][id] = own ? host(largest) : hosts[0][id];
        }
      }
    }
    room = steps;
  }

  private DeviceBuffer first(int id, ValueForm form) {
    return buffers[0][id][form.ordinal()];
  }

  private DeviceBuffer buffer(long bytes) {
    DeviceBuffer buffer = device.allocate(bytes);
    ownBuffers.add(buffer);
    return buffer;
  }

  private HostBuffer host(long bytes) {
    HostBuffer buffer = device.pin(bytes);
    ownHosts.add(buffer);
    return buffer;
  }

  /** Steps of a window. */
  int window() {
    return window;
  }

  /** Whether one step of a value stands for all of the chunk. */
  boolean held(int id) {
    return held.get(id);
  }

  /** The forms in which a value is to be written. */
  Set<ValueForm> wanted(int id) {
    return wanted.get(id);
  }

  /** A value's buffer in a form that is wanted. */
  DeviceBuffer buffer(int slot, int id, ValueForm form) {
    return buffers[slot][id][form.ordinal()];
  }

  /** Where step {@code t} of the window begins in a value's buffer. */
  long offset(int id, ValueForm form, int t) {
    return held.get(id) ? 0 : form.bytes((long) t * plan.batch(), plan.values().get(id).size());
  }

  /** The page-locked copy of a value that the caller sees. */
  HostBuffer host(int slot, int id) {
    return hosts[slot][id];
  }

  @Override
  public void close() {
    ownBuffers.forEach(DeviceBuffer::close);
    ownBuffers.clear();
    ownHosts.forEach(HostBuffer::close);
    ownHosts.clear();
    room = 0;
  }
}
