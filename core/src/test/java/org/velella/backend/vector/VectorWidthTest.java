package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.BernoulliOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestModels;
import org.velella.testkit.TestSynapses;

/** Vectors of any width give the same bits; each width needs a JVM of its own. */
@EnabledIf("vectorsAreHere")
class VectorWidthTest {
  private static final int STEPS = 20;
  private static final int BATCH = 3;
  private static final int NEURONS = 75;
  private static final Pattern SAID = Pattern.compile("(\\d+) lanes: ([0-9a-f]+)");

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Test
  void everyWidthGivesTheSameDigest() throws IOException, InterruptedException {
    String expected = digest(new ScalarBackend());
    for (int bytes : new int[] {16, 32, 64}) {
      String output = run(bytes);
      // A JIT that gives up a method says so on the same stream.
      Matcher said = SAID.matcher(output);
      assertThat(said.find()).as(output).isTrue();
      int most = Math.min(bytes / Float.BYTES, VectorUnit.here().lanes());
      assertThat(Integer.parseInt(said.group(1))).as(output).isEqualTo(most);
      assertThat(said.group(2)).as(output).isEqualTo(expected);
    }
  }

  private static String run(int bytes) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                List.of(
                    java.toString(),
                    "--add-modules=jdk.incubator.vector",
                    "-XX:MaxVectorSize=" + bytes,
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                    "-cp",
                    System.getProperty("java.class.path"),
                    PrintsDigest.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** Run in a JVM of its own. */
  static final class PrintsDigest {
    public static void main(String[] arguments) {
      System.out.print(VectorUnit.here().lanes() + " lanes: " + digest(new VectorBackend()));
    }
  }

  /** A number that depends on every bit of the outputs and memories of a few networks. */
  private static String digest(Backend backend) {
    SplittableRandom random = new SplittableRandom(7);
    long digest = 17;
    for (Network network : networks(random)) {
      Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
      try (Program program = backend.compile(plan);
          TileRun run = program.open(TileParameters.NONE)) {
        Chunk chunk = new Chunk(plan, STEPS);
        chunk.steps(STEPS);
        for (int id : plan.inputs()) {
          float[] target = chunk.value(id);
          float[] input = TestInputs.sequence(random, target.length, true);
          System.arraycopy(input, 0, target, 0, target.length);
        }
        run.run(chunk);
        for (int id : plan.outputs()) {
          digest = add(digest, chunk.value(id));
        }
        for (Tensor memory : run.memories()) {
          if (memory.dtype() == DType.FLOAT32) {
            digest = add(digest, memory.floats());
          }
        }
      }
    }
    return Long.toHexString(digest);
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
    return networks;
  }

  private static Network chain(Operation... operations) {
    Network.Builder network =
        Network.builder().node("input", new InputOperation(Shape.of(NEURONS)));
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
      sum = sum * 0x9E3779B97F4A7C15L + Tensor.canonicalBits(value);
    }
    return sum;
  }
}
