package org.velella.gpu.kernel;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.velella.equation.StepProgram;

/**
 * What the code of a population depends on. Shapes, steps and the values of parameters are not
 * among it, so one text serves every tile of a network.
 *
 * @param program the step of one neuron
 * @param recorded value numbers of the variables that are written besides the output, in order
 * @param reciprocal constants by which dividing is multiplying by their reciprocal, bit for bit
 * @param outputs the forms in which the output is written
 * @param totals whether its spikes are added up, which must be 0 or 1
 */
public record NeuronForm(
    StepProgram program,
    List<Integer> recorded,
    BitSet reciprocal,
    Set<ValueForm> outputs,
    Totals totals) {
  /** Whether the kernel adds up spikes. */
  public enum Totals {
    NONE,
    /** How often each neuron fires, and at which step first. */
    KEPT
  }

  public NeuronForm {
    recorded = List.copyOf(recorded);
    reciprocal = (BitSet) reciprocal.clone();
    outputs = Set.copyOf(outputs);
    boolean needsBinary = outputs.contains(ValueForm.BITS) || totals == Totals.KEPT;
    if (needsBinary && !program.binaryOutput()) {
      throw new IllegalArgumentException(
          "The output of neuron model '%s' is not 0 or 1 at every step; it has no bits"
              .formatted(program.name()));
    }
  }
}
