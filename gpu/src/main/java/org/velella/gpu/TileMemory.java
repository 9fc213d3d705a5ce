package org.velella.gpu;

import java.util.ArrayList;
import java.util.List;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.plan.Plan;
import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

/**
 * The memories of a tile: those of neurons and delays on the device, those of encoders and users'
 * modules on the host.
 */
final class TileMemory implements AutoCloseable {
  private final Plan plan;
  private final Uploads uploads;
  private final CudaProgram program;
  private final Tensor[] host;
  private final DeviceBuffer[] buffers;
  private final long[] offsets;
  private final List<DeviceBuffer> owned = new ArrayList<>();

  TileMemory(CudaProgram program, Uploads uploads) {
    this.program = program;
    this.uploads = uploads;
    plan = program.plan();
    host = new Tensor[plan.memories().size()];
    buffers = new DeviceBuffer[host.length];
    offsets = new long[host.length];
  }

  /** Places memories of float32, each {@code [N, size]}, one after the other on the device. */
  DeviceBuffer place(List<Integer> ids, int size) {
    long plane = (long) plan.batch() * size * Float.BYTES;
    DeviceBuffer buffer = program.device().allocate(Math.max(1, ids.size()) * plane);
    owned.add(buffer);
    for (int m = 0; m < ids.size(); m++) {
      buffers[ids.get(m)] = buffer;
      offsets[ids.get(m)] = m * plane;
    }
    return buffer;
  }

  /** Where a memory lies that is alone in its buffer. */
  DeviceBuffer buffer(int id) {
    return buffers[id];
  }

  /** All memories by number; only those are up to date that are not on the device. */
  Tensor[] host() {
    return host;
  }

  /** Takes copies of all memories. */
  void load(List<Tensor> memories) {
    for (int id = 0; id < host.length; id++) {
      host[id] = memories.get(id).copy();
      if (buffers[id] != null) {
        uploads.write(buffers[id], offsets[id], host[id].floats());
      }
    }
  }

  /** Copies of all memories, every NaN in the one form that is written. */
  List<Tensor> copies() {
    List<Tensor> copies = new ArrayList<>();
    for (int id = 0; id < host.length; id++) {
      Tensor copy = host[id].copy();
      if (buffers[id] != null) {
        uploads.read(buffers[id], offsets[id], copy.floats());
      }
      if (copy.dtype() == DType.FLOAT32) {
        float[] numbers = copy.floats();
        for (int i = 0; i < numbers.length; i++) {
          if (numbers[i] != numbers[i]) {
            numbers[i] = Float.intBitsToFloat(Tensor.canonicalBits(numbers[i]));
          }
        }
      }
      copies.add(copy);
    }
    return copies;
  }

  @Override
  public void close() {
    owned.forEach(DeviceBuffer::close);
    owned.clear();
  }
}
