package org.velella.backend;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.velella.plan.DelayReadOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.HostOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * One tile on the Java heap. A feed-forward op runs over the whole chunk before the next; the ops
 * of a cycle run together, step by step.
 */
final class HeapTileRun implements TileRun {
  private final HeapProgram program;
  private final Plan plan;
  private final int batch;
  private final Tensor[] memories;
  private final float[][] values;
  private final Map<EncoderOp, EncoderKernel> encoders = new IdentityHashMap<>();
  private final Map<NeuronOp, NeuronKernel> neurons = new IdentityHashMap<>();
  private final Map<HostOp, HostRunner> hosts = new IdentityHashMap<>();
  private int capacity;

  HeapTileRun(HeapProgram program, TileParameters parameters) {
    this.program = program;
    plan = program.plan();
    batch = plan.batch();
    values = new float[plan.values().size()][];
    memories = new Tensor[plan.memories().size()];
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof EncoderOp encoder) {
          encoders.put(encoder, program.kernels().encoder(encoder, batch, parameters));
        } else if (op instanceof NeuronOp neuron) {
          neurons.put(neuron, program.kernels().neurons(neuron, batch, parameters));
        } else if (op instanceof HostOp host) {
          hosts.put(host, new HostRunner(host, plan));
        }
      }
    }
    TileMemories.initial(plan, parameters).toArray(memories);
  }

  @Override
  public void load(List<Tensor> from) {
    TileMemories.require(plan, from);
    for (int i = 0; i < memories.length; i++) {
      memories[i] = from.get(i).copy();
    }
  }

  @Override
  public List<Tensor> memories() {
    List<Tensor> copies = new ArrayList<>();
    for (Tensor memory : memories) {
      copies.add(memory.copy());
    }
    return copies;
  }

  @Override
  public void run(Chunk chunk) {
    allocate(chunk);
    for (Stage stage : plan.stages()) {
      if (stage.stepped()) {
        for (int t = 0; t < chunk.steps(); t++) {
          for (Op op : stage.ops()) {
            run(op, t, 1);
          }
        }
      } else {
        for (Op op : stage.ops()) {
          run(op, 0, chunk.steps());
        }
      }
    }
  }

  private void allocate(Chunk chunk) {
    boolean grow = chunk.capacity() > capacity;
    capacity = Math.max(capacity, chunk.capacity());
    for (int id = 0; id < values.length; id++) {
      if (chunk.value(id) != null) {
        values[id] = chunk.value(id);
      } else if (values[id] == null || grow) {
        values[id] = new float[frameOffset(id, capacity)];
      }
    }
  }

  /** Where step {@code t} of a value begins. */
  private int frameOffset(int id, int t) {
    return Math.multiplyExact(t * batch, plan.values().get(id).size());
  }

  private void run(Op op, int t, int steps) {
    if (op instanceof StatelessOp layer) {
      float[] in = values[layer.input()];
      float[] out = values[layer.output()];
      int from = frameOffset(layer.input(), t);
      int to = frameOffset(layer.output(), t);
      program.kernel(layer).run(steps * batch, in, from, out, to);
    } else if (op instanceof NeuronOp neuron) {
      neurons.get(neuron).run(t, steps, values, memories);
    } else if (op instanceof EncoderOp encoder) {
      encoders.get(encoder).run(t, steps, values, memories);
    } else if (op instanceof SumOp sum) {
      sum(sum, t, steps);
    } else if (op instanceof DelayReadOp read) {
      float[] memory = memories[read.memory()].floats();
      int at = frameOffset(read.output(), t);
      System.arraycopy(memory, 0, values[read.output()], at, memory.length);
    } else if (op instanceof DelayWriteOp write) {
      float[] memory = memories[write.memory()].floats();
      System.arraycopy(
          values[write.input()], frameOffset(write.input(), t), memory, 0, memory.length);
    } else if (op instanceof HostOp host) {
      hosts.get(host).run(t, steps, values, memories);
    } else {
      throw new IllegalStateException("No kernel for " + op.getClass().getName());
    }
  }

  private void sum(SumOp op, int t, int steps) {
    int from = frameOffset(op.output(), t);
    int length = steps * batch * op.size();
    float[] out = values[op.output()];
    System.arraycopy(values[op.inputs().get(0)], from, out, from, length);
    for (int k = 1; k < op.inputs().size(); k++) {
      float[] in = values[op.inputs().get(k)];
      for (int i = from; i < from + length; i++) {
        out[i] += in[i];
      }
    }
  }

  @Override
  public void close() {}
}
