package org.velella.simulate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.NoiseKernel;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.module.MemoryScope;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.WeightScaling;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * Runs tiles of one network on one backend with one set of probes. A run is a pure function of the
 * state before and the input: T1 then T2 steps give the bits of T1 + T2, and neither the number of
 * samples in the tile nor the length of the chunks shows. Used by one thread.
 */
public final class Simulator implements AutoCloseable {
  private static final int SHORTEST_CHUNK = 16;

  /**
   * Of chunks that keep something of each step. What beginning a chunk costs is little beside so
   * many steps; of more, what is kept would only leave the caches.
   */
  private static final int LONGEST_KEPT = 256;

  /** Sizes of tiles that programs are kept for, each with the weights in a form of its own. */
  private static final int MOST_COMPILED = 4;

  private final Network network;
  private final Backend backend;
  private final Probes probes;
  private final SimulatorOptions options;

  /** The one that was used last at the end. */
  private final Map<PlanOptions, Compiled> compiled = new LinkedHashMap<>(8, 0.75f, true);

  private final List<Boolean> shared;
  private final OutputMetrics metrics;
  private final List<Statistic> statistics;
  private final Set<String> recorded;
  private final List<CountedNodes.Counted> counted;
  private final Set<String> visible;
  private final List<Node> scalable;

  /** Made when an input draws for the first time. */
  private NoiseKernel noise;

  private record Compiled(Plan plan, Program program) {}

  /**
   * A simulator of a network.
   *
   * @throws IllegalArgumentException if a probe asks for what the network does not have
   */
  public Simulator(Network network, Backend backend, Probes probes, SimulatorOptions options) {
    this(network, backend, probes, options, OutputMetrics.PLAIN);
  }

  /**
   * A simulator of a network that keeps more of the outputs' spikes.
   *
   * @throws IllegalArgumentException if a probe or metric asks for what the network does not have
   */
  public Simulator(
      Network network,
      Backend backend,
      Probes probes,
      SimulatorOptions options,
      OutputMetrics metrics) {
    metrics.requireOf(network);
    this.metrics = metrics;
    statistics = metrics.statistics(network);
    this.network = network;
    this.backend = backend;
    this.probes = probes;
    this.options = options;
    shared =
        network.memories().values().stream()
            .map(spec -> spec.scope() == MemoryScope.SHARED)
            .toList();
    recorded = probes.variablePaths(network);
    counted = metrics.energy().isPresent() ? CountedNodes.of(network) : List.of();
    visible = CountedNodes.spiking(counted);
    visible.addAll(probes.rasters());
    scalable =
        network.nodes().stream()
            .filter(node -> WeightScaling.isPossible(node.operation()))
            .toList();
  }

  /** The state of a fresh run: memories at their initial values, nothing counted. */
  public TileState initial(int samples, TileParameters parameters) {
    List<Tensor> memories =
        TileMemories.initial(compiled(samples, parameters).plan(), parameters).stream()
            .map(TileMemories::canonical)
            .toList();
    Map<String, Tensor> kept = new LinkedHashMap<>();
    statistics.forEach(statistic -> kept.put(statistic.name(), statistic.fresh(samples)));
    return new TileState(0, samples, memories, shared, kept);
  }

