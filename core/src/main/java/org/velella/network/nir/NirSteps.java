package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;

/** The step of a population with numbers in the place of names. */
final class NirSteps {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
  private static final Pattern STEP =
      Pattern.compile("\\s*(?:charge|fire|reset|output) (\\w+) = (.*)");

  /** What a leak to 0 leaves of the term for it; a product with 0 is another term. */
  private static final Pattern ZERO_TERM = Pattern.compile(" \\+ 0(?![.0-9]| [*/])");

  private NirSteps() {}

  /** One line for each equation, and before them what each memory begins with. */
  static List<String> of(Network network, String node) {
    NeuronOperation neurons = (NeuronOperation) network.node(node).operation();
    Map<String, String> numbers = numbers(neurons, network.inputShape(node));
    List<String> lines = new ArrayList<>();
    for (MemorySpec memory : neurons.memories(network.inputShape(node))) {
      lines.add(memory.name() + " begins at " + range(memory.initial().toDoubles()));
    }
    for (String line : neurons.model().text().split("\n")) {
      Matcher step = STEP.matcher(line);
      if (step.matches()) {
        String right = substitute(step.group(2), numbers);
        lines.add(step.group(1) + " = " + ZERO_TERM.matcher(right).replaceAll(""));
      }
    }
    return lines;
  }

  private static String substitute(String text, Map<String, String> numbers) {
    Matcher name = NAME.matcher(text);
    StringBuilder out = new StringBuilder();
    while (name.find()) {
      boolean isFunction = text.startsWith("(", name.end());
      String number = isFunction ? null : numbers.get(name.group());
      name.appendReplacement(out, Matcher.quoteReplacement(number == null ? name.group() : number));
    }
    return name.appendTail(out).toString();
  }

  /** Parameters, and the constants that follow from them as the engine has them. */
  private static Map<String, String> numbers(NeuronOperation neurons, Shape shape) {
    NeuronModel model = neurons.model();
    List<double[]> values = new ArrayList<>();
    int count = 1;
    for (String name : model.parameters()) {
      double[] spread = neurons.parameter(name).expand(shape);
      values.add(spread);
      count = Math.max(count, spread.length);
    }
    List<String> names = model.program().constants();
    double[][] constants = new double[names.size()][count];
    double[] point = new double[values.size()];
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < point.length; p++) {
        point[p] = values.get(p)[values.get(p).length == 1 ? 0 : i];
      }
      float[] derived = model.constants(point);
      for (int c = 0; c < derived.length; c++) {
        constants[c][i] = derived[c];
      }
    }
    Map<String, String> numbers = new LinkedHashMap<>();
    for (int p = 0; p < point.length; p++) {
      numbers.put(model.parameters().get(p), range(values.get(p)));
    }
    for (int c = 0; c < constants.length; c++) {
      numbers.put(names.get(c), range(constants[c]));
    }
    return numbers;
  }

  /** One number, or the least and the greatest of several: {@code {0.25..1}}. */
  static String range(double[] values) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return least == greatest
        ? number(least)
        : "{%s..%s}".formatted(number(least), number(greatest));
  }

  /** The shortest text of a number, which the engine has in float32. */
  private static String number(double value) {
    float single = (float) value;
    return single == Math.rint(single) && Math.abs(single) < 1e6
        ? Integer.toString((int) single)
        : Float.toString(single);
  }
}
