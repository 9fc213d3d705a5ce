package org.velella.equation;

import java.util.List;

/** A condition that parameters must meet. */
public final class Requirement {
  private final String text;
  private final List<String> reads;
  private final ConstantTable table;
  private final Float64.Value condition;

  Requirement(String text, List<String> reads, ConstantTable table, Float64.Value condition) {
    this.text = text;
    this.reads = reads;
    this.table = table;
    this.condition = condition;
  }

  /** The condition as written, such as {@code tau > 1}. */
  public String text() {
    return text;
  }

  /** The parameters that the condition reads, itself or through derived values. */
  public List<String> parameters() {
    return reads;
  }

  /**
   * Whether the condition holds.
   *
   * @param values one per parameter of the model, in order
   */
  public boolean holds(double[] values) {
    return condition.at(table.environment(values)) != 0;
  }
}
