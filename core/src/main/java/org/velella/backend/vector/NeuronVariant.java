package org.velella.backend.vector;

import java.util.BitSet;
import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram;

/**
 * What a generated class depends on; equal variants share one class.
 *
 * @param instructions of the step
 * @param memoryResults value numbers of the memories after the step
 * @param output value number of the output
 * @param recorded value numbers that are recorded
 * @param perNeuron constants that have a value per neuron; the others have one per row
 * @param reciprocal constants whose reciprocal is exact, so that dividing by them is multiplying
 * @param form how the output is written
 */
record NeuronVariant(
    List<StepProgram.Instruction> instructions,
    List<Integer> memoryResults,
    int output,
    List<Integer> recorded,
    BitSet perNeuron,
    BitSet reciprocal,
    Form form) {
  /** How a kernel writes the output. */
  enum Form {
    FLOATS,
    BITS,
    /** Not at all: its spikes are counted. */
    COUNTS
  }

  /** How many inputs there are. */
  int inputs() {
    return (int) instructions.stream().filter(in -> in.op() == OpCode.INPUT).count();
  }

  /** The variant of a program whose constants are the same for all neurons. */
  static NeuronVariant plain(StepProgram program, Form form) {
    return of(program, List.of(), new BitSet(), new BitSet(), form);
  }

  static NeuronVariant of(
      StepProgram program, List<Integer> recorded, BitSet perNeuron, BitSet reciprocal, Form form) {
    return new NeuronVariant(
        program.instructions(),
        program.memoryResults(),
        program.output(),
        recorded,
        perNeuron,
        reciprocal,
        form);
  }
}
