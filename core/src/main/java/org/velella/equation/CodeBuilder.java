package org.velella.equation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects instructions in static single assignment form. The same instruction on the same operands
 * is computed once, which cannot change a bit.
 */
final class CodeBuilder {
  /** Most instructions of one step; a transcendental function takes about thirty. */
  static final int MAX_INSTRUCTIONS = 1 << 14;

  private final List<StepProgram.Instruction> code = new ArrayList<>();
  private final Map<StepProgram.Instruction, Integer> known = new HashMap<>();
  private final List<String> constants = new ArrayList<>();

  List<StepProgram.Instruction> code() {
    return code;
  }

  List<String> constants() {
    return constants;
  }

  int size() {
    return code.size();
  }

  int input(int number) {
    return emit(OpCode.INPUT, number, -1, -1, 0);
  }

  int memory(int number) {
    return emit(OpCode.MEMORY, number, -1, -1, 0);
  }

  int constant(String name) {
    int number = constants.indexOf(name);
    if (number < 0) {
      number = constants.size();
      constants.add(name);
    }
    return emit(OpCode.CONSTANT, number, -1, -1, 0);
  }

  int literal(float value) {
    return emit(OpCode.LITERAL, -1, -1, -1, value);
  }

  int emit(OpCode op, int a) {
    return emit(op, a, -1, -1, 0);
  }

  int emit(OpCode op, int a, int b) {
    return emit(op, a, b, -1, 0);
  }

  int emit(OpCode op, int a, int b, int c) {
    return emit(op, a, b, c, 0);
  }

  private int emit(OpCode op, int a, int b, int c, float literal) {
    StepProgram.Instruction instruction = new StepProgram.Instruction(op, a, b, c, literal);
    Integer earlier = known.putIfAbsent(instruction, code.size());
    if (earlier != null) {
      return earlier;
    }
    code.add(instruction);
    return code.size() - 1;
  }
}
