package org.velella.gpu;

import java.util.Arrays;
import org.velella.backend.Chunk;
import org.velella.backend.SpikeTotals;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.plan.Plan;

/**
 * The totals of a chunk's counted values on the device, {@code [2, N, *]}: numbers, first steps.
 */
final class TileTotals implements AutoCloseable {
  private final CudaProgram program;
  private final Plan plan;
  private final DeviceBuffer[] buffers;

  TileTotals(CudaProgram program) {
    this.program = program;
    plan = program.plan();
    buffers = new DeviceBuffer[plan.values().size()];
  }

  /** Takes over what the chunk has counted so far. */
  void load(Chunk chunk, Uploads uploads) {
    for (int id : plan.visible()) {
      SpikeTotals totals = chunk.totals(id);
      if (totals == null) {
        release(id);
        continue;
      }
      int count = totals.counts().length;
      if (buffers[id] == null) {
        buffers[id] = program.device().allocate(2L * count * Integer.BYTES);
      }
      int[] both = Arrays.copyOf(totals.counts(), 2 * count);
      System.arraycopy(totals.first(), 0, both, count, count);
      uploads.write(buffers[id], 0, both);
    }
  }

  /** Hands the totals back to the chunk. */
  void store(Chunk chunk, Uploads uploads) {
    for (int id : plan.visible()) {
      SpikeTotals totals = chunk.totals(id);
      if (totals != null) {
        uploads.read(buffers[id], 0, totals.counts());
        long plane = (long) totals.counts().length * Integer.BYTES;
        uploads.read(buffers[id], plane, totals.first());
      }
    }
  }

  /** The totals of a value, or null if it is not counted. */
  DeviceBuffer buffer(int id) {
    return buffers[id];
  }

  private void release(int id) {
    if (buffers[id] != null) {
      buffers[id].close();
      buffers[id] = null;
    }
  }

  @Override
  public void close() {
    for (int id = 0; id < buffers.length; id++) {
      release(id);
    }
  }
}
