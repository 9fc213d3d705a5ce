package org.velella.equation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One time step of a neuron as typed straight-line float32 code in static single assignment form:
 * instruction i computes value i from earlier values. It is what every backend is generated from.
 *
 * @param name the model's name
 * @param inputs names of the inputs, in order, at least one
 * @param constants names of parameters and derived values that the instructions read, in order
 * @param memories memory names, in order
 * @param instructions the code
 * @param memoryResults for each memory, the value that it has after the step
 * @param output the value that the neuron sends on
 * @param variables the value of every name a probe may record: memories (after the step), charge
 *     and fire names, inputs
 * @param spikes whether the output is a whole number of spikes
 */
public record StepProgram(
    String name,
    List<String> inputs,
    List<String> constants,
    List<String> memories,
    List<Instruction> instructions,
    List<Integer> memoryResults,
    int output,
    Map<String, Integer> variables,
    boolean spikes) {

  /**
   * One instruction.
   *
   * @param op what to compute
   * @param a first operand: a value number, or the input's, constant's or memory's number
   * @param b second operand, or -1
   * @param c third operand, or -1
   * @param literal the number of {@link OpCode#LITERAL}, which may be an infinity or the canonical
   *     NaN; else 0
   */
  public record Instruction(OpCode op, int a, int b, int c, float literal) {}

  public StepProgram {
    inputs = List.copyOf(inputs);
    constants = List.copyOf(constants);
    memories = List.copyOf(memories);
    instructions = List.copyOf(instructions);
    memoryResults = List.copyOf(memoryResults);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** Whether the output is 0 or 1 at every step, so that one bit can carry it. */
  public boolean binaryOutput() {
    return switch (instructions.get(output).op()) {
      case GREATER, GREATER_EQUAL, EQUAL, AND, OR, NOT -> true;
      default -> false;
    };
  }
}
