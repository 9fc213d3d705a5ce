package org.velella.equation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns expressions into instructions, in the written order of operations. */
final class StepCompiler {
  private final CodeBuilder code = new CodeBuilder();
  private final Transcendentals transcendentals = new Transcendentals(code);
  private final Map<String, Integer> values = new LinkedHashMap<>();

  private StepCompiler() {}

  /**
   * The program of one step.
   *
   * @param model gives its name and its inputs
   * @param steps the statements of the step in written order
   * @param output name of the variable that is sent on
   * @param type of the output
   * @param internal names of variables that are not there for others
   */
  static StepProgram compile(
      Parser.Parsed model,
      List<String> memories,
      List<Statement> steps,
      String output,
      Type type,
      Set<String> internal) {
    StepCompiler compiler = new StepCompiler();
    for (int i = 0; i < model.inputs().size(); i++) {
      compiler.values.put(model.inputs().get(i), compiler.code.input(i));
    }
    for (int m = 0; m < memories.size(); m++) {
      compiler.values.put(memories.get(m), compiler.code.memory(m));
    }
    int sent = -1;
    for (Statement step : steps) {
      int value = compiler.compile(step.expression());
      compiler.requireSize(step);
      compiler.values.put(step.name(), value);
      sent = step.name().equals(output) ? value : sent;
    }
    List<Integer> results = new ArrayList<>();
    for (String memory : memories) {
      results.add(compiler.values.get(memory));
    }
    compiler.values.keySet().removeAll(internal);
    return new StepProgram(
        model.name(),
        model.inputs(),
        compiler.code.constants(),
        memories,
        compiler.code.code(),
        results,
        sent,
        compiler.values,
        type.isWhole());
  }

  /** A program without input or memories whose output is {@code expression} of named constants. */
  static StepProgram constant(String name, Expression expression) {
    StepCompiler compiler = new StepCompiler();
    int value = compiler.compile(expression);
    return new StepProgram(
        name,
        List.of(),
        compiler.code.constants(),
        List.of(),
        compiler.code.code(),
        List.of(),
        value,
        Map.of(),
        false);
  }

  private void requireSize(Statement step) {
    if (code.size() > CodeBuilder.MAX_INSTRUCTIONS) {
      throw new EquationException(
          step.at(),
          "the step has grown beyond %d instructions; a transcendental function takes about thirty"
              .formatted(CodeBuilder.MAX_INSTRUCTIONS));
    }
  }

  private int compile(Expression expression) {
    if (expression instanceof Expression.Number number) {
      return code.literal((float) number.value());
    }
    if (expression instanceof Expression.Name name) {
      Integer value = values.get(name.name());
      return value != null ? value : code.constant(name.name());
    }
    Expression.Apply apply = (Expression.Apply) expression;
    if (apply.operator() == Operator.POWER) {
      return power(compile(apply.operand(0)), (Expression.Number) apply.operand(1));
    }
    int[] operands = new int[apply.operands().size()];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = compile(apply.operand(i));
    }
    return apply(apply.operator(), operands);
  }

  private int power(int base, Expression.Number exponent) {
    int product = base;
    for (int i = 1; i < exponent.value(); i++) {
      product = code.emit(OpCode.MUL, product, base);
    }
    return product;
  }

  private int apply(Operator operator, int[] in) {
    return switch (operator) {
      case OR -> code.emit(OpCode.OR, in[0], in[1]);
      case AND -> code.emit(OpCode.AND, in[0], in[1]);
      case NOT -> code.emit(OpCode.NOT, in[0]);
      case GREATER -> code.emit(OpCode.GREATER, in[0], in[1]);
      case GREATER_EQUAL -> code.emit(OpCode.GREATER_EQUAL, in[0], in[1]);
      case LESS -> code.emit(OpCode.GREATER, in[1], in[0]);
      case LESS_EQUAL -> code.emit(OpCode.GREATER_EQUAL, in[1], in[0]);
      case EQUAL -> code.emit(OpCode.EQUAL, in[0], in[1]);
      case NOT_EQUAL -> code.emit(OpCode.NOT, code.emit(OpCode.EQUAL, in[0], in[1]));
      case ADD -> code.emit(OpCode.ADD, in[0], in[1]);
      case SUB -> code.emit(OpCode.SUB, in[0], in[1]);
      case MUL -> code.emit(OpCode.MUL, in[0], in[1]);
      case DIV -> code.emit(OpCode.DIV, in[0], in[1]);
      case NEG -> code.emit(OpCode.NEG, in[0]);
      case WHERE -> code.emit(OpCode.SELECT, in[0], in[1], in[2]);
      case FMA -> code.emit(OpCode.FMA, in[0], in[1], in[2]);
      case MIN -> code.emit(OpCode.MIN, in[0], in[1]);
      case MAX -> code.emit(OpCode.MAX, in[0], in[1]);
      case CLAMP -> code.emit(OpCode.MIN, code.emit(OpCode.MAX, in[0], in[1]), in[2]);
      case ABS -> code.emit(OpCode.ABS, in[0]);
      case SQRT -> code.emit(OpCode.SQRT, in[0]);
      case EXP -> transcendentals.exp(in[0]);
      case LOG -> transcendentals.log(in[0]);
      case TANH -> transcendentals.tanh(in[0]);
      case SIGMOID -> transcendentals.sigmoid(in[0]);
      case FLOOR -> code.emit(OpCode.FLOOR, in[0]);
      case RINT -> code.emit(OpCode.RINT, in[0]);
      case TRUNC -> trunc(in[0]);
      case POWER -> throw new IllegalStateException("a power has a literal exponent");
    };
  }

  /** Towards zero, keeping the sign of zero: floor(a) above 0, else -floor(-a). */
  private int trunc(int a) {
    int positive = code.emit(OpCode.GREATER, a, code.literal(0));
    int mirrored = code.emit(OpCode.FLOOR, code.emit(OpCode.NEG, a));
    int below = code.emit(OpCode.NEG, mirrored);
    return code.emit(OpCode.SELECT, positive, code.emit(OpCode.FLOOR, a), below);
  }
}
