package org.velella.backend;

import java.util.IdentityHashMap;
import java.util.Map;
import org.velella.plan.DelayOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;
import org.velella.plan.TileParameters;
import org.velella.synapse.PlasticOperation;

/** A plan with the kernels of its stateless ops, all on the Java heap. */
public final class HeapProgram implements Program {
  private final Plan plan;
  private final HeapKernels kernels;
  private final Map<Op, FrameKernel> stateless = new IdentityHashMap<>();
  private final EdgeSums sums;
  private final boolean[] packs;
  private final boolean[] counts;

  /** Values that are spikes whenever no memory brings other numbers, and are there as bits. */
  private final boolean[] carries;

  private final ValueForms forms;
  private final boolean[] constant;
  private final WindowLength windows;
  private final Map<PlasticOperation, PlasticSynapses> plastic;

  /** The program of a plan with a backend's kernels. */
  public HeapProgram(Plan plan, HeapKernels kernels) {
    this(plan, kernels, Caches.here().windowBytes());
  }

  /**
   * The program of a plan with a backend's kernels.
   *
   * @param windowBytes how much the buffers between ops may take, if several steps are to run at
   *     once; never shows in results
   */
  public HeapProgram(Plan plan, HeapKernels kernels, long windowBytes) {
    this.plan = plan;
    this.kernels = kernels;
    windows = new WindowLength(plan, windowBytes);
    plastic = PlasticSynapses.of(plan, kernels.rules());
    packs = new boolean[plan.values().size()];
    counts = new boolean[plan.values().size()];
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof StatelessOp layer) {
          stateless.put(op, kernels.stateless(layer));
        } else if (op instanceof NeuronOp neuron) {
          packs[neuron.output()] = kernels.packs(neuron);
          counts[neuron.output()] = !stage.stepped() && kernels.counts(neuron);
        }
      }
    }
    boolean sum =
        plan.stages().stream()
            .flatMap(stage -> stage.ops().stream())
            .anyMatch(SumOp.class::isInstance);
    sums = sum ? kernels.sums() : EdgeSums.PLAIN;
    carries = carries();
    forms = ValueForms.of(this);
    constant = Constants.of(plan);
  }

  private boolean[] carries() {
    boolean[] all = packs.clone();
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof DelayOp delay && keepsBits(delay)) {
          all[delay.output()] = true;
        }
      }
    }
    return all;
  }

  /** Whether a value's spikes are there as bits for those that read them so. */
  boolean carries(int value) {
    return carries[value];
  }

  /** Whether what a delay holds is kept as bits. */
  boolean keepsBits(DelayOp op) {
    return packs[op.input()] && SpikeDelay.fits(op);
  }

  Plan plan() {
    return plan;
  }

  HeapKernels kernels() {
    return kernels;
  }

  FrameKernel kernel(StatelessOp op) {
    return stateless.get(op);
  }

  /** Whether a value is the same at every step of a tile, whatever its inputs and memories are. */
  boolean constant(int value) {
    return constant[value];
  }

  EdgeSums sums() {
    return sums;
  }

  /** Synapses that learn, for one tile. */
  PlasticSynapses plastic(PlasticOp op, TileParameters parameters) {
    return plastic.get(op.operation()).tile(op, parameters);
  }

  ValueForms forms() {
    return forms;
  }

  WindowLength windows() {
    return windows;
  }

  @Override
  public boolean packs(int value) {
    return packs[value];
  }

  @Override
  public boolean holds(int input) {
    return forms.holds(input);
  }

  /** A population whose spikes nobody reads, stepped for many steps at a time. */
  @Override
  public boolean counts(int value) {
    return counts[value] && !forms.bits(value) && !forms.floats(value);
  }

  /** What lies between ops lasts a window only. */
  @Override
  public long bytesPerStep(Plan plan, ChunkUse use) {
    long bytes = 0;
    for (int id = 0; id < packs.length; id++) {
      long size = (long) plan.batch() * plan.values().get(id).size();
      boolean none = use.held().contains(id) || use.counted().contains(id) || !forms.whole(id);
      if (!none) {
        bytes += packs[id] && !forms.floats(id) ? size / Byte.SIZE : size * Float.BYTES;
      }
    }
    return bytes;
  }

  /** Small enough that what is read and written between two chunks stays in cache. */
  @Override
  public long chunkBytes() {
    return Caches.here().level2();
  }

  @Override
  public TileRun open(TileParameters parameters) {
    return new HeapTileRun(this, parameters);
  }

  @Override
  public void close() {}
}
