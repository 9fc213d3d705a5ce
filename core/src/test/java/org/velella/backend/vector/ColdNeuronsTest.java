package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.velella.testkit.TestInputs;

/** What gives numbers while the code for bits, or that which counts, is not compiled. */
@EnabledIf("vectorsAreHere")
class ColdNeuronsTest {
  /** A thousand run on code that is not compiled. */
  private static final int NEURONS = 1500;

  private static final int STEPS = 40;
  private static final long MILLI = 1_000_000L;

  /** Beyond, tries seem to be in vain. */
  private static final long EAGER = 1500 * MILLI;

  private static int factors;

  /** As the clock by which the turns of this thread have gone so far. */
  private long now = System.nanoTime();

  private final CountedSteps plain = new CountedSteps();
  private final FakeProbe wanted = new FakeProbe("wanted");
  private final FakeProbe numbers = new FakeProbe("numbers");

  private NeuronOp op;
  private GuardedNeurons guarded;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  /** A probe of code that is compiled when the test says so. */
  private final class FakeProbe {
    private final NeuronProbe probe;
    private boolean compiled;
    private int calls;

    FakeProbe(String name) {
      NeuronProbe.Clocks clocks = new NeuronProbe.Clocks(() -> now, () -> now, () -> 1);
      probe = new NeuronProbe(name, this::call, 100, clocks);
    }

    private void call() {
      calls++;
      now += compiled ? 1 : MILLI;
    }

    void compile() {
      compiled = true;
      prime(MILLI);
    }

    void prime(long nanos) {
      probe.prime(nanos);
      calls = 0;
    }
  }

  /** Each test has a factor that no other has, so that this JVM does not know the code. */
  @BeforeEach
  void newModel() {
    factors++;
    NeuronModel model =
        NeuronModel.parse(
            """
            model cold_code
              memory v = 0
              charge h = v * %s + x
              fire s = h >= 1
              reset v = h - s
            """
                .formatted(0.3037109375 + factors / 4096.0));
    op =
        new NeuronOp(
            "a",
            "a",
            new NeuronOperation(model, Map.of()),
            Shape.of(NEURONS),
            List.of(0),
            1,
            List.of(0),
            Map.of());
    Watches watches = new Watches(() -> 1, () -> now, () -> 0, 0, plain, this::probe);
    guarded = new GuardedNeurons(op, 1, TileParameters.NONE, watches);
  }

  private NeuronProbe probe(NeuronClasses.Kernel kernel) {
    return (kernel == guarded.stepping().kernel(Form.FLOATS) ? numbers : wanted).probe;
  }

  /** As if an earlier run had wanted numbers. */
  private void makeCodeForNumbers() {
    new VectorNeurons(op, 1, TileParameters.NONE).prepare(Form.FLOATS);
  }

  private boolean usable(Form form) {
    return form == Form.BITS ? guarded.writesSpikes() : guarded.countsSpikes();
  }

  /** Steps for which a form is wanted and numbers are given, with the bits of the definition. */
  private void stepsInNumbers(Form form) {
    NeuronKernel definition = new ScalarKernels().neurons(op, 1, TileParameters.NONE);
    Tensor[] expected = memories();
    Tensor[] memories = memories();
    definition.load(expected);
    guarded.load(memories);
    SplittableRandom random = new SplittableRandom(1);
    float[] wantedOut = new float[NEURONS];
    float[] out = new float[NEURONS];
    for (int step = 0; step < STEPS; step++) {
      float[] x = TestInputs.sequence(random, NEURONS, false);
      now += 20 * MILLI;
      assertThat(usable(form)).isFalse();
      step(definition, x, wantedOut);
      step(guarded, x, out);
      assertThat(out).as("step %d", step).isEqualTo(wantedOut);
    }
    guarded.store(memories);
    assertThat(memories[0].bitEquals(expected[0])).isTrue();
  }

  private static Tensor[] memories() {
    return new Tensor[] {Tensor.of(Shape.of(1, NEURONS), new float[NEURONS])};
  }

  private static void step(NeuronKernel kernel, float[] x, float[] out) {
    NeuronBuffers.Source source = new NeuronBuffers.Source(x, 0, 0);
    kernel.run(1, NeuronBuffers.floats(List.of(source), out, 0, new float[0][], 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"BITS", "COUNTS"})
  void codeThatIsLikelyToBeCompiledSoonHasAllTries(Form form) {
    makeCodeForNumbers();
    stepsInNumbers(form);
    assertThat(wanted.calls).isPositive();
    assertThat(numbers.calls).isZero();
    assertThat(plain.steps()).isEqualTo(STEPS);
  }

  @ParameterizedTest
  @EnumSource(names = {"BITS", "COUNTS"})
  void codeForNumbersIsNotMadeMeanwhile(Form form) {
    stepsInNumbers(form);
    assertThat(guarded.stepping().kernel(Form.FLOATS)).isNull();
    assertThat(plain.steps()).isEqualTo(STEPS);
  }

  @ParameterizedTest
  @EnumSource(names = {"BITS", "COUNTS"})
  void codeForNumbersThatIsCompiledAlreadyRunsUntilThen(Form form) {
    makeCodeForNumbers();
    numbers.compile();
    stepsInNumbers(form);
    assertThat(plain.steps()).isZero();
    assertThat(numbers.calls).isZero();
    assertThat(wanted.calls).isPositive();
    wanted.compile();
    assertThat(usable(form)).isTrue();
  }

  /** Not so where that for bits does, which is the same code but for its end. */
  @Test
  void codeForNumbersIsTriedWhereThatWhichCountsSeemsNeverToBeCompiled() {
    assertThat(usable(Form.COUNTS)).isFalse();
    wanted.prime(EAGER);
    stepsInNumbers(Form.COUNTS);
    assertThat(numbers.calls).isPositive();
    assertThat(wanted.calls).isPositive();
    assertThat(plain.steps()).isEqualTo(STEPS);
    numbers.compile();
    plain.reset();
    stepsInNumbers(Form.COUNTS);
    assertThat(plain.steps()).isZero();
  }
}
