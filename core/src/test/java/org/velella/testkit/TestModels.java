package org.velella.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParallelModels;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;

/** The catalogue, and populations whose parameters vary. */
public final class TestModels {
  private TestModels() {}

  /** Every built-in model of one input in every variant, and ones that use the whole language. */
  public static List<NeuronModel> catalogue() {
    List<NeuronModel> models = new ArrayList<>();
    BuiltInModels.all().stream().filter(model -> model.inputs().size() == 1).forEach(models::add);
    models.add(ParallelModels.slidingPsn(4));
    models.add(ParallelModels.gatedLif(3));
    models.addAll(wholeLanguage());
    return models;
  }

  /** Models that use all functions of the language, and differential equations. */
  public static List<NeuronModel> wholeLanguage() {
    return List.of(integrated(), everyFunction(), wholeNumbers());
  }

  /** Sends and records what rounding gives, of either sign. */
  private static NeuronModel wholeNumbers() {
    return NeuronModel.parse(
        """
        model whole_numbers
          memory v = 0
          charge down = floor(v + x)
          charge near = rint(v * x)
          charge cut = trunc(3 * x)
          fire s = floor(x - v)
          reset v = near - down * 0.5 + cut
        """);
  }

  /** Differential equations, of a factor that changes and of one that does not. */
  private static NeuronModel integrated() {
    return NeuronModel.parse(
        """
        model integrated
          parameter dt = 0.5, tau = 4, v_threshold = 1
          method exponential_euler substeps 2
          memory v = 0, g = 0
          charge g = g + abs(x)
          let pull = g * (1.5 - v)
          dv/dt = pull - v / tau
          dg/dt = -g / 2
          fire s = v >= v_threshold
          reset v = where(s, 0, v)
        """);
  }

  private static NeuronModel everyFunction() {
    return NeuronModel.parse(
        """
        model every_function
          parameter k = 0.3, v_threshold = 1
          derive d = exp(-k) + log(k + 1) + tanh(k)
          memory v = 0, n = 0
          charge h = fma(v, d, x) - min(x, k) + max(-x, v) * abs(x) / (1 + sqrt(abs(v)))
          charge e = exp(clamp(h, -100, 100)) - log(abs(h)) + tanh(h) + sigmoid(x)
          charge r = floor(h) + rint(x) - trunc(v)
          fire s = (h > v_threshold and not (x == 0)) or (e <= -k) or r >= 4
          reset v = where(s and h < 3, h - v_threshold, h)
          reset n = n + s
        """);
  }

  /**
   * Built-in models of several inputs, and others of two and three: with a step that is counted in
   * one loop, one that writes bits in several, one that reads the inputs in another order, and one
   * that leaves an input unread.
   */
  public static List<NeuronModel> severalInputs() {
    Stream<NeuronModel> builtIn =
        BuiltInModels.all().stream().filter(model -> model.inputs().size() > 1);
    return Stream.concat(builtIn, ownOfSeveralInputs()).toList();
  }

  /** In how many ways a model of several inputs is tried: long built-in ones in one. */
  static List<TestLayers.Wiring> wirings(NeuronModel model) {
    return BuiltInModels.has(model.name())
        ? List.of(TestLayers.Wiring.OWN)
        : List.of(TestLayers.Wiring.values());
  }

  private static Stream<NeuronModel> ownOfSeveralInputs() {
    return Stream.of(
            """
            model conductances
              input exc, inh
              parameter k = 0.3
              derive decay = exp(-k)
              memory v = 0, e = 0, i = 0
              charge e = e * decay + exc
              charge i = i * k + inh
              charge h = v + (e * (2 - v) - i * (v + 0.5)) * k
              fire s = h >= 1
              reset v = where(s, 0, h)
            """,
            """
            model gated
              input drive, gate, reset_to
              parameter k = 0.5
              memory v = 0
              charge h = v * sigmoid(gate) + tanh(drive) * k + exp(clamp(reset_to, -4, 1))
              fire s = h > 1 or gate >= 2
              reset v = where(s, reset_to, h)
            """,
            """
            model backwards
              input a, b, c
              parameter k = 2
              memory v = 0
              charge u = c - a * k
              fire n = rint(clamp(u + fma(a, b, v), -3, 3))
              reset v = v * 0.5 - n
            """,
            """
            model unread
              input first, second
              parameter k = 1
              memory v = 0
              charge h = v + second
              fire s = h > k
              reset v = where(s, h - k, h)
            """)
        .map(NeuronModel::parse);
  }

  /** Models that compare the input with a bound, or with itself, in every way. */
  public static List<NeuronModel> comparisons() {
    return Stream.of(
            "x >= bound",
            "x > bound",
            "bound >= x",
            "bound > x",
            "x == bound",
            "not (x < bound)",
            "x >= 0",
            "x > 0",
            "0 >= x",
            "-1 >= x and x >= -bound",
            "x >= v",
            "x > v",
            "x == v",
            "x > bound or not (v <= bound)",
            "not (x > bound) and not (v > bound)")
        .map(TestModels::comparison)
        .toList();
  }

  /** The condition is the output, chooses the memory, and counts. */
  private static NeuronModel comparison(String condition) {
    return NeuronModel.parse(
        """
        model comparison
          parameter bound = 1
          memory v = 0, n = 0
          fire s = %s
          reset v = where(s, x, -v)
          reset n = n + s
        """
            .formatted(condition));
  }

  public static NeuronModel lif() {
    return NeuronModels.lif(InputDecay.ON, ResetKind.HARD);
  }

  /** LIF neurons with a threshold each. */
  public static NeuronOperation lifWithOwnThresholds(SplittableRandom random, int size) {
    double[] thresholds = random.doubles(size, 0.2, 1.5).toArray();
    return new NeuronOperation(
        lif(), Map.of("v_threshold", ParameterValue.of(Shape.of(size), thresholds)));
  }

  /**
   * The same model twice, with names from the languages that code is generated in, and with plain
   * ones.
   */
  public static List<NeuronModel> namedLikeCode() {
    String text =
        """
        model NAME0
          parameter NAME1 = 2, NAME2 = 1
          memory NAME3 = 0, NAME4 = 0.5
          charge NAME5 = NAME3 + (x - NAME3) / NAME1
          charge NAME6 = exp(NAME4 - NAME5)
          fire NAME7 = NAME5 >= NAME2
          reset NAME4 = NAME6 * 0.5
          reset NAME3 = where(NAME7, 0, NAME5)
        """;
    String[] code = {"class", "System", "Runtime", "getClass", "exit", "import", "ret", "asm"};
    String named = text;
    String plain = text;
    for (int i = 0; i < code.length; i++) {
      named = named.replace("NAME" + i, code[i]);
      plain = plain.replace("NAME" + i, "n" + i);
    }
    return List.of(NeuronModel.parse(named), NeuronModel.parse(plain));
  }
}
