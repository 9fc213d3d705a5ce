package org.velella.backend.vector;

import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Powers of two whose exponent is one of the two halves of a small whole number k, floor(k / 2) and
 * k - floor(k / 2), as in every exponential. Added to 1.5 * 2^23, k lies in the lowest bits of a
 * float32, and its halves are integer arithmetic.
 */
final class HalvedPowers {
  private final List<Instruction> code;
  private final Magnitudes magnitudes;

  HalvedPowers(List<Instruction> code, Magnitudes magnitudes) {
    this.code = code;
    this.magnitudes = magnitudes;
  }

  /** The whole number of which a power takes a half, or -1 if it takes something else. */
  int whole(int i) {
    if (code.get(i).op() != OpCode.POW2) {
      return -1;
    }
    Instruction exponent = code.get(code.get(i).a());
    if (exponent.op() == OpCode.SUB) {
      return halfOf(exponent.b()) == exponent.a() ? exponent.a() : -1;
    }
    return halfOf(code.get(i).a());
  }

  /** Whether a power with a {@link #whole} takes the half that is not rounded down. */
  boolean upper(int i) {
    return code.get(code.get(i).a()).op() == OpCode.SUB;
  }

  /** The small whole number k of which a value is floor(k / 2), or -1. */
  private int halfOf(int i) {
    Instruction floor = code.get(i);
    if (floor.op() != OpCode.FLOOR || code.get(floor.a()).op() != OpCode.MUL) {
      return -1;
    }
    Instruction product = code.get(floor.a());
    int k = isHalf(product.b()) ? product.a() : isHalf(product.a()) ? product.b() : -1;
    return k >= 0 && code.get(k).op() == OpCode.RINT && magnitudes.small(k) ? k : -1;
  }

  private boolean isHalf(int i) {
    return code.get(i).op() == OpCode.LITERAL && code.get(i).literal() == 0.5f;
  }
}
