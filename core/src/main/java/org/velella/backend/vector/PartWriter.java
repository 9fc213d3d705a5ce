package org.velella.backend.vector;

import java.util.Locale;
import java.util.Map;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Writes the statements of one part of a kernel. Each statement is calls of the Vector API alone,
 * never of helpers of our own: the JIT inlines those of the JDK whatever the size of the method,
 * and a vector that crosses a call is boxed. Every statement gives the bits of the scalar
 * definition.
 */
final class PartWriter extends PartValues {
  private static final Map<OpCode, String> OPERATORS =
      Map.of(OpCode.GREATER, "GT", OpCode.GREATER_EQUAL, "GE", OpCode.EQUAL, "EQ");

  private final Magnitudes magnitudes;
  private final HalvedPowers halved;
  private final Clamps clamps;

  /**
   * A writer of one part.
   *
   * @param slots where a value of an earlier part lies in the scratch memory
   * @param inverted whether the lanes of a condition are ones where it does not hold; shared by all
   *     parts
   * @param before the part's statements before the loop by name, to be added to
   * @param place which of the vectors from {@code i} on it is
   * @param lanes of a vector
   */
  PartWriter(
      NeuronVariant variant,
      Map<Integer, Integer> slots,
      Map<Integer, Boolean> inverted,
      Map<String, String> before,
      int place,
      int lanes) {
    super(variant, slots, inverted, before, place, lanes);
    magnitudes = new Magnitudes(variant.instructions());
    halved = new HalvedPowers(variant.instructions(), magnitudes);
    clamps = new Clamps(variant.instructions());
  }

  /** A statement that leaves a value for a later part. */
  String leave(int i) {
    String value = isTruth(i) ? condition(i) + ".reinterpretAsFloats()" : number(i);
    return value + ".intoArray(scratch, " + slot(i) + ");";
  }

  /** A statement that stores numbers. */
  String store(String numbers, String array, String start) {
    return numbers + ".intoArray(" + array + ", " + at(start) + ");";
  }

  /** A value with every NaN in the one form that is written. */
  String canonical(int i) {
    String name = number(i);
    if (isTruth(i)) {
      return name;
    }
    if (truth == Truth.MASKS) {
      return blend(comparison(name, "NE", name), before("nan", "Float.NaN"), name);
    }
    String all = integers(own("a", i), raw(name));
    String size = all + ".and(" + bits(~SIGN) + ")";
    String nan = integers(own("q", i), bits(INFINITY) + ".sub(" + size + ")" + SPREAD_SIGN);
    return choose(nan, bits(NAN), all) + ".reinterpretAsFloats()";
  }

  /** An integer vector in which the lanes of spiking neurons hold their bit. */
  String spikes(int i) {
    if (isMask(i)) {
      return raw(blend(mask(i), laneNumbers(), before("zero", "0f")));
    }
    String condition = condition(i) + (inverted(i) ? ".not()" : "");
    return condition + ".and(" + laneBits() + ")";
  }

  /** Writes one instruction. */
  void compute(int i) {
    Instruction in = code(i);
    switch (in.op()) {
      case GREATER, GREATER_EQUAL, EQUAL -> compare(i, in.op());
      case AND -> combine(i, "and", "or");
      case OR -> combine(i, "or", "and");
      case NOT -> {
        inverted.put(i, !inverted(in.a()));
        integers(own("c", i), condition(in.a()));
      }
      case SELECT -> select(i);
      case DIV -> divide(i);
      case FLOOR -> floor(i);
      case RINT -> numbers(own("f", i), rint(i, in.a()) + ".reinterpretAsFloats()");
      case POW2 -> power(i);
      case EXPONENT -> {
        String field = raw(number(in.a())) + ".lanewise(VectorOperators.LSHR, 23)";
        String whole = field + ".and(" + bits(0xff) + ").or(" + bits(WHOLE) + ")";
        String bias = before("exponentBias", "8388735f");
        numbers(own("f", i), whole + ".reinterpretAsFloats().sub(" + bias + ")");
      }
      case SIGNIFICAND -> {
        String kept = raw(number(in.a())) + ".and(" + bits(0x007fffff) + ")";
        numbers(own("f", i), kept + ".or(" + bits(ONE) + ").reinterpretAsFloats()");
      }
      case MAX -> {
        String larger = isZero(in.b()) ? positive(i, in.a()) : call(in);
        numbers(own("f", i), larger);
      }
      case MIN -> {
        String smaller = clamps.clamped(i) >= 0 ? clamp(i) : call(in);
        numbers(own("f", i), smaller);
      }
      default -> numbers(own("f", i), call(in));
    }
  }

  private void select(int i) {
    Instruction in = code(i);
    if (isMask(in.a())) {
      numbers(own("f", i), blend(mask(in.a()), number(in.b()), number(in.c())));
    } else {
      int yes = inverted(in.a()) ? in.c() : in.b();
      int no = inverted(in.a()) ? in.b() : in.c();
      numbers(own("f", i), select(condition(in.a()), yes, no) + ".reinterpretAsFloats()");
    }
  }

