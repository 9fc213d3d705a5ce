package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

class BallastTest {
  private static final Pattern CALL = Pattern.compile("\\.[a-z]\\w*\\(");

  private static List<String> body(int statements) {
    return IntStream.range(0, statements)
        .mapToObj(i -> "IntVector c" + i + " = a.and(b).or(c);")
        .toList();
  }

  @Test
  void shortMethodsHaveNone() {
    assertThat(Ballast.in(body(17))).isEqualTo(body(17));
    assertThat(Ballast.in(body(18))).hasSizeGreaterThan(18 + 45);
  }

  @Test
  void statementsStayInOrder() {
    List<String> all = Ballast.in(body(200));
    assertThat(all.stream().filter(line -> !line.contains("ballast"))).isEqualTo(body(200));
  }

  /** The first limit lies at the 45th operation, the next 84 to 95 calls behind it. */
  @Test
  void limitsLieAmongOperationsThatNobodyReads() {
    List<String> all = Ballast.in(body(100));
    int calls = 0;
    for (String line : all) {
      boolean ballast = line.contains("ballast");
      boolean first = calls >= 41 && calls <= 49;
      boolean second = calls >= 45 + 84 && calls <= 45 + 95;
      if (first || second) {
        assertThat(ballast).as("call " + calls + ": " + line).isTrue();
      }
      calls += (int) CALL.matcher(line).results().count();
    }
    assertThat(calls).isGreaterThan(45 + 95);
  }

  /** Code of parts does without; longer loops that write numbers, and those that count, do not. */
  @Test
  void loopsOfOnePartHaveIt() {
    NeuronModel lif = BuiltInModels.named("lif");
    NeuronModel largest = BuiltInModels.named("non_spiking_if_largest");
    assertThat(CountSource.write(NeuronVariant.plain(lif.program(), Form.COUNTS), 16).source())
        .contains("ballast0", "ballast1");
    assertThat(NeuronSource.write(NeuronVariant.plain(largest.program(), Form.FLOATS), 16).source())
        .contains("ballast0");
    assertThat(NeuronSource.write(NeuronVariant.plain(lif.program(), Form.BITS), 16).source())
        .doesNotContain("ballast");
  }
}
