package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;

/** Vectors of any width give the same bits; each width needs a JVM of its own. */
@EnabledIf("vectorsAreHere")
class VectorWidthTest {
  private static final int STEPS = 20;
  private static final int BATCH = 3;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Test
  void everyWidthGivesTheSameDigest() throws IOException, InterruptedException {
    String expected = digest(new ScalarBackend());
    for (int bytes : new int[] {16, 32, 64}) {
      String output = run(bytes);
      String lanes = output.substring(0, output.indexOf(' '));
      assertThat(Integer.parseInt(lanes)).as(output).isLessThanOrEqualTo(bytes / Float.BYTES);
      assertThat(output).isEqualTo(lanes + " lanes: " + expected);
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
    for (Network network :
        List.of(
            TestLayers.chain(random, 75),
            TestLayers.imageChain(random),
            TestLayers.recurrent(random))) {
      Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
      try (Program program = backend.compile(plan);
          TileRun run = program.open(TileParameters.NONE)) {
        Chunk chunk = new Chunk(plan, STEPS);
        chunk.steps(STEPS);
        for (int id : plan.inputs()) {
          float[] target = chunk.value(id);
          float[] input = TestInputs.sequence(random, target.length, false);
          System.arraycopy(input, 0, target, 0, target.length);
        }
        run.run(chunk);
        for (int id : plan.outputs()) {
          digest = add(digest, chunk.value(id));
        }
        for (Tensor memory : run.memories()) {
          digest = add(digest, memory.floats());
        }
      }
    }
    return Long.toHexString(digest);
  }

  private static long add(long digest, float[] values) {
    long sum = digest;
    for (float value : values) {
      sum = sum * 0x9E3779B97F4A7C15L + Tensor.canonicalBits(value);
    }
    return sum;
  }
}
