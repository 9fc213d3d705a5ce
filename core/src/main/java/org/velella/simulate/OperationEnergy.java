package org.velella.simulate;

/**
 * The energy that operations are estimated to take.
 *
 * @param addition picojoules of an addition
 * @param product picojoules of a multiplication with an addition
 */
public record OperationEnergy(double addition, double product) {
  /**
   * Float32 in 45 nm at 0.9 V: 0.9 pJ for an addition, 3.7 pJ for a multiplication (M. Horowitz,
   * "Computing's energy problem (and what we can do about it)", ISSCC 2014), together 4.6 pJ.
   */
  public static final OperationEnergy DEFAULT = new OperationEnergy(0.9, 4.6);

  private static final String NUMBER = "[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?";

  public OperationEnergy {
    if (!(addition >= 0 && product >= 0 && Double.isFinite(addition) && Double.isFinite(product))) {
      throw new IllegalArgumentException(
          "Operations take 0 picojoules or more, found %s and %s".formatted(addition, product));
    }
  }

  /**
   * Energies from their text {@code A:M}, such as {@code 0.4:1.5}.
   *
   * @throws IllegalArgumentException if it is no such text
   */
  static OperationEnergy parse(String text) {
    String[] parts = text.strip().split(":", -1);
    if (parts.length != 2 || !parts[0].matches(NUMBER) || !parts[1].matches(NUMBER)) {
      throw new IllegalArgumentException(
          "The metric 'operations:%s' needs the picojoules of an addition and of a multiplication with an addition, such as operations:0.9:4.6"
              .formatted(text.strip()));
    }
    return new OperationEnergy(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
  }

  /** What {@link #parse} reads. */
  String text() {
    return addition + ":" + product;
  }

  /** Picojoules of some operations. */
  public double of(long additions, long products) {
    return additions * addition + products * product;
  }
}
