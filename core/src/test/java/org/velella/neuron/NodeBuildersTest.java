package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A builder's method sets the parameter that it is named after, and no other. */
class NodeBuildersTest {
  /** A number that no parameter has by itself. */
  private static final double VALUE = 1.375;

  private static Object builder(Class<?> node) throws ReflectiveOperationException {
    return node == LiafNode.class
        ? LiafNode.builder(Activation.RELU, ThresholdRelated.ON)
        : node.getMethod("builder").invoke(null);
  }

  static Stream<Arguments> numbers() throws ReflectiveOperationException {
    List<Arguments> found = new ArrayList<>();
    for (Class<?> node :
        List.of(
            CubaLifNode.class,
            EifNode.class,
            HalfThresholdIfNode.class,
            IfNode.class,
            IlifNode.class,
            IzhikevichNode.class,
            KlifNode.class,
            LiafNode.class,
            LifNode.class,
            ParametricLifNode.class,
            QifNode.class)) {
      for (Method method : builder(node).getClass().getMethods()) {
        boolean number =
            method.getParameterCount() == 1 && method.getParameterTypes()[0] == double.class;
        // EquationNodeTest says what initTau makes of w.
        if (number && !method.isBridge() && !method.getName().equals("initTau")) {
          found.add(Arguments.of(node, method));
        }
      }
    }
    return found.stream();
  }

  private static NeuronNode build(Object builder) throws ReflectiveOperationException {
    return (NeuronNode) builder.getClass().getMethod("build").invoke(builder);
  }

  private static String words(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void setterSetsItsOwnParameter(Class<?> type, Method setter) throws ReflectiveOperationException {
    // Some models must not reset to above their rest or threshold.
    double value = setter.getName().equals("vReset") ? -VALUE : VALUE;
    Object builder = builder(type);
    NeuronNode before = build(builder);
    try {
      setter.invoke(builder, value);
    } catch (InvocationTargetException e) {
      throw new AssertionError(setter + " refused " + value, e.getCause());
    }
    NeuronNode after = build(builder);

    for (String name : after.model().parameters()) {
      double expected =
          name.toLowerCase(Locale.ROOT).equals(words(setter.getName()))
              ? value
              : before.parameter(name).values()[0];
      assertThat(after.parameter(name).values()).as(name).containsExactly(expected);
    }
    assertThat(after.model().parameters())
        .map(name -> name.toLowerCase(Locale.ROOT))
        .contains(words(setter.getName()));
  }
}
