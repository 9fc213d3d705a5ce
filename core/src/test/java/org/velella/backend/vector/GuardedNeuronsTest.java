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
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;

@EnabledIf("vectorsAreHere")
class GuardedNeuronsTest {
  private static final int STEPS = 6;
  private static final int BATCH = 3;
  private static final int NEURONS = 50;
  private static final int FRAME = BATCH * NEURONS;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  private static NeuronOp op(String text) {
    NeuronOperation neurons = new NeuronOperation(NeuronModel.parse(text), Map.of());
    return new NeuronOp("a", "a", neurons, Shape.of(NEURONS), List.of(0), 1, List.of(0), Map.of());
  }

  private static Tensor[] memories() {
    return new Tensor[] {Tensor.of(Shape.of(BATCH, NEURONS), new float[FRAME])};
  }

  private static void run(NeuronKernel kernel, int from, int steps, float[] x, float[] out) {
    int at = from * FRAME;
    kernel.run(
        steps,
        NeuronBuffers.floats(
            List.of(new NeuronBuffers.Source(x, at, FRAME)), out, at, new float[0][], 0));
  }

  private static float[] definition(NeuronOp op, float[] x, Tensor[] memories) {
    NeuronKernel plain = new ScalarKernels().neurons(op, BATCH, TileParameters.NONE);
    plain.load(memories);
    float[] out = new float[x.length];
    run(plain, 0, STEPS, x, out);
    return out;
  }

  /** A kernel that is given up in the middle of a run hands its memories on. */
  @Seeded
  void theChangeToTheInterpreterDoesNotShow(SplittableRandom random) {
    NeuronOp op =
        op(
            "model given_up\n memory v = 0\n charge h = v * 0.75 + x\n fire s = h >= 1\n reset v = h - s\n");
    float[] x = TestInputs.sequence(random, STEPS * FRAME, true);
    Tensor[] expectedMemories = memories();
    float[] expected = definition(op, x, expectedMemories);

    Watches watches =
        new Watches(() -> 1, () -> 0, () -> 0, 0, new ScalarKernels(), NeuronClasses.Kernel::probe);
    GuardedNeurons guarded = new GuardedNeurons(op, BATCH, TileParameters.NONE, watches);
    VectorNeurons code = guarded.stepping();
    Tensor[] memories = memories();
    guarded.load(memories);
    assertThat(guarded.writesSpikes()).isTrue();
    float[] out = new float[x.length];
    run(guarded, 0, 2, x, out);
    watches.pace(code.kernel(Form.BITS)).giveUp(100, 1);
    watches.pace(code.kernel(Form.FLOATS)).giveUp(100, 1);
    assertThat(guarded.writesSpikes()).isFalse();
    run(guarded, 2, STEPS - 2, x, out);
    guarded.store(memories);

    assertThat(out).isEqualTo(expected);
    assertThat(memories[0].bitEquals(expectedMemories[0])).isTrue();
  }

  /** A large population runs on the interpreter until its code is compiled, whenever that is. */
  @Seeded
  void warmingUpDoesNotShow(SplittableRandom random) {
    NeuronOp small =
        op(
            "model warming_up\n memory v = 0\n charge h = v * 0.5 + x\n fire s = h >= 1\n reset v = h - s\n");
    int neurons = 1500;
    NeuronOp op =
        new NeuronOp(
            "a", "a", small.operation(), Shape.of(neurons), List.of(0), 1, List.of(0), Map.of());
    NeuronKernel plain = new ScalarKernels().neurons(op, 1, TileParameters.NONE);
    NeuronKernel guarded = new VectorKernels().neurons(op, 1, TileParameters.NONE);
    Tensor[] expected = {Tensor.of(Shape.of(1, neurons), new float[neurons])};
    Tensor[] memories = {Tensor.of(Shape.of(1, neurons), new float[neurons])};
    plain.load(expected);
    guarded.load(memories);
    float[] wanted = new float[neurons];
    float[] out = new float[neurons];
    for (int step = 0; step < 300; step++) {
      float[] x = TestInputs.sequence(random, neurons, false);
      plain.run(
          1,
          NeuronBuffers.floats(
              List.of(new NeuronBuffers.Source(x, 0, 0)), wanted, 0, new float[0][], 0));
      if (random.nextBoolean() && guarded.writesSpikes()) {
        long[] bits = new long[(neurons + 63) / 64];
        guarded.run(1, NeuronBuffers.bits(List.of(new NeuronBuffers.Source(x, 0, 0)), bits, 0));
        for (int i = 0; i < neurons; i++) {
          out[i] = bits[i / 64] >>> i & 1;
        }
      } else {
        guarded.run(
            1,
            NeuronBuffers.floats(
                List.of(new NeuronBuffers.Source(x, 0, 0)), out, 0, new float[0][], 0));
      }
      assertThat(out).as("step %d", step).isEqualTo(wanted);
    }
    guarded.store(memories);
    assertThat(memories[0].bitEquals(expected[0])).isTrue();
  }

  /** A step of hundreds of operations, which is cut into parts. */
  @Seeded
  void longStepsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    StringBuilder text = new StringBuilder("model long_step\n memory v = 0\n charge h0 = v\n");
    for (int i = 0; i < 20; i++) {
      String charge = " charge h%d = tanh(h%d + x) * sigmoid(x - h%d) + 0.1\n";
      text.append(charge.formatted(i + 1, i, i));
      text.append(" fire b%d = h%d > x or h%d > 0.5\n".formatted(i, i + 1, i));
    }
    text.append(" reset v = where(b3 and not b7, h20, v + b19)\n output y = h20 + b2\n");
    NeuronOp op = op(text.toString());
    float[] x = TestInputs.sequence(random, STEPS * FRAME, true);
    Tensor[] expectedMemories = memories();
    float[] expected = definition(op, x, expectedMemories);

    VectorNeurons code = new VectorNeurons(op, BATCH, TileParameters.NONE);
    Tensor[] memories = memories();
    code.load(memories);
    float[] out = new float[x.length];
    run(code, 0, STEPS, x, out);
    code.store(memories);

    assertThat(bits(out)).isEqualTo(bits(expected));
    assertThat(memories[0].bitEquals(expectedMemories[0])).isTrue();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Tensor.canonicalBits(values[i]));
    return bits;
  }
}
