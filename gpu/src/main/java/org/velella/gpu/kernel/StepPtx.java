package org.velella.gpu.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram;
import org.velella.equation.StepProgram.Instruction;

/**
 * Prints one step of a neuron as straight-line PTX. Every arithmetic instruction is rounded to
 * nearest even and keeps subnormals; nothing is contracted. Truth values are conditions until a
 * number is wanted.
 */
final class StepPtx {
  private static final String NAN = PtxWriter.literal(Float.intBitsToFloat(0x7fc00000));
  private static final String ONE = PtxWriter.literal(1);
  private static final String ZERO = PtxWriter.literal(0);

  private final PtxWriter ptx;
  private final List<Instruction> code;
  private final ConstantsPtx constants;
  private final String[] numbers;
  private final String[] conditions;
  private final List<String> inputs;
  private final List<String> memories;

  /**
   * A step to be printed.
   *
   * @param constants a register for each constant
   * @param inputs a register for each input
   * @param memories a register for each memory, as it was before the step
   */
  StepPtx(
      PtxWriter ptx,
      StepProgram program,
      ConstantsPtx constants,
      List<String> inputs,
      List<String> memories) {
    this.ptx = ptx;
    this.code = program.instructions();
    this.constants = constants;
    this.inputs = inputs;
    this.memories = memories;
    numbers = new String[code.size()];
    conditions = new String[code.size()];
  }

  /** The instructions that some of {@code results} need, directly or not. */
  static BitSet live(StepProgram program, List<Integer> results) {
    BitSet live = new BitSet();
    results.forEach(live::set);
    for (int i = live.length() - 1; i >= 0; i--) {
      Instruction in = program.instructions().get(i);
      if (live.get(i) && in.op().hasOperands()) {
        for (int operand : new int[] {in.a(), in.b(), in.c()}) {
          if (operand >= 0) {
            live.set(operand);
          }
        }
      }
    }
    return live;
  }

  /** Prints the live instructions. */
  void print(BitSet live) {
    for (int i = live.nextSetBit(0); i >= 0; i = live.nextSetBit(i + 1)) {
      compute(i);
    }
  }

  private static boolean isTruth(OpCode op) {
    return switch (op) {
      case GREATER, GREATER_EQUAL, EQUAL, AND, OR, NOT -> true;
      default -> false;
    };
  }

  /** A value as a number. */
  String number(int i) {
    if (numbers[i] == null) {
      numbers[i] = ptx.f("selp.f32", ONE, ZERO, conditions[i]);
    }
    return numbers[i];
  }

  /** A truth value as a condition. */
  String condition(int i) {
    if (conditions[i] == null) {
      conditions[i] = ptx.p("setp.neu.f32", numbers[i], ZERO);
    }
    return conditions[i];
  }

  /** A value as a number, every NaN in the one form that is written. */
  String canonical(int i) {
    if (isTruth(code.get(i).op())) {
      return number(i);
    }
    String number = number(i);
    return ptx.f("selp.f32", NAN, number, ptx.p("setp.nan.f32", number, number));
  }

  private void compute(int i) {
    Instruction in = code.get(i);
    switch (in.op()) {
      case INPUT -> numbers[i] = inputs.get(in.a());
      case CONSTANT -> numbers[i] = constants.values().get(in.a());
      case MEMORY -> numbers[i] = memories.get(in.a());
      case LITERAL -> numbers[i] = PtxWriter.literal(in.literal());
      case GREATER -> compare(i, in, "gt");
      case GREATER_EQUAL -> compare(i, in, "ge");
      case EQUAL -> compare(i, in, "eq");
      case AND -> conditions[i] = ptx.p("and.pred", condition(in.a()), condition(in.b()));
      case OR -> conditions[i] = ptx.p("or.pred", condition(in.a()), condition(in.b()));
      case NOT -> conditions[i] = ptx.p("not.pred", condition(in.a()));
      default -> numbers[i] = arithmetic(in);
    }
  }

  private void compare(int i, Instruction in, String comparison) {
    conditions[i] = ptx.p("setp." + comparison + ".f32", number(in.a()), number(in.b()));
  }

  private String arithmetic(Instruction in) {
    return switch (in.op()) {
      case ADD -> ptx.f("add.rn.f32", number(in.a()), number(in.b()));
      case SUB -> ptx.f("sub.rn.f32", number(in.a()), number(in.b()));
      case MUL -> ptx.f("mul.rn.f32", number(in.a()), number(in.b()));
      case DIV -> divide(in);
      case NEG -> ptx.f("neg.f32", number(in.a()));
      case ABS -> ptx.f("abs.f32", number(in.a()));
      case SQRT -> ptx.f("sqrt.rn.f32", number(in.a()));
      case FMA -> ptx.f("fma.rn.f32", number(in.a()), number(in.b()), number(in.c()));
      case FLOOR -> ptx.f("cvt.rmi.f32.f32", number(in.a()));
      case RINT -> ptx.f("cvt.rni.f32.f32", number(in.a()));
      case MIN -> extreme(in, "min.f32");
      case MAX -> extreme(in, "max.f32");
      case SELECT -> ptx.f("selp.f32", number(in.b()), number(in.c()), condition(in.a()));
      case POW2 -> {
        String whole = ptx.r("cvt.rzi.s32.f32", number(in.a()));
        String bits = ptx.r("shl.b32", ptx.r("add.s32", whole, 127), 23);
        yield ptx.f("mov.b32", bits);
      }
      case EXPONENT -> {
        String bits = ptx.r("mov.b32", number(in.a()));
        String field = ptx.r("and.b32", ptx.r("shr.u32", bits, 23), 0xff);
        yield ptx.f("cvt.rn.f32.s32", ptx.r("sub.s32", field, 127));
      }
      case SIGNIFICAND -> {
        String bits = ptx.r("mov.b32", number(in.a()));
        String low = ptx.r("and.b32", bits, 0x007fffff);
        yield ptx.f("mov.b32", ptx.r("or.b32", low, 0x3f800000));
      }
      default -> throw new IllegalStateException(in.op() + " is no arithmetic");
    };
  }

  private String divide(Instruction in) {
    Instruction divisor = code.get(in.b());
    String reciprocal =
        divisor.op() == OpCode.CONSTANT ? constants.reciprocals().get(divisor.a()) : null;
    return reciprocal == null
        ? ptx.f("div.rn.f32", number(in.a()), number(in.b()))
        : ptx.f("mul.rn.f32", number(in.a()), reciprocal);
  }

  /** PTX orders the zeros, but takes the number where only one operand is NaN. */
  private String extreme(Instruction in, String op) {
    String a = number(in.a());
    String b = number(in.b());
    String chosen = ptx.f(op, a, b);
    return ptx.f("selp.f32", NAN, chosen, ptx.p("setp.nan.f32", a, b));
  }

  /** The registers of some values as numbers. */
  List<String> numbers(List<Integer> values) {
    List<String> registers = new ArrayList<>();
    values.forEach(i -> registers.add(number(i)));
    return registers;
  }
}
