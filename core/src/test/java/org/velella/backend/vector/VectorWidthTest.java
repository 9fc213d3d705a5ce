package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.NoiseKernel;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.BernoulliOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.NeuroscienceModels;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestLearning;
import org.velella.testkit.TestModels;
import org.velella.testkit.TestSynapses;

/** Vectors of any width give the same bits; each width needs a JVM of its own. */
@EnabledIf("vectorsAreHere")
class VectorWidthTest {
  private static final int STEPS = 20;
  private static final int BATCH = 3;
  private static final int NEURONS = 75;
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  /**
   * So many calls of a population's code that the JIT compiles it in earnest, and so few neurons
   * that it runs from the first on.
   */
  private static final int HOT_STEPS = 200;

  private static final int HOT_NEURONS = 331;

  /** More than are drawn at once. */
  private static final int NUMBERS = 3001;

  private static String expected;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Test
  void everyWidthGivesTheSameDigest() throws IOException, InterruptedException {
    for (int bytes : new int[] {16, 32, 64}) {
      int lanes = Math.min(bytes / Float.BYTES, VectorUnit.here().lanes());
      assertThat(run("--add-modules=jdk.incubator.vector", "-XX:MaxVectorSize=" + bytes))
          .contains(
              "using vector (%d-bit vectors (%d float32 lanes)): %s"
                  .formatted(32 * lanes, lanes, expected()));
    }
  }

  /** Without the module the choice falls on the scalar backend, and says what is missing. */
  @Test
  void withoutVectorsNetworksRunOnTheScalarBackend() throws IOException, InterruptedException {
    assertThat(run("-XX:MaxVectorSize=16"))
        .endsWith(
            "vector: not used, no Vector API in this JVM; start Java with"
                + " --add-modules=jdk.incubator.vector; using scalar (runs everywhere): "
                + expected());
  }

  private static synchronized String expected() {
    expected = expected == null ? digest(new ScalarBackend()) : expected;
    return expected;
  }

  /** What a JVM with such options prints; a JIT that gives up a method says so among it. */
  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PrintsDigest.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** Run in a JVM of its own. */
  static final class PrintsDigest {
    public static void main(String[] arguments) {
      Backends.Choice choice = Backends.load().select(Backends.AUTO);
      System.out.print(choice.reason() + ": " + digest(choice.backend()));
    }
  }

  /** A number that depends on every bit of the outputs and memories of many networks. */
  private static String digest(Backend backend) {
    SplittableRandom random = new SplittableRandom(7);
    long digest = 17;
    for (Network network : networks(random)) {
      digest = add(digest, backend, random, network, STEPS, Form.NUMBERS);
      digest = add(digest, backend, random, network, STEPS, Form.BITS);
    }
    for (NeuronModel model : TestModels.catalogue()) {
      Network network = chain(Shape.of(NEURONS), new NeuronOperation(model, Map.of()));
      // Numbers that are no spikes are numbers in these forms, too.
      digest = add(digest, backend, random, network, 3, Form.BITS);
      digest = add(digest, backend, random, network, 3, Form.COUNTS);
    }
    for (NeuronModel model : hot()) {
      Network network = chain(Shape.of(HOT_NEURONS), new NeuronOperation(model, Map.of()));
      for (Form form : Form.values()) {
        digest = add(digest, backend, random, network, HOT_STEPS, form);
      }
    }
    NoiseKernel noise = backend.inputNoise();
    float[] spikes = new float[NUMBERS];
    for (int step = 0; step < HOT_STEPS; step++) {
      for (double number : Arrays.copyOf(noise.normals(7, 3, step, NUMBERS), NUMBERS)) {
        digest = digest * PRIME + Double.doubleToRawLongBits(number);
      }
      noise.spikes(7, 3, step, NUMBERS, 1L << 30, spikes, 0);
      digest = add(digest, spikes);
    }
    return Long.toHexString(digest);
  }

  /** How an output that is spikes is asked for. */
  private enum Form {
    NUMBERS,
    BITS,
    COUNTS
  }

  /** A short step, one of a few loops with exponentials, and one without. */
  private static List<NeuronModel> hot() {
    NeuronModel every = TestModels.wholeLanguage().get(1);
    return List.of(TestModels.lif(), every, NeuroscienceModels.izhikevich2003());
  }

