package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

class UnitTest {
  private static double in(String unit, String quantity) {
    return Unit.parse(unit).valueOf(quantity);
  }

  @Test
  void conversionGivesTheNearestNumber() {
    assertThat(in("ms", "0.02 s")).isEqualTo(20);
    assertThat(in("s", "20 ms")).isEqualTo(0.02);
    assertThat(in("mV", "-70 mV")).isEqualTo(-70);
    assertThat(in("V", "-70.3 mV")).isEqualTo(-0.0703);
    assertThat(in("nS", "0.01 uS")).isEqualTo(10);
    assertThat(in("nS", "0.01 \u00b5S")).isEqualTo(10);
    assertThat(in("pF", "2e-10 F")).isEqualTo(200);
    assertThat(in("1/ms", "12.5 Hz")).isEqualTo(0.0125);
    assertThat(in("kohm", "1 Mohm")).isEqualTo(1000);
    assertThat(in("Hz", "3 1/ms")).isEqualTo(3000);
    assertThat(in("S/m^2", "0.3 mS/cm^2")).isEqualTo(3);
  }

  @Test
  void unitsOfTheSameKindMeasureTheSame() {
    assertThat(Unit.parse("pA*ms/pF")).isEqualTo(Unit.parse("mV"));
    assertThat(Unit.parse("mV/Mohm")).isEqualTo(Unit.parse("nA"));
    assertThat(Unit.parse("1/ohm")).isEqualTo(Unit.parse("S"));
    assertThat(Unit.parse("A*s")).isEqualTo(Unit.parse("C"));
    assertThat(Unit.parse("ms").inverse()).isEqualTo(Unit.parse("kHz"));
    assertThat(Unit.parse("ms").measuresTheSame(Unit.parse("s"))).isTrue();
    assertThat(Unit.parse("ms")).isNotEqualTo(Unit.parse("s"));
    assertThat(Unit.parse("mS").measuresTheSame(Unit.parse("ms"))).isFalse();
  }

  @Test
  void whatIsNoUnitIsRefused() {
    for (String wrong :
        new String[] {
          "", "xs", "cV", "ms/", "ms ms^0", "/s", "m-s", "s^s", "m s", "mS cm^-2", "s s"
        }) {
      assertThatThrownBy(() -> Unit.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is no unit");
    }
    assertThatThrownBy(() -> in("ms", "20ms")).hasMessageContaining("a blank and a unit");
    assertThatThrownBy(() -> in("ms", "20 m s")).hasMessageContaining("'m s' is no unit");
    assertThat(in("S/m^2", "0.3 mS / cm ^ 2")).isEqualTo(3);
    assertThat(Unit.parse(" mS / cm ^ -2 ").toString()).isEqualTo("mS/cm^-2");
  }

  @Test
  void aModelThatDeclaresUnitsComputesWhatItDoesWithout() {
    String plain = "model m\n  parameter tau = 20, g = 1\n  output y = x / tau * g\n";
    NeuronModel declared =
        NeuronModel.parse(
            "model m\n input x [pA]\n parameter tau [ms] = 20, g [mS/cm^2] = 1\n output y = x / tau * g");
    assertThat(declared).isEqualTo(NeuronModel.parse(plain));
    assertThat(declared.text()).isEqualTo(NeuronModel.parse(plain).text());
    assertThat(declared.units())
        .containsOnlyKeys("x", "tau", "g")
        .containsEntry("g", Unit.parse("mS/cm^2"));
    assertThatThrownBy(
            () -> NeuronModel.parse("model m\n parameter tau [weeks] = 1\n output y = x"))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("line 2, column 17")
        .hasMessageContaining("'weeks' is no unit");
    assertThat(
            NeuronModel.parse(
                    "model m\n parameter tau [\u00b5s] = 1, g [1 / \u03bcs] = 1\n output y = x")
                .units())
        .containsEntry("tau", Unit.parse("us"))
        .containsEntry("g", Unit.parse("1/us"));
    assertThatThrownBy(() -> NeuronModel.parse("model m\n parameter tau [m s] = 1\n output y = x"))
        .hasMessageContaining("'m s' is no unit");
    assertThatThrownBy(() -> NeuronModel.parse("model m\n parameter \u00b5 [s] = 1\n output y = x"))
        .hasMessageContaining("found the character U+00B5");
    assertThatThrownBy(() -> NeuronModel.parse("model m\n parameter tau [ms = 1\n output y = x"))
        .hasMessageContaining("expected ']'");
  }

  @Test
  void neuronsOfNeuroscienceSayTheirUnits() {
    assertThat(BuiltInModels.named("coba_lif").units())
        .containsEntry("c_m", Unit.parse("pF"))
        .containsEntry("g_leak", Unit.parse("nS"))
        .containsEntry("v_rest", Unit.parse("mV"))
        .containsEntry("exc", Unit.parse("nS"))
        .doesNotContainKey("refractory");
  }
}
