package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.SpikeTotals;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.StepProgram;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestModels;

/**
 * The generated code of every model beside the definition, without the guard that hands large
 * populations to the interpreter until the code is warm.
 */
@EnabledIf("vectorsAreHere")
class CompiledNeuronsTest {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 63, 64, 65, 128, 257, 4098};
  private static final int STEPS = 3;

  /** The number of the first step, for counting. */
  private static final int FIRST = 7;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  /**
   * Parameters of every scope, inputs and memories with infinities, NaNs and subnormals; as
   * numbers, as bits and counted. Each model has scopes of its own for all sizes, and so about the
   * same code.
   */
  @Seeded
  void everyModelGivesTheBitsOfItsDefinitionAtEverySize(SplittableRandom random) {
    List<NeuronModel> models = new ArrayList<>(TestModels.catalogue());
    models.addAll(TestModels.severalInputs());
    models.add(withResultsBeforeReads());
    int counted = 0;
    for (NeuronModel model : models) {
      int[] scopes = random.ints(model.parameters().size(), 0, 5).toArray();
      for (int size : SIZES) {
        int batch = size > 1000 ? 1 : 1 + random.nextInt(3);
        Population population = new Population(random, model, scopes, size, batch);
        population.compare();
        counted += population.counted();
      }
    }
    assertThat(counted).as("populations that were counted").isGreaterThan(9 * SIZES.length);
  }

  /** Of a parameter at a time, the others being what they are by default. */
  @Seeded
  void everyParameterOfEveryScopeGivesTheSameCounts(SplittableRandom random) {
    for (NeuronModel model : TestModels.catalogue()) {
      int parameter = random.nextInt(Math.max(1, model.parameters().size()));
      for (int scope = 1; scope < 5 && parameter < model.parameters().size(); scope++) {
        int[] scopes = new int[model.parameters().size()];
        scopes[parameter] = scope;
        Population population = new Population(random, model, scopes, 1 + random.nextInt(40), 3);
        population.compare();
      }
    }
  }

  /** Long, with new values of memories that are known before others have read the old ones. */
  private static NeuronModel withResultsBeforeReads() {
    return NeuronModel.parse(
        """
        model early
          memory v = 0, a = 1, b = 2, c = 0.5
          charge h = exp(min(max(exp(v * 0.1) + exp(x), -3), 3)) * 0.1
          charge u = h + a * c
          charge a = b * 0.5
          charge w = exp(u - c) + a
          charge c = 0.25 + x
          fire s = w >= 1
          reset b = v
          reset v = where(s, 0, u)
        """);
  }

  /** Else nothing above would look at what lies between parts. */
  @Test
  void itsMemoriesAreStoredByDifferentParts() {
    StepProgram program = withResultsBeforeReads().program();
    NeuronParts parts = NeuronParts.of(NeuronVariant.plain(program, Form.FLOATS));
    Set<Integer> storing = new HashSet<>();
    for (int memory = 0; memory < program.memoryResults().size(); memory++) {
      storing.add(parts.storedIn(memory));
    }
    assertThat(parts.count()).isGreaterThan(2);
    assertThat(storing).hasSizeGreaterThan(1);
  }

  /** No name of an equation is in the text that the compiler gets. */
  @Test
  void equationsDoNotReachJava() {
    List<NeuronModel> models = TestModels.namedLikeCode();
    for (Form form : Form.values()) {
      List<String> sources =
          models.stream()
              .map(model -> NeuronVariant.plain(model.program(), form))
              .map(
                  variant ->
                      form == Form.COUNTS
                          ? CountSource.write(variant, 8)
                          : NeuronSource.write(variant, 8))
              .map(NeuronSource.Text::source)
              .toList();
      assertThat(sources.get(0)).isEqualTo(sources.get(1)).doesNotContain("Runtime", "exit");
    }
  }

  /** On AVX2 a comparison is one instruction and a choice another; elsewhere masks cost more. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void onlyVectorsOf256BitsHaveMasks(Form form) {
    NeuronVariant lif = NeuronVariant.plain(BuiltInModels.named("lif").program(), form);
    for (int lanes : new int[] {4, 8, 16}) {
      String source =
          (form == Form.COUNTS ? CountSource.write(lif, lanes) : NeuronSource.write(lif, lanes))
              .source();
      assertThat(source.contains(".compare(VectorOperators.GE, ")).isEqualTo(lanes == 8);
      assertThat(source.contains("VectorOperators.ASHR")).isEqualTo(lanes != 8);
    }
  }

  /** A model with values of parameters that are the same for all, or differ. */
  private static final class Population {
    private final int batch;
    private final NeuronOp op;
    private final TileParameters parameters;
    private final List<NeuronBuffers.Source> inputs = new ArrayList<>();
    private final Tensor[] start;
    private final int frame;

    Population(SplittableRandom random, NeuronModel model, int[] scopes, int size, int batch) {
      this.batch = batch;
      frame = batch * size;
      Map<String, ParameterValue> fixed = new HashMap<>();
      Map<String, double[]> own = new HashMap<>();
      double[] defaults = model.defaults();
      for (int p = 0; p < defaults.length; p++) {
        String name = model.parameters().get(p);
        int scope = scopes[p];
        if (scope == 1) {
          fixed.put(name, ParameterValue.of(Shape.of(size), near(random, defaults[p], size)));
        } else if (scope > 1) {
          // Of these, two for each sample, and one for each neuron of each.
          double[] values = near(random, defaults[p], scope == 4 ? frame : batch);
          if (isAllowed(model, p, values)) {
            own.put("a." + name, values);
          }
        }
      }
      parameters = TileParameters.of(own);
      NeuronOperation neurons = operation(model, fixed);
      Shape shape = Shape.of(size);
      int memories = model.memories().size();
      op =
          new NeuronOp(
              "a",
              "a",
              neurons,
              shape,
              IntStream.range(0, model.inputs().size()).boxed().toList(),
              model.inputs().size(),
              IntStream.range(0, memories).boxed().toList(),
              Map.of());
      for (int i = 0; i < model.inputs().size(); i++) {
        float[] x = TestInputs.sequence(random, STEPS * frame, true);
        inputs.add(new NeuronBuffers.Source(x, 0, frame));
      }
      start = new Tensor[memories];
      for (int m = 0; m < memories; m++) {
        float[] values = TestInputs.sequence(random, frame, random.nextInt(3) == 0);
        start[m] = Tensor.of(Shape.of(batch, size), values);
      }
    }

    /** Without values of its own where the model demands more of them than nearness. */
    private static NeuronOperation operation(NeuronModel model, Map<String, ParameterValue> own) {
      try {
        return new NeuronOperation(model, own);
      } catch (IllegalArgumentException e) {
        return new NeuronOperation(model, Map.of());
      }
    }

    private static boolean isAllowed(NeuronModel model, int parameter, double[] values) {
      double[] point = model.defaults().clone();
      for (double value : values) {
        point[parameter] = value;
        if (model.violated(point).isPresent()) {
          return false;
        }
      }
      return true;
    }

    private static double[] near(SplittableRandom random, double value, int count) {
      double[] near = new double[count];
      for (int i = 0; i < count; i++) {
        double more = random.nextInt(4) == 0 ? 0 : random.nextDouble(0.1);
        near[i] = value == 0 ? more : value * (1 + more);
      }
      return near;
    }

    void compare() {
      String what = op.operation().model().name() + " " + op.shape() + " of " + batch;
      float[] expected = new float[STEPS * frame];
      NeuronKernel plain = new ScalarKernels().neurons(op, batch, parameters);
      Tensor[] expectedMemories = numbers(plain, expected);
      float[] out = new float[expected.length];
      VectorNeurons code = new VectorNeurons(op, batch, parameters);
      assertSame(what, expectedMemories, numbers(code, out));
      assertSame(what, expected, out);
      if (VectorNeurons.packs(op)) {
        Tensor[] memories = copies();
        code.load(memories);
        int words = (op.shape().size() + 63) / 64;
        long[] bits = new long[STEPS * batch * words];
        code.run(STEPS, NeuronBuffers.bits(inputs, bits, 0));
        code.store(memories);
        assertSame(what + " as bits", expectedMemories, memories);
        assertSame(what + " as bits", expected, unpacked(bits, words));
      }
      if (counted() > 0) {
        Tensor[] memories = copies();
        CountingNeurons counting = new CountingNeurons(op, batch, parameters);
        counting.load(memories);
        SpikeTotals totals = new SpikeTotals(frame);
        counting.run(STEPS, NeuronBuffers.totals(inputs, totals, FIRST));
        counting.store(memories);
        assertSame(what + " counted", expectedMemories, memories);
        assertThat(totals.counts()).as(what).isEqualTo(counts(expected));
        assertThat(totals.first()).as(what).isEqualTo(first(expected));
      }
    }

    /** 1 if spikes of the model can be counted without being there. */
    int counted() {
      return CountingNeurons.counts(op) ? 1 : 0;
    }

    private int[] counts(float[] spikes) {
      int[] counts = new int[frame];
      for (int i = 0; i < spikes.length; i++) {
        counts[i % frame] += spikes[i] == 1 ? 1 : 0;
      }
      return counts;
    }

    private int[] first(float[] spikes) {
      int[] first = new int[frame];
      Arrays.fill(first, -1);
      for (int i = spikes.length - 1; i >= 0; i--) {
        first[i % frame] = spikes[i] == 1 ? FIRST + i / frame : first[i % frame];
      }
      return first;
    }

    private Tensor[] numbers(NeuronKernel kernel, float[] out) {
      Tensor[] memories = copies();
      kernel.load(memories);
      kernel.run(STEPS, NeuronBuffers.floats(inputs, out, 0, new float[0][], 0));
      kernel.store(memories);
      return memories;
    }

    private Tensor[] copies() {
      Tensor[] copies = new Tensor[start.length];
      for (int m = 0; m < start.length; m++) {
        copies[m] = start[m].copy();
      }
      return copies;
    }

    private float[] unpacked(long[] bits, int words) {
      int size = op.shape().size();
      float[] values = new float[STEPS * frame];
      for (int i = 0; i < values.length; i++) {
        int f = i % size;
        values[i] = bits[i / size * words + f / 64] >>> f & 1;
      }
      return values;
    }
  }

  private static void assertSame(String what, Tensor[] expected, Tensor[] found) {
    for (int m = 0; m < expected.length; m++) {
      assertSame(what + ", memory " + m, expected[m].floats(), found[m].floats());
    }
  }

  /** All NaNs are equal. */
  private static void assertSame(String what, float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      int bits = Tensor.canonicalBits(found[i]);
      assertThat(bits)
          .as("%s: element %d, expected %s, found %s", what, i, expected[i], found[i])
          .isEqualTo(Tensor.canonicalBits(expected[i]));
    }
  }
}
