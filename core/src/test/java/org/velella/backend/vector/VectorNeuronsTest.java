package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestModels;

@EnabledIf("vectorsAreHere")
class VectorNeuronsTest {
  private static final int STEPS = 3;

  /** More neurons than one block has, whatever the machine. */
  private static final int MANY = 70_001;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  /** Populations of several blocks, in one row and in several, as numbers and as bits. */
  @Seeded
  void blocksNeverShow(SplittableRandom random) {
    for (int batch = 1; batch <= 2; batch++) {
      for (NeuronOperation neurons :
          List.of(
              new NeuronOperation(TestModels.lif(), Map.of()),
              TestModels.lifWithOwnThresholds(random, MANY))) {
        NeuronOp op =
            new NeuronOp("a", "a", neurons, Shape.of(MANY), List.of(0), 1, List.of(0), Map.of());
        float[] x = TestInputs.sequence(random, STEPS * batch * MANY, false);
        compare(op, batch, x);
      }
    }
  }

  /**
   * Numbers around halves and where fractions end, of both signs, next to others in all vectors.
   */
  @Seeded
  void roundingIsThatOfTheDefinition(SplittableRandom random) {
    float[] edges = {0f, -0f, 0.5f, -0.5f, 1.5f, -2.5f, 0.3f, -0.3f, 299.5f, 8388607.5f, -8388609f};
    float[] x = new float[STEPS * MANY];
    for (int i = 0; i < x.length; i++) {
      boolean edge = random.nextInt(3) == 0;
      x[i] = edge ? edges[random.nextInt(edges.length)] : (float) random.nextDouble(-400, 400);
    }
    for (String rounded :
        List.of("rint(x)", "floor(x)", "floor(0.5 * rint(min(max(x, -300), 300)))")) {
      compare(many(rounded, "where(s, v + h, h)"), 1, x);
    }
  }

  /** Neurons that charge to a value, and what is left of it after they have fired or not. */
  private static NeuronOp many(String charge, String reset) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model many
              memory v = 0
              charge h = %s
              fire s = h >= 1
              reset v = %s
            """
                .formatted(charge, reset));
    NeuronOperation neurons = new NeuronOperation(model, Map.of());
    return new NeuronOp("a", "a", neurons, Shape.of(MANY), List.of(0), 1, List.of(0), Map.of());
  }

  /**
   * Zeros of both signs, NaNs of both signs, infinities, subnormals, and where exponentials end.
   */
  @Seeded
  void maximaEqualitiesAndExponentialsAreThoseOfTheDefinition(SplittableRandom random) {
    float[] edges = {
      0f,
      -0f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.intBitsToFloat(0x7fc00000),
      Float.intBitsToFloat(0xffc00000),
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      88.7f,
      -87.4f,
      -103.97f
    };
    float[] x = new float[STEPS * MANY];
    for (int i = 0; i < x.length; i++) {
      boolean edge = random.nextInt(3) == 0;
      x[i] = edge ? edges[random.nextInt(edges.length)] : (float) random.nextDouble(-110, 95);
    }
    for (String value :
        List.of(
            "max(x, 0)",
            "min(max(x, -88.7), 88.7)",
            "where(x == 0, 2, x)",
            "where(0 == x, 2, x)",
            "exp(x)")) {
      NeuronOp op = many(value, "where(h == h, h, 5)");
      for (int t = 0; t < STEPS; t++) {
        compare(op, 1, Arrays.copyOfRange(x, t * MANY, (t + 1) * MANY), 1);
      }
    }
  }

  private static void compare(NeuronOp op, int batch, float[] x) {
    compare(op, batch, x, STEPS);
  }

  private static void compare(NeuronOp op, int batch, float[] x, int steps) {
    NeuronKernel plain = new ScalarKernels().neurons(op, batch, TileParameters.NONE);
    Tensor[] expectedMemories = memories(batch);
    plain.load(expectedMemories);
    float[] expected = new float[x.length];
    plain.run(steps, numbers(x, batch, expected));

    VectorNeurons code = new VectorNeurons(op, batch, TileParameters.NONE);
    Tensor[] memories = memories(batch);
    code.load(memories);
    float[] out = new float[x.length];
    code.run(steps, numbers(x, batch, out));
    code.store(memories);
    assertThat(out).isEqualTo(expected);
    assertThat(memories[0].bitEquals(expectedMemories[0])).isTrue();

    int words = (MANY + 63) / 64;
    long[] bits = new long[steps * batch * words];
    code.load(memories(batch));
    code.run(
        steps, NeuronBuffers.bits(List.of(new NeuronBuffers.Source(x, 0, batch * MANY)), bits, 0));
    for (int i = 0; i < out.length; i++) {
      int f = i % MANY;
      long bit = bits[i / MANY * words + f / 64] >>> f & 1;
      if (bit != (long) expected[i]) {
        throw new AssertionError("neuron %d of frame %d: %d".formatted(f, i / MANY, bit));
      }
    }
  }

  private static Tensor[] memories(int batch) {
    return new Tensor[] {Tensor.of(Shape.of(batch, MANY), new float[batch * MANY])};
  }

  private static NeuronBuffers numbers(float[] x, int batch, float[] out) {
    return NeuronBuffers.floats(
        List.of(new NeuronBuffers.Source(x, 0, batch * MANY)), out, 0, new float[0][], 0);
  }
}
