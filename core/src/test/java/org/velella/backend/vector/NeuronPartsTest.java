package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram;
import org.velella.equation.StepProgram.Instruction;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

class NeuronPartsTest {
  /** Vector operations, roughly, of the longest part. */
  private static final int LONGEST = 48;

  static Collection<NeuronModel> models() {
    List<NeuronModel> models = new ArrayList<>(BuiltInModels.all());
    models.add(resetting(50));
    models.add(sharing());
    return models;
  }

  /**
   * Two memories take the same result, which one of the others reads; what it reads goes to the
   * first part, where there is no room for it.
   */
  private static NeuronModel sharing() {
    String memories =
        IntStream.range(0, 10).mapToObj(m -> "f" + m + " = 0, ").collect(Collectors.joining());
    String resets =
        IntStream.range(0, 10)
            .mapToObj(m -> "reset f" + m + " = where(s, 0, f" + m + ")\n")
            .collect(Collectors.joining());
    return NeuronModel.parse(
        "model sharing\nmemory "
            + memories
            + "a = 0, b = 0, c = 0, d = 0\nfire s = x >= 1\n"
            + resets
            + "reset c = where(s, 1, c)\nreset a = c * 2\nreset b = a + 1\nreset d = c * 2\n");
  }

  private static NeuronVariant variant(NeuronModel model) {
    return NeuronVariant.plain(model.program(), Form.FLOATS);
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyValueComesBeforeThoseThatReadIt(NeuronModel model) {
    NeuronVariant variant = variant(model);
    NeuronParts parts = NeuronParts.of(variant);
    Map<Integer, Integer> order = new HashMap<>();
    for (int part = 0; part < parts.count(); part++) {
      for (int value : parts.computedIn(part)) {
        order.put(value, order.size());
      }
    }
    order.forEach(
        (value, at) -> {
          Instruction in = variant.instructions().get(value);
          for (int operand : new int[] {in.a(), in.b(), in.c()}) {
            if (operand >= 0 && order.containsKey(operand)) {
              assertThat(order.get(operand)).as(operand + " for " + value).isLessThan(at);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("models")
  void noPartOfSeveralIsEmpty(NeuronModel model) {
    NeuronParts parts = NeuronParts.of(variant(model));
    for (int part = 0; part < parts.count() && parts.count() > 1; part++) {
      assertThat(parts.computedIn(part)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void nobodyReadsAMemoryAfterItIsStored(NeuronModel model) {
    NeuronVariant variant = variant(model);
    NeuronParts parts = NeuronParts.of(variant);
    for (int memory = 0; memory < variant.memoryResults().size(); memory++) {
      for (int part = parts.storedIn(memory) + 1; part < parts.count(); part++) {
        for (int value : parts.computedIn(part)) {
          Instruction in = variant.instructions().get(value);
          for (int operand : new int[] {in.a(), in.b(), in.c()}) {
            boolean reads =
                operand >= 0
                    && variant.instructions().get(operand).op() == OpCode.MEMORY
                    && variant.instructions().get(operand).a() == memory;
            assertThat(reads).as("value %d of memory %d", value, memory).isFalse();
          }
        }
      }
    }
  }

  /** All their results need only the spike, which could be one part of 200 and more operations. */
  @Test
  void manyMemoriesAreSeveralParts() {
    for (int memories : new int[] {13, 50}) {
      NeuronModel model = resetting(memories);
      NeuronParts parts = NeuronParts.of(variant(model));
      int selections = 0;
      for (int part = 0; part < parts.count(); part++) {
        long found =
            parts.computedIn(part).stream()
                .filter(i -> variant(model).instructions().get(i).op() == OpCode.SELECT)
                .count();
        // A selection is 4 of them.
        assertThat(4 * found).isLessThanOrEqualTo(LONGEST);
        selections += (int) found;
      }
      assertThat(selections).isEqualTo(memories);
      assertThat(CountSource.fits(NeuronVariant.plain(model.program(), Form.COUNTS))).isFalse();
    }
  }

  /** A recorded number takes as much as six operations: of twenty, no part has more than eight. */
  @Test
  void manyRecordedVariablesAreSeveralParts() {
    String steps =
        IntStream.range(1, 20)
            .mapToObj(i -> "charge c" + i + " = c" + (i - 1) + " * 0.5 + x\n")
            .collect(Collectors.joining());
    NeuronModel model =
        NeuronModel.parse(
            "model chain\nmemory v = 0\ncharge c0 = v + x\n"
                + steps
                + "fire s = c19 >= 1\nreset v = c19\n");
    StepProgram program = model.program();
    List<Integer> recorded =
        IntStream.range(0, 20).mapToObj(i -> program.variables().get("c" + i)).toList();
    NeuronParts parts =
        NeuronParts.of(
            NeuronVariant.of(program, recorded, new BitSet(), new BitSet(), Form.FLOATS));
    for (int part = 0; part < parts.count(); part++) {
      assertThat(parts.computedIn(part).stream().filter(recorded::contains).count())
          .isLessThanOrEqualTo(LONGEST / 6);
    }
  }

  private static NeuronModel resetting(int count) {
    String resets =
        IntStream.range(0, count)
            .mapToObj(m -> "reset m" + m + " = where(s, 0, m" + m + ")\n")
            .collect(Collectors.joining());
    String memories =
        IntStream.range(0, count).mapToObj(m -> "m" + m + " = 0").collect(Collectors.joining(", "));
    return NeuronModel.parse("model many\nmemory " + memories + "\nfire s = x >= 1\n" + resets);
  }

  /** The target, the exponent and the exponential. */
  @Test
  void fewValuesLieBetweenPartsOfCoba() {
    NeuronModel coba = BuiltInModels.named("coba_lif");
    NeuronVariant variant = NeuronVariant.plain(coba.program(), Form.BITS);
    assertThat(NeuronSource.write(variant, 16).scratchValues()).isEqualTo(3);
  }

  /**
   * All but the last could be computed where they are read, which would be one part of them all.
   */
  @Test
  void valuesAreNotComputedLaterThanPartsHaveRoom() {
    NeuronModel model =
        NeuronModel.parse(
            """
            model floors
              memory p = 0, q = 0, r = 0, w = 0
              charge a = floor(p)
              charge b = floor(q)
              charge c = floor(r)
              charge d = floor(w)
              charge e = floor(x)
              fire s = a + b + c + d + e >= 1
              reset p = p + x
              reset q = q - x
              reset r = r + 2 * x
              reset w = w - 2 * x
            """);
    NeuronParts parts = NeuronParts.of(variant(model));
    assertThat(parts.count()).isGreaterThan(1);
    // A floor is 14 of them.
    for (int part = 0; part < parts.count(); part++) {
      long floors =
          parts.computedIn(part).stream()
              .filter(i -> variant(model).instructions().get(i).op().name().equals("FLOOR"))
              .count();
      assertThat(14 * floors).isLessThanOrEqualTo(LONGEST);
    }
  }
}
