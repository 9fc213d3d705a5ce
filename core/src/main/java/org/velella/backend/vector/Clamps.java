package org.velella.backend.vector;

import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Minima that keep a number between -c and c for a literal c, as arguments of exponentials are
 * kept: {@code min(max(a, -c), c)}. The maximum is then no instruction of its own.
 */
final class Clamps {
  private final List<Instruction> code;

  Clamps(List<Instruction> code) {
    this.code = code;
  }

  /** The number that a minimum keeps between two bounds, or -1 if it is another instruction. */
  int clamped(int i) {
    Instruction min = code.get(i);
    if (min.op() != OpCode.MIN) {
      return -1;
    }
    Instruction max = code.get(min.a());
    return max.op() == OpCode.MAX && areOpposite(code.get(max.b()), code.get(min.b()))
        ? max.a()
        : -1;
  }

  /** The upper bound of what {@link #clamped} has. */
  float bound(int i) {
    return code.get(code.get(i).b()).literal();
  }

  private static boolean areOpposite(Instruction low, Instruction high) {
    return low.op() == OpCode.LITERAL
        && high.op() == OpCode.LITERAL
        && high.literal() > 0
        && Float.isFinite(high.literal())
        && low.literal() == -high.literal();
  }
}
