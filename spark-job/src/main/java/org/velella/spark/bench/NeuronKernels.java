package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.vector.WrittenNeurons;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Populations alone, beside copies, ND4J, kernels written by hand, and silence. */
final class NeuronKernels {
  /** The LIF rows beside which ND4J runs; what it takes hardly depends on either. */
  private static final int ND4J_STEPS = 16;

  private static final int ND4J_FIRING = 10;

  /** 16 steps of 4096 neurons: what they read and write is in L2. */
  private static final int NEURONS = 4096;

  private static final int STEPS = 16;
  private static final double FIRING = 0.1;

  private NeuronKernels() {}

  /**
   * LIF neurons.
   *
   * @param firing per cent of them that fire in a step
   */
  static Timed lif(String name, Backend backend, int runs, int elements, int steps, int firing) {
    int neurons = elements / steps;
    float[] input = Hash.floats(elements, 1, LifDrive.scale(firing / 100.0), 0);
    Tile tile = lif(backend, neurons, steps, input);
    float[] to = new float[elements];
    Runnable copying = () -> System.arraycopy(input, 0, to, 0, elements);
    List<Runnable> all = new ArrayList<>(List.of(tile, copying));
    long expected = LifDrive.spikes(input, steps);
    if (steps == ND4J_STEPS && firing == ND4J_FIRING) {
      all.add(Nd4jTwins.lif(name, input, steps, expected));
    }
    double[][] seconds = Stopwatch.alternately(all, runs);
    WrongAnswerException.require(name, expected, (long) tile.outputSum());
    Map<String, Double> ratios = new TreeMap<>();
    double own = Ratios.median(seconds[0]);
    ratios.put("of_copy", Ratios.median(seconds[1]) / own);
    if (all.size() > 2) {
      ratios.put("of_nd4j", Ratios.median(seconds[2]) / own);
    }
    return new Timed(kernel(tile, elements), seconds[0], ratios);
  }

  private static Tile lif(Backend backend, int neurons, int steps, float[] input) {
    Tile tile =
        new Tile(backend, LifWorkload.network(neurons), 1, steps, Set.of(), Tile.Output.FLOATS);
    System.arraycopy(input, 0, tile.input(), 0, input.length);
    return tile;
  }

  private static Kernel kernel(Tile tile, int elements) {
    double spikes = tile.outputSum();
    return new Kernel(
        Map.of("fired", String.format(Locale.ROOT, "%.3f", spikes / elements)),
        tile,
        Map.of("updates", (double) elements),
        () -> "spikes %.0f".formatted(spikes));
  }

  /**
   * LIF neurons without input whose potentials are subnormal and halve in every step, beside the
   * same neurons with inputs that make a tenth of them fire.
   */
  static Timed silent(Backend backend, int runs) {
    float[] input = Hash.floats(NEURONS * STEPS, 1, LifDrive.scale(FIRING), 0);
    Tile driven = lif(backend, NEURONS, STEPS, input);
    Tile silent = lif(backend, NEURONS, STEPS, new float[input.length]);
    float[] start = Hash.floats(NEURONS, 2, Float.MIN_NORMAL / 2, Float.MIN_NORMAL / 2);
    Tensor potentials = Tensor.of(silent.memories().get(0).shape(), start);
    silent.start(List.of(potentials));
    Stopwatch.Taken taken = Stopwatch.taken(List.of(silent, driven), runs);
    WrongAnswerException.require(
        "lif driven", LifDrive.spikes(input, STEPS), (long) driven.outputSum());
    WrongAnswerException.require("lif silent, spikes", 0, (long) silent.outputSum());
    float[] found = silent.memories().get(0).floats();
    int subnormal = 0;
    for (int i = 0; i < found.length; i++) {
      float v = start[i];
      for (int t = 0; t < STEPS; t++) {
        v = v + (0 - v) / 2;
      }
      WrongAnswerException.require(
          "lif silent, bits of neuron " + i,
          Float.floatToRawIntBits(v),
          Float.floatToRawIntBits(found[i]));
      subnormal += v != 0 && v < Float.MIN_NORMAL ? 1 : 0;
    }
    WrongAnswerException.require("lif silent, subnormal at the end", NEURONS, subnormal);
    Kernel kernel =
        new Kernel(
            Map.of("subnormal", "1.000"),
            silent,
            Map.of("updates", (double) input.length),
            () -> "potentials bit for bit, all of them subnormal");
    return new Timed(
        kernel,
        taken.wall()[0],
        Map.of("of_driven", ratio(taken.wall(), 1), "of_driven_cpu", ratio(taken.processor(), 1)));
  }

