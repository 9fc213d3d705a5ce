package org.velella.gpu;

import org.velella.backend.Chunk;
import org.velella.backend.SpikeFrameKernel;
import org.velella.gpu.driver.DeviceEvent;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.driver.HostBuffer;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Plan;

/** Every other window of a tile: its stream, its copies in and out, and what is still under way. */
final class Lane implements AutoCloseable {
  private final Plan plan;
  private final TileValues values;
  private final UseCounter use;
  private final int slot;
  private final DeviceStream stream;
  private final DeviceEvent started;
  private final DeviceEvent computed;
  private Chunk chunk;
  private int first;
  private int steps;

  Lane(CudaProgram program, TileValues values, int slot) {
    plan = program.plan();
    use = program.use();
    this.values = values;
    this.slot = slot;
    stream = program.device().stream();
    DeviceEvent first = null;
    try {
      first = stream.record();
      computed = stream.record();
      started = first;
    } catch (RuntimeException | Error e) {
      if (first != null) {
        first.close();
      }
      stream.close();
      throw e;
    }
  }

  DeviceStream stream() {
    return stream;
  }

  /**
   * Begins a window: copies its inputs in, and lets its kernels wait for those of the one before.
   *
   * @param before the lane of the window before, or null
   */
  void begin(Chunk of, int from, int count, Lane before) {
    chunk = of;
    first = from;
    steps = count;
    for (int id : plan.inputs()) {
      int frame = plan.batch() * plan.values().get(id).size();
      boolean held = values.held(id);
      if (held && first > 0) {
        continue;
      }
      HostBuffer host = values.host(slot, id);
      int length = held ? frame : steps * frame;
      host.floats().put(chunk.value(id), first * frame, length);
      long bytes = (long) length * Float.BYTES;
      stream.upload(host, 0, values.buffer(slot, id, ValueForm.NUMBERS), 0, bytes);
      use.copiedIn(bytes);
    }
    if (before != null) {
      stream.waitFor(before.computed);
    }
    stream.record(started);
  }

  /** Says that all kernels of the window have been started, and copies out what the caller sees. */
  void end() {
    stream.record(computed);
    for (int id : plan.visible()) {
      if (comesOut(id)) {
        ValueForm form = form(id);
        long bytes = values.offset(id, form, steps);
        stream.download(values.buffer(slot, id, form), 0, values.host(slot, id), 0, bytes);
        use.copiedOut(bytes);
      }
    }
  }

  private boolean comesOut(int id) {
    return !plan.inputs().contains(id) && chunk.totals(id) == null;
  }

  private ValueForm form(int id) {
    return chunk.spikes(id) == null ? ValueForm.NUMBERS : ValueForm.BITS;
  }

  /** Waits for the window that is under way, if any, and hands its values to the caller. */
  void finish() {
    if (chunk == null) {
      return;
    }
    stream.synchronize();
    use.worked(computed.secondsSince(started));
    for (int id : plan.visible()) {
      int size = plan.values().get(id).size();
      if (!comesOut(id)) {
        continue;
      }
      HostBuffer host = values.host(slot, id);
      if (form(id) == ValueForm.BITS) {
        int frame = plan.batch() * SpikeFrameKernel.words(size);
        host.longs().get(chunk.spikes(id), first * frame, steps * frame);
      } else {
        int frame = plan.batch() * size;
        host.floats().get(chunk.value(id), first * frame, steps * frame);
      }
    }
    chunk = null;
  }

  @Override
  public void close() {
    stream.close();
    started.close();
    computed.close();
  }
}
