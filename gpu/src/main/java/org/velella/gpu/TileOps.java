package org.velella.gpu;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.velella.backend.DelayLine;
import org.velella.backend.DelayedKernel;
import org.velella.backend.EncoderKernel;
import org.velella.backend.HostRunner;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.ParallelNeurons;
import org.velella.backend.PlasticSynapses;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ElementwisePtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.DelayOp;
import org.velella.plan.DelayReadOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.HostOp;
import org.velella.plan.LearnOp;
import org.velella.plan.MaskedPsnOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.PlasticOp;
import org.velella.plan.PsnOp;
import org.velella.plan.SumOp;
import org.velella.plan.TileParameters;
import org.velella.synapse.PlasticOperation;

/** Makes the runners of the ops that have memories, and of sums, for one tile. */
final class TileOps {
  private final CudaProgram program;
  private final TileMemory memory;
  private final Uploads uploads;
  private final TileParameters parameters;
  private final Map<PlasticOperation, PlasticSynapses> plastic = new IdentityHashMap<>();

  TileOps(CudaProgram program, TileMemory memory, Uploads uploads, TileParameters parameters) {
    this.program = program;
    this.memory = memory;
    this.uploads = uploads;
    this.parameters = parameters;
  }

  OpRunner of(Op op) {
    int batch = program.plan().batch();
    if (op instanceof NeuronOp neuron) {
      DeviceBuffer state = memory.place(neuron.memories(), neuron.shape().size());
      return new NeuronRunner(neuron, batch, parameters, state, uploads);
    }
    if (op instanceof DelayReadOp read) {
      DeviceBuffer kept = memory.place(List.of(read.memory()), read.size());
      return (tile, t, steps) -> read(tile, read, kept, t);
    }
    if (op instanceof DelayWriteOp write) {
      return (tile, t, steps) -> write(tile, write, t);
    }
    if (op instanceof SumOp sum) {
      PtxKernel kernel = ElementwisePtx.sum(sum.inputs().size());
      return (tile, t, steps) -> sum(tile, sum, kernel, t, steps);
    }
    if (op instanceof EncoderOp encoder) {
      return encoder(encoder, batch);
    }
    if (op instanceof DelayOp delay) {
      // Its memory stays on the host, as its work does.
      int[] own = delay.ofSamples(batch, parameters);
      return new HostStep(
          program,
          delay.input(),
          delay.output(),
          (steps, values) -> {
            float[] history = memory.host()[delay.memory()].floats();
            float[] in = values[delay.input()];
            float[] out = values[delay.output()];
            DelayLine.run(delay, own, batch, steps, in, 0, out, 0, history);
          });
    }
    if (op instanceof DelayedSparseOp projection) {
      DelayedKernel kernel = new ScalarKernels().delayed(projection, batch);
      return new HostStep(
          program,
          projection.input(),
          projection.output(),
          (steps, values) -> {
            // Loading is free: the kernel works on the host's tensor, which may be a new one.
            kernel.load(memory.host());
            kernel.run(steps, values[projection.input()], 0, values[projection.output()], 0);
          });
    }
    if (op instanceof PlasticOp synapses) {
      plastic.put(synapses.operation(), program.plastic(synapses, parameters));
      return new HostStep(
          program,
          synapses.input(),
          synapses.output(),
          (steps, values) -> {
            float[] weights = memory.host()[synapses.memory()].floats();
            float[] in = values[synapses.input()];
            float[] out = values[synapses.output()];
            plastic.get(synapses.operation()).send(in, 0, weights, out, 0);
          });
    }
    if (op instanceof LearnOp learn) {
      return new HostStep(program, learn.inputs(), null, (steps, values) -> learn(learn, values));
    }
    if (op instanceof PsnOp psn) {
      return new HostStep(
          program,
          psn.input(),
          psn.output(),
          (steps, values) ->
              ParallelNeurons.run(
                  psn, batch, steps, values[psn.input()], 0, values[psn.output()], 0));
    }
    if (op instanceof MaskedPsnOp masked) {
      return new HostStep(
          program,
          masked.input(),
          masked.output(),
          (steps, values) -> {
            float[] in = values[masked.input()];
            float[] out = values[masked.output()];
            ParallelNeurons.run(masked, batch, steps, in, 0, out, 0, memory.host());
          });
    }
    HostOp host = (HostOp) op;
    HostRunner runner = new HostRunner(host, program.plan());
    return new HostStep(
        program,
        host.input(),
        host.output(),
        (steps, values) -> runner.run(0, steps, values, memory.host()));
  }

  private void learn(LearnOp op, float[][] values) {
    List<NeuronBuffers.Source> inputs =
        op.inputs().stream().map(id -> new NeuronBuffers.Source(values[id], 0, 0)).toList();
    plastic.get(op.operation()).learn(inputs, op.memories(), memory.host());
  }

  private OpRunner encoder(EncoderOp op, int batch) {
    if (op.operation() instanceof BernoulliOperation operation) {
      return new BernoulliRunner(op, operation, batch, parameters.samples(), memory, uploads);
    }
    if (op.operation() instanceof PeriodicOperation operation) {
      return new PeriodicRunner(op, operation, memory, uploads);
    }
    if (DeviceForms.isOnHost(op)) {
      EncoderKernel counts = new ScalarKernels().encoder(op, batch, parameters);
      return new HostStep(
          program,
          op.input(),
          op.output(),
          (steps, values) -> counts.run(0, steps, values, memory.host()));
    }
    EncoderKernel definition = new ScalarKernels().encoder(op, batch, parameters);
    return new CycleRunner(op, (CycleOperation) op.operation(), definition, program, memory);
  }

  private static void read(CudaTileRun tile, DelayReadOp op, DeviceBuffer kept, int t) {
    DeviceBuffer to = tile.buffer(op.output(), ValueForm.NUMBERS);
    long at = tile.offset(op.output(), ValueForm.NUMBERS, t);
    tile.stream().copy(kept, 0, to, at, (long) tile.batch() * op.size() * Float.BYTES);
  }

  private void write(CudaTileRun tile, DelayWriteOp op, int t) {
    DeviceBuffer from = tile.buffer(op.input(), ValueForm.NUMBERS);
    long at = tile.offset(op.input(), ValueForm.NUMBERS, t);
    long bytes = (long) tile.batch() * op.size() * Float.BYTES;
    tile.stream().copy(from, at, memory.buffer(op.memory()), 0, bytes);
  }

  private static void sum(CudaTileRun tile, SumOp op, PtxKernel kernel, int t, int steps) {
    int elements = steps * tile.batch() * op.size();
    KernelArguments arguments = tile.arguments();
    op.inputs().forEach(id -> tile.value(id, ValueForm.NUMBERS, t));
    tile.value(op.output(), ValueForm.NUMBERS, t);
    arguments.int32(elements);
    tile.launch(kernel, kernel.blocks(elements));
  }
}
