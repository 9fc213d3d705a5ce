package org.velella.backend.vector;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorOperators.Binary;
import jdk.incubator.vector.VectorOperators.Comparison;
import jdk.incubator.vector.VectorOperators.Unary;

/**
 * Lets the JIT see every operator of the Vector API that kernels use, in turn, before any kernel
 * runs.
 *
 * <p>All operators of one kind share a method that looks up what each does. As long as the JIT has
 * seen one of them only, it compiles a check that throws the code away at the second, and notes so
 * four times in that method. A kernel adds these notes up for every operation that is inlined into
 * it; beyond a hundred ({@code -XX:PerMethodTrapLimit}) it trusts no type any more, and its last
 * stores box their vectors for as long as the JVM lives. Which JVMs that met was left to chance:
 * dense convolution lost a quarter in them, event-driven convolution two thirds.
 */
final class OperatorProfiles {
  /** Takes about 0.1 s of processor time, most of it for the first round. */
  private static final int ROUNDS = 300;

  /**
   * How often a round shifts by a number. These shifts have a look-up method of their own, and
   * three operators call it; with so many calls it is compiled while all of them come in turn, not
   * later in a kernel that needs one of them only.
   */
  private static final int SHIFTS_BY_NUMBER = 8;

  private static final List<Binary> ARITHMETIC =
      List.of(
          VectorOperators.ADD,
          VectorOperators.SUB,
          VectorOperators.MUL,
          VectorOperators.DIV,
          VectorOperators.MIN,
          VectorOperators.MAX);
  private static final List<Binary> ON_BITS =
      List.of(
          VectorOperators.ADD,
          VectorOperators.SUB,
          VectorOperators.MUL,
          VectorOperators.MIN,
          VectorOperators.AND,
          VectorOperators.OR,
          VectorOperators.XOR);
  private static final List<Binary> SHIFTS =
      List.of(VectorOperators.LSHL, VectorOperators.LSHR, VectorOperators.ASHR);
  private static final List<Unary> SIGNS = List.of(VectorOperators.NEG, VectorOperators.ABS);
  private static final List<Comparison> COMPARISONS =
      List.of(VectorOperators.EQ, VectorOperators.LT, VectorOperators.GE);

  private static final long NANOS = run();

  private OperatorProfiles() {}

  /** How long it took; the first call, or the first use of {@link Lanes}, is when it happens. */
  static long nanos() {
    return NANOS;
  }

  private static long run() {
    long start = System.nanoTime();
    FloatVector floats = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 1f);
    IntVector ints = IntVector.broadcast(IntVector.SPECIES_PREFERRED, 1);
    LongVector longs = LongVector.broadcast(LongVector.SPECIES_PREFERRED, 1L);
    for (int round = 0; round < ROUNDS; round++) {
      floats(floats);
      ints(ints);
      longs(longs);
    }
    return System.nanoTime() - start;
  }

  private static void floats(FloatVector x) {
    ARITHMETIC.forEach(op -> x.lanewise(op, x));
    SIGNS.forEach(op -> x.lanewise(op));
    x.lanewise(VectorOperators.SQRT);
    x.lanewise(VectorOperators.FMA, x, x);
    for (Comparison op : COMPARISONS) {
      VectorMask<Float> mask = x.compare(op, x);
      x.blend(x, mask);
    }
  }

  private static void ints(IntVector x) {
    ON_BITS.forEach(op -> x.lanewise(op, x));
    SHIFTS.forEach(op -> x.lanewise(op, x));
    for (int i = 0; i < SHIFTS_BY_NUMBER; i++) {
      SHIFTS.forEach(op -> x.lanewise(op, 1));
    }
    SIGNS.forEach(op -> x.lanewise(op));
    x.lanewise(VectorOperators.NOT);
    x.reduceLanes(VectorOperators.ADD);
    x.reduceLanes(VectorOperators.AND);
    x.reduceLanes(VectorOperators.OR);
  }

  private static void longs(LongVector x) {
    ON_BITS.forEach(op -> x.lanewise(op, x));
    SHIFTS.forEach(op -> x.lanewise(op, x));
    for (int i = 0; i < SHIFTS_BY_NUMBER; i++) {
      SHIFTS.forEach(op -> x.lanewise(op, 1L));
    }
    x.lanewise(VectorOperators.NOT);
  }
}