  /**
   * A number whose size is kept below a bound. Sizes are compared as integers, with so much added
   * that those of NaNs, which stay, are below 0. A minimum and a maximum are six instructions each.
   */
  private String clamp(int i) {
    if (truth == Truth.MASKS) {
      String number = number(clamps.clamped(i));
      String high = before("high" + i, literal(clamps.bound(i)));
      String low = before("low" + i, literal(-clamps.bound(i)));
      String notAbove = blend(comparison(number, "GT", high), high, number);
      return blend(comparison(number, "LT", low), low, notAbove);
    }
    String all = integers(own("e", i), raw(number(clamps.clamped(i))));
    String beyond = bits(0x007fffff);
    String bound = bits(Float.floatToRawIntBits(clamps.bound(i)) + 0x007fffff);
    return "%s.and(%s).add(%s).min(%s).sub(%s).or(%s.and(%s)).reinterpretAsFloats()"
        .formatted(all, bits(~SIGN), beyond, bound, beyond, all, bits(SIGN));
  }

  /**
   * The larger of a value and 0: all bits of negative numbers are cleared, those of NaNs with a
   * sign are not, whose sum with the number below overflows. The JIT makes six instructions of a
   * maximum.
   */
  private String positive(int i, int operand) {
    if (truth == Truth.MASKS) {
      String zero = before("zero", "0f");
      return blend(comparison(number(operand), "LE", zero), zero, number(operand));
    }
    String all = integers(own("e", i), raw(number(operand)));
    String below = "%s.add(%s).and(%s)%s".formatted(all, bits(0x007fffff), all, SPREAD_SIGN);
    return "%s.and(%s.not()).reinterpretAsFloats()".formatted(all, below);
  }

  /**
   * 1.5 * 2^23 + a holds a whole a in its lowest bits; the shift drops the rest. So it does for the
   * halves of a whole number.
   */
  private void power(int i) {
    int whole = halved.whole(i);
    String exponent;
    if (whole < 0) {
      exponent = raw(number(code(i).a()) + ".add(" + before("shifter", "12582912f") + ")");
    } else {
      String all = integers(own("z", whole), raw(shifted(whole, number(whole))));
      String half = integers(own("y", whole), all + ".lanewise(VectorOperators.ASHR, 1)");
      exponent = halved.upper(i) ? all + ".sub(" + half + ")" : half;
    }
    String shifted = ".add(" + bits(127) + ").lanewise(VectorOperators.LSHL, 23)";
    numbers(own("f", i), exponent + shifted + ".reinterpretAsFloats()");
  }

  /** A small number plus 1.5 * 2^23, which is rounded to a whole number. */
  private String shifted(int i, String number) {
    return numbers(own("g", i), number + ".add(" + before("shifter", "12582912f") + ")");
  }

  private String call(Instruction in) {
    StringBuilder call = new StringBuilder(number(in.a()));
    call.append('.').append(in.op().name().toLowerCase(Locale.ROOT)).append('(');
    if (in.b() >= 0) {
      call.append(number(in.b()));
    }
    if (in.c() >= 0) {
      call.append(", ").append(number(in.c()));
    }
    return call.append(')').toString();
  }

  private void divide(int i) {
    Instruction in = code(i);
    Instruction divisor = code(in.b());
    if (divisor.op() == OpCode.CONSTANT && variant.reciprocal().get(divisor.a())) {
      String reciprocal = before("r" + in.b(), "1f / " + constant(in.b()));
      numbers(own("f", i), number(in.a()) + ".mul(" + reciprocal + ")");
    } else {
      numbers(own("f", i), call(in));
    }
  }

  /**
   * Half to even: adding 2^23 to a smaller size, or half as much again to small numbers of both
   * signs, leaves no place for a fraction. Zeros keep the sign.
   */
  private String rint(int i, int operand) {
    String all = integers(own("b", i), raw(number(operand)));
    if (magnitudes.small(operand)) {
      String whole =
          raw(shifted(i, number(operand)) + ".sub(" + before("shifter", "12582912f") + ")");
      return integers(own("n", i), whole + ".or(" + all + ".and(" + bits(SIGN) + "))");
    }
    String size = integers(own("s", i), all + ".and(" + bits(~SIGN) + ")");
    String big = before("big", "8388608f");
    String rounded = raw(size + ".reinterpretAsFloats().add(" + big + ").sub(" + big + ")");
    String signed = rounded + ".or(" + all + ".and(" + bits(SIGN) + "))";
    String small = integers(own("m", i), size + ".sub(" + bits(WHOLE) + ")" + SPREAD_SIGN);
    return integers(own("n", i), choose(small, signed, all));
  }

  /** One less than the nearest whole number where that is above. */
  private void floor(int i) {
    String nearest = numbers(own("w", i), rint(i, code(i).a()) + ".reinterpretAsFloats()");
    String above = raw(number(code(i).a()) + ".sub(" + nearest + ")") + SPREAD_SIGN;
    String less = above + ".and(" + bits(ONE) + ").reinterpretAsFloats()";
    String down = nearest + ".sub(" + less + ")";
    if (magnitudes.small(code(i).a())) {
      numbers(own("f", i), down);
      return;
    }
    String chosen = choose(own("m", i), raw(down), own("b", i));
    numbers(own("f", i), chosen + ".reinterpretAsFloats()");
  }