  /**
   * Code that is generated from equations, beside what was written by hand for the same: both go on
   * from where they were, and begin once more for the check.
   */
  static Timed written(WrittenNeurons kind, Backend backend, int runs) {
    float[] input = Hash.floats(NEURONS * STEPS, 1, drive(kind), 0);
    Tile tile = tile(kind, backend, input);
    Tile defined = tile(kind, new ScalarBackend(), input);
    defined.run();
    Written signs = new Written(kind, input, WrittenNeurons::run);
    Written masks = new Written(kind, input, WrittenNeurons::runBlended);
    Stopwatch.Taken taken = Stopwatch.taken(List.of(tile.onward(), signs, masks), runs);
    tile.run();
    String name = kind.name();
    Answers.requireSame(name, defined, tile);
    requireBits(name + ", spikes", defined.output(), tile.output());
    Answers.requireSpikes(name, tile.outputSum());
    signs.requireSame(defined);
    masks.requireSame(defined);
    Map<String, Double> ratios = new TreeMap<>();
    List<String> names = List.of("of_hand_written", "of_compare_and_blend");
    for (int i = 0; i < names.size(); i++) {
      ratios.put(names.get(i), ratio(taken.wall(), i + 1));
      ratios.put(names.get(i) + "_cpu", ratio(taken.processor(), i + 1));
    }
    return new Timed(kernel(tile, input.length), taken.wall()[0], ratios);
  }

  private static double ratio(double[][] seconds, int other) {
    return Ratios.median(seconds[other]) / Ratios.median(seconds[0]);
  }

  /** All steps by one form of hand-written neurons. */
  @FunctionalInterface
  private interface Form {
    void run(WrittenNeurons kind, int steps, float[] x, float[] v, float[] w, float[] s);
  }

  /** Neurons written by hand with what they keep; they go on from where they were. */
  private static final class Written implements Runnable {
    private final WrittenNeurons kind;
    private final float[] input;
    private final Form form;
    private final float[] v = new float[NEURONS];
    private final float[] w = new float[NEURONS];
    private final float[] s;

    Written(WrittenNeurons kind, float[] input, Form form) {
      this.kind = kind;
      this.input = input;
      this.form = form;
      s = new float[input.length];
    }

    @Override
    public void run() {
      form.run(kind, STEPS, input, v, w, s);
    }

    /** Runs once more from the beginning. */
    void requireSame(Tile defined) {
      Arrays.fill(v, kind.start());
      Arrays.fill(w, 0);
      run();
      List<Tensor> memories = defined.memories();
      requireBits(kind + " by hand, spikes", defined.output(), s);
      requireBits(kind + " by hand, potentials", memories.get(0).floats(), v);
      if (memories.size() > 1) {
        requireBits(kind + " by hand, adaptations", memories.get(1).floats(), w);
      }
    }
  }

  /** Uniform inputs up to this make some hundredths to a tenth of the neurons fire in a step. */
  private static float drive(WrittenNeurons kind) {
    return switch (kind) {
      case IF -> 0.2f;
      case LIF -> LifDrive.scale(FIRING);
      case QIF -> 0.8f;
      case EIF -> 0.3f;
      case IZHIKEVICH -> 1.2f;
    };
  }

  private static Tile tile(WrittenNeurons kind, Backend backend, float[] input) {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(NEURONS)))
            .node("neurons", kind.operation())
            .node("output", new OutputOperation())
            .edge("input", "neurons")
            .edge("neurons", "output")
            .build();
    Tile tile = new Tile(backend, network, 1, STEPS, Set.of(), Tile.Output.FLOATS);
    System.arraycopy(input, 0, tile.input(), 0, input.length);
    return tile;
  }

  private static void requireBits(String what, float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(found[i]) != Float.floatToRawIntBits(expected[i])) {
        throw new WrongAnswerException(
            "%s, element %d: expected %s, found %s".formatted(what, i, expected[i], found[i]));
      }
    }
  }
}
