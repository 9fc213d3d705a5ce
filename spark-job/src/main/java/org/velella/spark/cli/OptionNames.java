package org.velella.spark.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.velella.spark.job.UsageException;

/**
 * Adds options to what core says is to be done: its messages are for users of Java as well, and
 * know no command line.
 */
final class OptionNames {
  /** Of {@code convert data}. */
  static final OptionNames DATA =
      new OptionNames()
          .add("say which format it is", "--format NAME")
          .add("give the sensor's size", "--size")
          .add("give longer frames", "--frames or --frame-duration");

  /** Of {@code convert weights}. */
  static final OptionNames WEIGHTS =
      new OptionNames()
          .add("without a use", "--ignore NAME leaves them out")
          .add("take off the prefix", "--prefix TEXT");

  /** Of {@code convert ann}. */
  static final OptionNames ANN =
      new OptionNames().add("take one scale per layer", "without --channel-wise");

  private final Map<String, String> options = new LinkedHashMap<>();

  private OptionNames() {}

  private OptionNames add(String phrase, String option) {
    options.put(phrase, option);
    return this;
  }

  /** A message with the options behind the phrases that mean them. */
  String in(String message) {
    String text = message;
    for (Map.Entry<String, String> each : options.entrySet()) {
      String phrase = each.getKey();
      text = text.replace(phrase, phrase + " (" + each.getValue() + ")");
    }
    return text;
  }

  /**
   * What an action gives.
   *
   * @throws UsageException as the action, with the options in its message
   */
  <T> T in(Supplier<T> action) {
    try {
      return action.get();
    } catch (UsageException e) {
      throw new UsageException(in(e.getMessage()), e);
    }
  }
}
