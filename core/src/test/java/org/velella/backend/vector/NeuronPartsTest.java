package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.StepProgram.Instruction;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

class NeuronPartsTest {
  /** Vector operations, roughly, of the longest part. */
  private static final int LONGEST = 48;

  static Collection<NeuronModel> models() {
    return BuiltInModels.all();
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
