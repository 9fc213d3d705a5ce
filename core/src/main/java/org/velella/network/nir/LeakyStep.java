package org.velella.network.nir;

import java.util.Set;
import org.velella.network.nir.NirConvention.Decay;
import org.velella.network.nir.NirConvention.Form;
import org.velella.network.nir.NirConvention.Input;

/**
 * One step of {@code tau dv/dt = (rest - v) + factor * x} as equation text. The membrane of a LIF
 * and the synapse of a CubaLIF are both one; a synapse rests at 0.
 */
final class LeakyStep {
  private final NirConvention convention;
  private final String tau;
  private final String factor;
  private final String prefix;
  private final Set<String> derived;

  /**
   * A step.
   *
   * @param tau the parameter that holds the time constant
   * @param factor the parameter that multiplies the input
   * @param prefix begins the names of derived constants
   * @param derived receives {@code NAME = EXPRESSION} for each constant that a text needs, in order
   */
  LeakyStep(
      NirConvention convention, String tau, String factor, String prefix, Set<String> derived) {
    this.convention = convention;
    this.tau = tau;
    this.factor = factor;
    this.prefix = prefix;
    this.derived = derived;
  }

  private String derive(String name, String expression) {
    derived.add(prefix + name + " = " + expression);
    return prefix + name;
  }

  /** What a value keeps in one step. */
  private String keep() {
    boolean euler = convention.decay() == Decay.EULER;
    return derive("keep", euler ? "1 - dt / " + tau : "exp(-dt / " + tau + ")");
  }

  /** What a value loses in one step. */
  private String leak() {
    boolean euler = convention.decay() == Decay.EULER;
    return derive("leak", euler ? "dt * (1 / " + tau + ")" : "1 - exp(-dt / " + tau + ")");
  }

  private String steps() {
    return derive("steps", tau + " / dt");
  }

  /** What one unit of input adds. */
  String drive() {
    if (convention.input() == Input.CHARGE) {
      return factor;
    }
    boolean held = convention.decay() == Decay.ZERO_ORDER_HOLD;
    return derive("drive", held ? leak() + " * " + factor : factor + " * dt / " + tau);
  }

  /** The new value of {@code v} from {@code x} in the unit that the file means. */
  String physical(String v, String rest, String x) {
    String force = rest(v, rest) + " + " + factor + " * " + x;
    boolean current = convention.input() == Input.CURRENT;
    // Leak and input have the same gain, so that frameworks multiply or divide their sum once.
    if (current && convention.form() == Form.QUOTIENT) {
      return v + " + (" + force + ") / " + steps();
    }
    if (current
        && convention.form() == Form.DIFFERENCE
        && convention.decay() != Decay.EXPONENTIAL) {
      return v + " + " + leak() + " * (" + force + ")";
    }
    return perInput(v, rest, drive() + " * " + x);
  }

  /** The new value of {@code v} where {@code x} and {@code rest} have the unit of {@code v}. */
  String perInput(String v, String rest, String x) {
    return switch (convention.form()) {
      case DIFFERENCE -> v + " + " + leak() + " * " + rest(v, rest) + " + " + x;
      case QUOTIENT -> v + " + " + rest(v, rest) + " / " + steps() + " + " + x;
      case DECAY ->
          keep()
              + " * "
              + v
              + " + "
              + x
              + (rest.equals("0") ? "" : " + " + derive("pull", "(1 - " + keep() + ") * " + rest));
    };
  }

  private static String rest(String v, String rest) {
    return "(" + rest + " - " + v + ")";
  }
}
