package org.velella.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.PsnOp;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.synapse.PlasticOperation;
import org.velella.tensor.Tensor;

/**
 * One tile on the Java heap. A chunk is run in windows of a few steps: within a window a
 * feed-forward op runs over all steps before the next op starts, and the ops of a cycle run
 * together, step by step. The buffers between ops hold one window, so that they stay in cache.
 */
final class HeapTileRun implements TileRun {
  private final HeapProgram program;
  private final Plan plan;
  private final int batch;
  private final TileParameters parameters;

  /** Empty until they are given or needed. */
  private final Tensor[] memories;

  private boolean loaded;
  private final TileBuffers buffers;
  private final LateValues late;
  private Chunk bound;
  private final Map<EncoderOp, EncoderKernel> encoders = new IdentityHashMap<>();
  private final Map<NeuronOp, NeuronKernel> neurons = new IdentityHashMap<>();
  private final Map<DelayedSparseOp, DelayedKernel> delayed = new IdentityHashMap<>();
  private final Map<DelayOp, SpikeDelay> delays = new IdentityHashMap<>();
  private final Map<DelayOp, int[]> ownDelays = new IdentityHashMap<>();
  private final Map<PlasticOperation, PlasticSynapses> plastic = new IdentityHashMap<>();
  private final Map<HostOp, HostRunner> hosts = new IdentityHashMap<>();

  /** What the ops of each stage do, in their order, with all that they need at hand. */
  private final Turn[][] turns;

  /** An op at some consecutive steps of the chunk, all within a window. */
  @FunctionalInterface
  private interface Turn {
    void run(int t, int steps);
  }

