package org.velella.gpu;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.velella.backend.Chunk;
import org.velella.backend.DeviceMemoryException;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.HostBuffer;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Plan;

/**
 * The values of a window of a tile on the device, in the forms that somebody reads, and page-locked
 * copies of those that the caller sees. What the caller sees exists twice, so that one window is
 * copied while the other is computed.
 */
final class TileValues implements AutoCloseable {
  static final int SLOTS = 2;

  /** What is copied in and out for one window at most, unless a single step takes more. */
  private static final long COPIED_BYTES = 192L << 20;

  /** Shorter windows would read and write the memories of neurons too often. */
  private static final int SHORTEST = 32;

  /** The part of the free memory that the values may take. */
  private static final double SHARE = 0.6;

  private final CudaDevice device;
  private final Plan plan;
  private final DeviceForms forms;
  private final List<Set<ValueForm>> wanted = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final DeviceBuffer[][][] buffers;
  private final HostBuffer[][] hosts;
  private int window;

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
    int steps = steps(chunk.capacity(), now);
    if (now.equals(wanted) && steps <= window) {
      return;
    }
    wanted.clear();
    wanted.addAll(now);
    for (window = steps; ; window = (window + 1) / 2) {
      close();
      try {
        allocate();
        return;
      } catch (DeviceMemoryException e) {
        if (window == 1) {
          close();
          throw e;
        }
      }
    }
  }

  private Set<ValueForm> forms(Chunk chunk, int id) {
    Set<ValueForm> all = EnumSet.copyOf(forms.read(id));
    if (plan.inputs().contains(id)) {
      all.add(ValueForm.NUMBERS);
      return all;
    }
    if (chunk.value(id) != null) {
      all.add(ValueForm.NUMBERS);
    }
    if (chunk.spikes(id) != null) {
      all.add(ValueForm.BITS);
    }
    if (all.isEmpty()) {
      all.add(forms.binary(id) ? ValueForm.BITS : ValueForm.NUMBERS);
    }
    return all;
  }

  /** Long enough that memories are seldom read and written, short enough to overlap. */
  private int steps(int capacity, List<Set<ValueForm>> now) {
    long copied = 1;
    long all = 1;
    for (int id = 0; id < now.size(); id++) {
      long bytes = 0;
      for (ValueForm form : now.get(id)) {
        bytes += form.bytes(plan.batch(), plan.values().get(id).size());
      }
      copied += copied(id) ? bytes : 0;
      all += copied(id) ? SLOTS * bytes : bytes;
    }
    long fits = (long) (device.freeBytes() * SHARE) / all;
    long overlapping = Math.max(SHORTEST, (capacity + 2) / 3);
    long steps = Math.min(Math.min(overlapping, capacity), COPIED_BYTES / copied);
    return (int) Math.max(1, Math.min(steps, fits));
  }

  private boolean copied(int id) {
    return plan.inputs().contains(id) || plan.visible().contains(id);
  }

  private void allocate() {
    for (int id = 0; id < wanted.size(); id++) {
      int size = plan.values().get(id).size();
      long frames = (long) window * plan.batch();
      for (int slot = 0; slot < SLOTS; slot++) {
        long largest = 0;
        for (ValueForm form : wanted.get(id)) {
          long bytes = form.bytes(frames, size);
          largest = Math.max(largest, bytes);
          buffers[slot][id][form.ordinal()] =
              slot > 0 && !copied(id)
                  ? buffers[0][id][form.ordinal()]
                  : own(device.allocate(bytes));
        }
        if (copied(id)) {
          hosts[slot][id] = own(device.pin(largest));
        }
      }
    }
  }

  private <T extends AutoCloseable> T own(T buffer) {
    owned.add(buffer);
    return buffer;
  }

  /** Steps of a window. */
  int window() {
    return window;
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
    return form.bytes((long) t * plan.batch(), plan.values().get(id).size());
  }

  /** The page-locked copy of a value that the caller sees. */
  HostBuffer host(int slot, int id) {
    return hosts[slot][id];
  }

  @Override
  public void close() {
    for (AutoCloseable buffer : owned) {
      if (buffer instanceof HostBuffer host) {
        host.close();
      } else {
        ((DeviceBuffer) buffer).close();
      }
    }
    owned.clear();
  }
}