  /**
   * The state {@code steps} steps later. {@code from} stays unchanged.
   *
   * @param input of the same samples
   * @param parameters values that differ between the samples; the same at every call for them
   * @param sink receives what the probes record
   */
  public TileState run(
      TileState from, TileInput input, int steps, TileParameters parameters, RecordSink sink) {
    if (steps < 0) {
      throw new IllegalArgumentException("Cannot run " + steps + " steps");
    }
    network.requireSteps(from.step(), steps);
    Compiled tile = compiled(from.samples(), parameters);
    Plan plan = tile.plan();
    input.begin(from.step(), this::noise);
    ChunkUse use = use(tile, input);
    int capacity = Math.max(1, Math.min(chunkSteps(tile, use), steps));
    Chunk chunk = Chunk.packed(plan, capacity, tile.program(), use);
    InputFeeder feeder = new InputFeeder(plan, network, input);
    ProbeReader reader = new ProbeReader(network, plan, probes, sink);
    List<OutputCounter> counters = counters(plan, from);
    try (TileRun run = tile.program().open(parameters)) {
      run.load(from.memories());
      for (int done = 0; done < steps; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, steps - done));
        long firstStep = from.step() + done;
        feeder.feed(firstStep, chunk);
        counters.forEach(counter -> counter.begin(firstStep, chunk));
        run.run(chunk);
        counters.forEach(counter -> counter.count(firstStep, chunk));
        reader.read(firstStep, chunk);
      }
      // What others keep of the samples goes along.
      Map<String, Tensor> kept = new LinkedHashMap<>(from.statistics());
      counters.forEach(counter -> counter.finish(kept));
      return new TileState(from.step() + steps, from.samples(), run.memories(), shared, kept);
    }
  }

  private NoiseKernel noise() {
    noise = noise == null ? backend.inputNoise() : noise;
    return noise;
  }

  private List<OutputCounter> counters(Plan plan, TileState from) {
    List<OutputCounter> counters = new ArrayList<>();
    if (countsSpikes()) {
      counters.add(new SpikeCounter(plan, from));
    }
    if (metrics.hasIntervals()) {
      counters.add(new IntervalCounter(plan, from));
    }
    metrics.window().ifPresent(window -> counters.add(new WindowCounter(plan, from, window)));
    if (!counted.isEmpty()) {
      counters.add(new OperationCounter(plan, from, counted));
    }
    return counters;
  }

  /** Inputs that are the same at every step, and outputs of which only totals are wanted. */
  private ChunkUse use(Compiled tile, TileInput input) {
    Plan plan = tile.plan();
    Program program = tile.program();
    // What is held has no value for each step that could be looked at.
    boolean held =
        input.held() && counted.isEmpty() && plan.inputs().stream().allMatch(program::holds);
    Set<Integer> totals = new TreeSet<>();
    // Where every spike is looked at, a total is not enough.
    if (metrics.equals(OutputMetrics.PLAIN) && countsSpikes()) {
      totals.addAll(plan.outputs());
      totals.removeAll(plan.recorded().values());
      probes.rasters().forEach(node -> totals.remove(plan.nodeValues().get(node)));
      totals.removeIf(id -> !program.counts(id));
    }
    return new ChunkUse(held ? Set.copyOf(plan.inputs()) : Set.of(), totals);
  }

  /**
   * As many steps as the program likes best, but enough of them that memories are not fetched and
   * written back for a step or two, and no more than the options allow.
   */
  private int chunkSteps(Compiled tile, ChunkUse use) {
    long kept = tile.program().bytesPerStep(tile.plan(), use);
    long perStep = Math.max(1, kept);
    int longest = options.maxChunkSteps();
    longest = kept == 0 ? longest : Math.min(LONGEST_KEPT, longest);
    long liked = Math.max(SHORTEST_CHUNK, tile.program().chunkBytes() / perStep);
    long allowed = Math.min(longest, options.chunkBytes() / perStep);
    return tile.plan().wholeSteps(Math.min(liked, allowed));
  }

  /** Weights that nothing scales run as they are; a scale of 1 would give the same bits. */
  private Compiled compiled(int samples, TileParameters parameters) {
    PlanOptions wanted =
        new PlanOptions(
            samples, visible, recorded, scaledNodes(parameters), CountedNodes.read(counted));
    Compiled tile = compiled.get(wanted);
    if (tile == null) {
      Plan plan = Lowering.lower(network, wanted);
      if (compiled.size() == MOST_COMPILED) {
        compiled.remove(compiled.keySet().iterator().next()).program().close();
      }
      tile = new Compiled(plan, backend.compile(plan));
      compiled.put(wanted, tile);
    }
    return tile;
  }

  private Set<String> scaledNodes(TileParameters parameters) {
    Set<String> scaled = new HashSet<>();
    for (Node node : scalable) {
      if (parameters.paths().contains(WeightScaling.path(node))) {
        scaled.add(node.name());
      }
    }
    return scaled;
  }

  /** Whether results carry spike counts: every Output passes on a spiking node's output. */
  public boolean countsSpikes() {
    return OutputMetrics.apply(network);
  }

  public Network network() {
    return network;
  }

  @Override
  public void close() {
    List<Compiled> all = new ArrayList<>(compiled.values());
    compiled.clear();
    all.forEach(tile -> tile.program().close());
  }
}