  /** Runs two chunks, so that what the first leaves behind is read. */
  private static long add(
      long before,
      Backend backend,
      SplittableRandom random,
      Network network,
      int steps,
      Form form) {
    long digest = before;
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
    try (Program program = backend.compile(plan);
        TileRun run = program.open(TileParameters.NONE)) {
      Set<Integer> counted = new HashSet<>(form == Form.COUNTS ? plan.outputs() : List.of());
      counted.removeIf(id -> !program.counts(id));
      ChunkUse use = new ChunkUse(Set.of(), counted);
      Chunk chunk =
          form == Form.NUMBERS ? new Chunk(plan, steps) : Chunk.packed(plan, steps, program, use);
      chunk.steps(steps);
      Map<Integer, int[]> counts = new HashMap<>();
      for (int c = 0; c < 2; c++) {
        for (int id : plan.inputs()) {
          float[] target = chunk.value(id);
          float[] input = TestInputs.sequence(random, target.length, true);
          System.arraycopy(input, 0, target, 0, target.length);
        }
        for (int id : counted) {
          chunk.totals(id).begin((long) c * steps);
        }
        run.run(chunk);
        for (int id : plan.outputs()) {
          int frame = BATCH * plan.values().get(id).size();
          if (chunk.totals(id) != null) {
            counts.put(id, chunk.totals(id).counts());
          } else if (form == Form.COUNTS) {
            count(numbers(plan, chunk, id), counts.computeIfAbsent(id, any -> new int[frame]));
          } else {
            digest = add(digest, numbers(plan, chunk, id));
          }
        }
      }
      for (int id : plan.outputs()) {
        for (int count : counts.getOrDefault(id, new int[0])) {
          digest = digest * PRIME + count;
        }
      }
      for (Tensor memory : run.memories()) {
        digest = add(digest, memory);
      }
    }
    return digest;
  }

  /** Of outputs that are no spikes it counts what is not 0. */
  private static void count(float[] numbers, int[] counts) {
    for (int i = 0; i < numbers.length; i++) {
      counts[i % counts.length] += numbers[i] == 0 ? 0 : 1;
    }
  }

  private static float[] numbers(Plan plan, Chunk chunk, int id) {
    long[] spikes = chunk.spikes(id);
    if (spikes == null) {
      return chunk.value(id);
    }
    int size = plan.values().get(id).size();
    int words = SpikeFrameKernel.words(size);
    float[] numbers = new float[chunk.steps() * BATCH * size];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = spikes[i / size * words + i % size / Long.SIZE] >>> i % size & 1;
    }
    return numbers;
  }

  private static List<Network> networks(SplittableRandom random) {
    List<Network> networks = new ArrayList<>();
    networks.add(TestLayers.chain(random, NEURONS));
    networks.add(TestLayers.imageChain(random));
    networks.add(TestLayers.recurrent(random));
    for (NeuronModel model : TestModels.wholeLanguage()) {
      networks.add(chain(new NeuronOperation(model, Map.of())));
    }
    Shape shape = Shape.of(NEURONS);
    Connectivity synapses = TestSynapses.connectivity(random, NEURONS, NEURONS, 0.2);
    Operation lif = new NeuronOperation(TestModels.lif(), Map.of());
    networks.add(
        chain(
            new SparseOperation(shape, shape, synapses, TestSynapses.weights(random, synapses)),
            lif,
            DelayOperation.of(3),
            new EqualWeightOperation(shape, shape, synapses, 0.3f)));
    networks.add(
        chain(BernoulliOperation.dense(), TestSynapses.delayed(random, shape, shape, 0.2, 5)));
    networks.add(chain(BernoulliOperation.skip(0.5f), lif));
    networks.add(chain(BernoulliOperation.skip(0.02f), DelayOperation.of(2)));
    networks.add(chain(new ScaleOperation(TestLayers.weights(random, NEURONS)), lif));
    networks.add(chain(Shape.of(5, 37), TestLayers.batchNorm(random, 5), lif));
    networks.add(chain(TestModels.lifWithOwnThresholds(random, NEURONS)));
    for (LearningRule rule : TestLearning.rules(random)) {
      for (double density : new double[] {0.3, 2}) {
        networks.add(
            TestLearning.taughtByItsNeurons(
                TestLearning.operation(random, NEURONS, 41, density, rule)));
      }
    }
    networks.add(TestLearning.taughtByItsNeurons(TestLearning.convolution(random)));
    return networks;
  }

  private static Network chain(Operation... operations) {
    return chain(Shape.of(NEURONS), operations);
  }

  private static Network chain(Shape input, Operation... operations) {
    Network.Builder network = Network.builder().node("input", new InputOperation(input));
    String before = "input";
    for (int i = 0; i < operations.length; i++) {
      network.node("node" + i, operations[i]).edge(before, "node" + i);
      before = "node" + i;
    }
    return network.node("output", new OutputOperation()).edge(before, "output").build();
  }

  private static long add(long digest, float[] values) {
    long sum = digest;
    for (float value : values) {
      sum = sum * PRIME + Tensor.canonicalBits(value);
    }
    return sum;
  }

  private static long add(long digest, Tensor memory) {
    if (memory.dtype() == DType.FLOAT32) {
      return add(digest, memory.floats());
    }
    long sum = digest;
    for (int i = 0; i < memory.size(); i++) {
      boolean longs = memory.dtype() == DType.INT64;
      sum = sum * PRIME + (longs ? memory.longs()[i] : memory.ints()[i]);
    }
    return sum;
  }
}
