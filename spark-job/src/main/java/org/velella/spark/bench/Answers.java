package org.velella.spark.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;
import org.velella.tensor.Tensor;

/** Holds what is measured to the definition. */
final class Answers {
  /** Multiply-adds and updates of neurons that the definition may take for a check. */
  private static final double CHECK_TERMS = 2e10;

  private Answers() {}

  /**
   * Checks the first sample's steps, or as many of them as the definition does in some ten seconds:
   * all outputs and memories, bit for bit.
   *
   * @param input {@code [T, N, width]}
   * @return how many steps agree, in words
   */
  static String requireScalar(
      Backend backend, Network network, int samples, int steps, int width, float[] input) {
    LayerWork work = LayerWork.of(network);
    double perStep = Math.max(1, work.terms() + work.neurons());
    int checked = (int) Math.max(1, Math.min(steps, CHECK_TERMS / perStep));
    Tile expected = first(new ScalarBackend(), network, samples, checked, width, input);
    Tile found = first(backend, network, samples, checked, width, input);
    requireSame("The first %d steps of %s".formatted(checked, backend.name()), expected, found);
    return "%d of %d steps of a sample as the definition".formatted(checked, steps);
  }

  /** Checks that two runs of the same have the same outputs and memories bit for bit. */
  static void requireSame(String what, Tile expected, Tile found) {
    int different = Arrays.mismatch(expected.outputNumbers(), found.outputNumbers());
    if (different >= 0) {
      throw new WrongAnswerException("%s: output %d differs".formatted(what, different));
    }
    List<Tensor> theirs = expected.memories();
    for (int m = 0; m < theirs.size(); m++) {
      if (!found.memories().get(m).bitEquals(theirs.get(m))) {
        throw new WrongAnswerException("%s: memory %d differs".formatted(what, m));
      }
    }
  }

  private static Tile first(
      Backend backend, Network network, int samples, int steps, int width, float[] input) {
    Tile tile = new Tile(backend, network, 1, steps, Set.of(), Tile.Output.FLOATS);
    for (int t = 0; t < steps; t++) {
      System.arraycopy(input, t * samples * width, tile.input(), t * width, width);
    }
    tile.run();
    return tile;
  }

  /** Neurons that never fire are faster than any that do. */
  static void requireSpikes(String what, double spikes) {
    if (!(spikes > 0)) {
      throw new WrongAnswerException(what + " has no spikes, so its time means nothing");
    }
  }
}