  HeapTileRun(HeapProgram program, TileParameters parameters) {
    this.program = program;
    this.parameters = parameters;
    plan = program.plan();
    batch = plan.batch();
    memories = new Tensor[plan.memories().size()];
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof EncoderOp encoder) {
          encoders.put(encoder, program.kernels().encoder(encoder, batch, parameters));
        } else if (op instanceof NeuronOp neuron) {
          neurons.put(neuron, program.kernels().neurons(neuron, batch, parameters));
        } else if (op instanceof DelayedSparseOp projection) {
          delayed.put(projection, program.kernels().delayed(projection, batch));
        } else if (op instanceof DelayOp delay) {
          int[] own = delay.ofSamples(batch, parameters);
          ownDelays.put(delay, own);
          if (program.keepsBits(delay)) {
            delays.put(delay, new SpikeDelay(delay, own, batch));
          }
        } else if (op instanceof PlasticOp synapses) {
          plastic.put(synapses.operation(), program.plastic(synapses, parameters));
        } else if (op instanceof HostOp host) {
          hosts.put(host, new HostRunner(host, plan));
        }
      }
    }
    buffers = new TileBuffers(program);
    late = new LateValues(plan);
    turns =
        plan.stages().stream()
            .map(
                stage ->
                    stage.ops().stream().map(op -> turn(op, stage.stepped())).toArray(Turn[]::new))
            .toArray(Turn[][]::new);
  }

  /** Whoever loads no memories begins with fresh ones. */
  private void requireLoaded() {
    if (!loaded) {
      TileMemories.initial(plan, parameters).toArray(memories);
      loadKernels();
    }
  }

  @Override
  public void load(List<Tensor> from) {
    TileMemories.require(plan, from);
    for (int i = 0; i < memories.length; i++) {
      memories[i] = from.get(i).copy();
    }
    loadKernels();
  }

  private void loadKernels() {
    loaded = true;
    late.forget();
    neurons.values().forEach(kernel -> kernel.load(memories));
    delayed.values().forEach(kernel -> kernel.load(memories));
    delays.values().forEach(delay -> delay.load(memories));
  }

  @Override
  public List<Tensor> memories() {
    requireLoaded();
    neurons.values().forEach(kernel -> kernel.store(memories));
    delayed.values().forEach(kernel -> kernel.store(memories));
    delays.values().forEach(delay -> delay.store(memories));
    List<Tensor> copies = new ArrayList<>();
    for (Tensor memory : memories) {
      copies.add(TileMemories.canonical(memory.copy()));
    }
    return copies;
  }

  @Override
  public void run(Chunk chunk) {
    plan.requireSteps(chunk.steps());
    requireLoaded();
    buffers.bind(chunk);
    bound = chunk;
    for (int first = 0; first < chunk.steps(); first += buffers.window()) {
      buffers.first(first);
      settle();
      int end = Math.min(chunk.steps(), first + buffers.window());
      for (int stage = 0; stage < turns.length; stage++) {
        if (plan.stages().get(stage).stepped()) {
          for (int t = first; t < end; t++) {
            for (Turn turn : turns[stage]) {
              turn.run(t, 1);
            }
          }
        } else {
          for (Turn turn : turns[stage]) {
            turn.run(first, end - first);
          }
        }
      }
    }
    late.settle(memories);
  }

  private void settle() {
    delays.forEach(
        (op, delay) -> {
          delay.settle(memories);
          buffers.graded(op.output(), delay.graded());
        });
  }

  private Turn turn(Op op, boolean stepped) {
    if (op instanceof StatelessOp layer) {
      FrameKernel kernel = program.kernel(layer);
      return (t, steps) -> layer(layer, kernel, t, steps);
    }
    if (op instanceof NeuronOp neuron) {
      NeuronKernel kernel = neurons.get(neuron);
      return (t, steps) -> neurons(neuron, kernel, t, steps);
    }
    if (op instanceof EncoderOp encoder) {
      EncoderKernel kernel = encoders.get(encoder);
      return (t, steps) -> kernel.run(t, steps, buffers.floats(), memories);
    }
    if (op instanceof SumOp sum) {
      return new SumRunner(sum, stepped, program, buffers, late)::run;
    }
    if (op instanceof DelayedSparseOp projection) {
      DelayedKernel kernel = delayed.get(projection);
      return (t, steps) -> delayed(projection, kernel, t, steps);
    }
    if (op instanceof DelayOp delay) {
      return (t, steps) -> delay(delay, t, steps);
    }
    if (op instanceof DelayReadOp read) {
      return (t, steps) -> read(read, t);
    }
    if (op instanceof DelayWriteOp write) {
      return (t, steps) -> {
        int at = buffers.offset(write.input(), t);
        late.keep(write.memory(), buffers.floats(write.input()), at, memories);
      };
    }
    if (op instanceof HostOp host) {
      HostRunner runner = hosts.get(host);
      return (t, steps) -> runner.run(t, steps, buffers.floats(), memories);
    }
    return rarer(op);
  }

  private Turn rarer(Op op) {
    if (op instanceof PlasticOp synapses) {
      PlasticSynapses kernel = plastic.get(synapses.operation());
      return (t, steps) -> {
        float[] in = buffers.floats(synapses.input());
        float[] out = buffers.floats(synapses.output());
        int from = buffers.offset(synapses.input(), t);
        int to = buffers.offset(synapses.output(), t);
        kernel.send(in, from, memories[synapses.memory()].floats(), out, to);
      };
    }
    if (op instanceof LearnOp learn) {
      PlasticSynapses kernel = plastic.get(learn.operation());
      return (t, steps) -> kernel.learn(sources(learn.inputs(), t), learn.memories(), memories);
    }
    if (op instanceof PsnOp psn) {
      return (t, steps) -> {
        float[] in = buffers.floats(psn.input());
        int from = buffers.offset(psn.input(), t);
        int to = buffers.offset(psn.output(), t);
        ParallelNeurons.run(psn, batch, steps, in, from, buffers.floats(psn.output()), to);
      };
    }
    if (op instanceof MaskedPsnOp masked) {
      return (t, steps) -> {
        float[] in = buffers.floats(masked.input());
        int from = buffers.offset(masked.input(), t);
        float[] out = buffers.floats(masked.output());
        int to = buffers.offset(masked.output(), t);
        ParallelNeurons.run(masked, batch, steps, in, from, out, to, memories);
      };
    }
    throw new IllegalStateException("No kernel for " + op.getClass().getName());
  }

  private void read(DelayReadOp op, int t) {
    float[] value = late.array(op.memory(), memories);
    int from = late.place(op.memory());
    if (!buffers.alias(op.output(), value, from)) {
      int at = buffers.offset(op.output(), t);
      System.arraycopy(value, from, buffers.floats(op.output()), at, batch * op.size());
    }
  }

  private void layer(StatelessOp op, FrameKernel kernel, int t, int steps) {
    if (program.constant(op.output()) && buffers.filled(op.output(), t, steps)) {
      return;
    }
    if (!buffers.held(op.input())) {
      compute(op, kernel, t, steps);
    } else if (!buffers.held(op.output())) {
      compute(op, kernel, t, 1);
      int length = buffers.stride(op.output());
      int from = buffers.offset(op.output(), t);
      float[] out = buffers.floats(op.output());
      for (int s = 1; s < steps; s++) {
        System.arraycopy(out, from, out, from + s * length, length);
      }
    } else if (t == 0) {
      compute(op, kernel, t, 1);
    }
  }

  private void compute(StatelessOp op, FrameKernel kernel, int t, int steps) {
    float[] out = buffers.floats(op.output());
    int to = buffers.offset(op.output(), t);
    if (kernel instanceof SpikeFrameKernel spikes && buffers.bits(op.input())) {
      int from = buffers.wordOffset(op.input(), t);
      spikes.runSpikes(steps * batch, buffers.spikes(op.input()), from, out, to);
    } else {
      int from = buffers.offset(op.input(), t);
      kernel.run(steps * batch, buffers.floats(op.input()), from, out, to);
    }
  }

  private void delay(DelayOp op, int t, int steps) {
    int to = buffers.offset(op.output(), t);
    SpikeDelay delay = delays.get(op);
    if (delay == null) {
      float[] in = buffers.floats(op.input());
      float[] history = memories[op.memory()].floats();
      int from = buffers.offset(op.input(), t);
      float[] out = buffers.floats(op.output());
      DelayLine.run(op, ownDelays.get(op), batch, steps, in, from, out, to, history);
      return;
    }
    long[] in = buffers.spikes(op.input());
    int from = buffers.wordOffset(op.input(), t);
    if (delay.graded()) {
      float[] seen = buffers.floats(op.output());
      float[] out = seen == null ? buffers.addFloats(op.output()) : seen;
      delay.runGraded(steps, in, from, out, to, memories);
      return;
    }
    long[] bits = buffers.spikes(op.output());
    int word = bits == null ? 0 : buffers.wordOffset(op.output(), t);
    delay.run(steps, in, from, bits, word, buffers.floats(op.output()), to);
  }

  private void delayed(DelayedSparseOp op, DelayedKernel kernel, int t, int steps) {
    float[] out = buffers.floats(op.output());
    int to = buffers.offset(op.output(), t);
    if (kernel.takesSpikes() && buffers.bits(op.input())) {
      int from = buffers.wordOffset(op.input(), t);
      kernel.runSpikes(steps, buffers.spikes(op.input()), from, out, to);
    } else {
      kernel.run(steps, buffers.floats(op.input()), buffers.offset(op.input(), t), out, to);
    }
  }

  private void neurons(NeuronOp op, NeuronKernel kernel, int t, int steps) {
    int id = op.output();
    if (program.constant(id) && buffers.filled(id, t, steps)) {
      return;
    }
    SpikeTotals totals = bound.totals(id);
    if (totals != null) {
      count(op, kernel, totals, t, steps);
      return;
    }
    float[] out = buffers.floats(id);
    long[] spikes = buffers.spikes(id);
    boolean bits = spikes != null && kernel.writesSpikes();
    if (!bits && out == null) {
      out = buffers.addFloats(id);
    }
    int at = out == null ? 0 : buffers.offset(id, t);
    int word = spikes == null ? 0 : buffers.wordOffset(id, t);
    float[][] recorded = new float[op.recorded().size()][];
    int next = 0;
    for (int variable : op.recorded().values()) {
      recorded[next++] = buffers.floats(variable);
    }
    int frame = buffers.frame(id);
    List<NeuronBuffers.Source> inputs = sources(op.inputs(), t);
    kernel.run(
        steps,
        bits
            ? NeuronBuffers.bits(inputs, spikes, word)
            : NeuronBuffers.floats(inputs, out, at, recorded, t * frame));
    if (bits && out != null) {
      SpikeBits.expand(steps * batch, frame / batch, spikes, word, out, at);
    } else if (!bits && spikes != null) {
      SpikeBits.pack(steps * batch, frame / batch, out, at, spikes, word);
    }
  }

  private List<NeuronBuffers.Source> sources(List<Integer> ids, int t) {
    if (ids.size() == 1) {
      return List.of(source(ids.get(0), t));
    }
    NeuronBuffers.Source[] all = new NeuronBuffers.Source[ids.size()];
    for (int k = 0; k < all.length; k++) {
      all[k] = source(ids.get(k), t);
    }
    return Arrays.asList(all);
  }

  private NeuronBuffers.Source source(int id, int t) {
    return new NeuronBuffers.Source(buffers.floats(id), buffers.offset(id, t), buffers.stride(id));
  }

  /** A kernel that cannot count just now gives numbers, a step at a time, and they are counted. */
  private void count(NeuronOp op, NeuronKernel kernel, SpikeTotals totals, int t, int steps) {
    if (kernel.countsSpikes()) {
      kernel.run(steps, NeuronBuffers.totals(sources(op.inputs(), t), totals, totals.step() + t));
      return;
    }
    float[] out = buffers.addFloats(op.output());
    for (int s = t; s < t + steps; s++) {
      kernel.run(1, NeuronBuffers.floats(sources(op.inputs(), s), out, 0, new float[0][], 0));
      totals.add(s, out, 0);
    }
  }

  @Override
  public void close() {}
}