  private void compare(int i, OpCode op) {
    if (truth == Truth.MASKS) {
      compareTo(i, OPERATORS.get(op));
    } else if (op == OpCode.GREATER) {
      above(i);
    } else if (op == OpCode.GREATER_EQUAL) {
      atLeast(i);
    } else {
      equal(i);
    }
  }

  /**
   * For d = a - b with a or b finite: the bits of d less 1, as an unsigned number, are below those
   * of infinity exactly where d > 0.
   */
  private void above(int i) {
    Instruction in = code(i);
    if (isFinite(in.a()) || isFinite(in.b())) {
      String d = difference(i, number(in.a()), number(in.b()), "");
      inverted.put(i, true);
      String beyond = bits(INFINITY) + ".sub(" + d + ")";
      integers(own("c", i), d + ".sub(" + bits(1) + ").or(" + beyond + ")" + SPREAD_SIGN);
    } else {
      compareAnyway(i);
    }
  }

  /**
   * For d = a - b with a or b finite and no d of -0: the bits of d, as an unsigned number, are at
   * most those of infinity exactly where d >= 0.
   */
  private void atLeast(int i) {
    Instruction in = code(i);
    if (!isFinite(in.a()) && !isFinite(in.b())) {
      compareAnyway(i);
      return;
    }
    boolean right = isFinite(in.b());
    int bound = right ? in.b() : in.a();
    String d;
    if (perNeuron(bound) && counting()) {
      String other = number(right ? in.a() : in.b());
      d = right ? sum(i, other, negated(bound)) : difference(i, plusZero(bound), other, "");
    } else if (perNeuron(bound)) {
      d = difference(i, number(in.a()), number(in.b()), ".add(" + before("zero", "0f") + ")");
    } else {
      String value =
          code(bound).op() == OpCode.LITERAL ? literal(code(bound).literal()) : constant(bound);
      // -0 - +0 is -0; with this zero no difference of zeros is.
      String zero = right ? "-0.0f" : "0.0f";
      String same = before((right ? "u" : "v") + bound, value + " == 0f ? " + zero + " : " + value);
      d = right ? difference(i, number(in.a()), same, "") : difference(i, same, number(in.b()), "");
    }
    inverted.put(i, true);
    integers(own("c", i), d + ".or(" + bits(INFINITY) + ".sub(" + d + "))" + SPREAD_SIGN);
  }

  /** 0 - b, whose zeros are +0: a sum with it is -0 for no a, and else what a - b is. */
  private String negated(int bound) {
    return around(own("w", bound), before("zero", "0f") + ".sub(" + number(bound) + ")");
  }

  /** A bound whose zeros are +0, so that it less another number is never -0. */
  private String plusZero(int bound) {
    return around(own("v", bound), number(bound) + ".add(" + before("zero", "0f") + ")");
  }

  private String around(String name, String call) {
    around.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  private void equal(int i) {
    Instruction in = code(i);
    if (isFinite(in.a()) || isFinite(in.b())) {
      String d = distance(i);
      String size = d + ".and(" + bits(~SIGN) + ")";
      integers(own("c", i), size + ".sub(" + bits(1) + ")" + SPREAD_SIGN);
    } else {
      compareAnyway(i);
    }
  }

  /** The bits of a - b; of a alone if b is a literal 0, and of b if a is. */
  private String distance(int i) {
    Instruction in = code(i);
    if (isZero(in.a())) {
      return integers(own("d", i), raw(number(in.b())));
    }
    return isZero(in.b())
        ? integers(own("d", i), raw(number(in.a())))
        : difference(i, number(in.a()), number(in.b()), "");
  }

  private String difference(int i, String a, String b, String then) {
    return integers(own("d", i), raw(a + ".sub(" + b + ")" + then));
  }

  private String sum(int i, String a, String b) {
    return integers(own("d", i), raw(a + ".add(" + b + ")"));
  }

  /** Of two numbers that may both be infinite, whose difference would tell nothing. */
  private void compareAnyway(int i) {
    Instruction in = code(i);
    String mask = comparison(number(in.a()), OPERATORS.get(in.op()), number(in.b()));
    String one = raw("FloatVector.zero(FloatVector.SPECIES_PREFERRED).blend(1f, " + mask + ")");
    integers(own("c", i), bits(0) + ".sub(" + one + ".lanewise(VectorOperators.LSHR, 29))");
  }

  /** Not a and not b is not (a or b), so two inverted conditions need no inversion. */
  private void combine(int i, String same, String other) {
    Instruction in = code(i);
    String a = condition(in.a());
    String b = condition(in.b());
    boolean both = inverted(in.a()) && inverted(in.b());
    inverted.put(i, both);
    String left = inverted(in.a()) && !both ? a + ".not()" : a;
    String right = inverted(in.b()) && !both ? b + ".not()" : b;
    integers(own("c", i), left + "." + (both ? other : same) + "(" + right + ")");
  }
}
