package org.velella.backend.vector;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Writes the statements of one part of a kernel: what is done once before the loop, and what is
 * done for each vector. Each statement is calls of the Vector API alone, never of helpers of our
 * own: the JIT inlines those of the JDK whatever the size of the method, and a vector that crosses
 * a call is boxed.
 *
 * <p>A value has up to two names: f7 is value 7 as numbers, c7 as a condition, whose lanes are all
 * ones or all zeros. Masks of the Vector API are left alone where integers do, because Java 17 is
 * slow with them. Every statement gives the bits of the scalar definition.
 */
final class PartWriter {
  private static final int SIGN = 0x80000000;
  private static final int INFINITY = 0x7f800000;
  private static final int NAN = 0x7fc00000;
  private static final int ONE = 0x3f800000;

  /** 2^23: from here on every float32 is whole. */
  private static final int WHOLE = 0x4b000000;

  /** All ones where an integer is negative, else zeros. */
  private static final String SPREAD_SIGN = ".lanewise(VectorOperators.ASHR, 31)";

  private final NeuronVariant variant;
  private final Map<Integer, Integer> slots;
  private final Map<Integer, Boolean> inverted;
  private final Map<String, String> before;
  private final Map<String, String> inside = new LinkedHashMap<>();
  private final int offset;

  /**
   * A writer of one part.
   *
   * @param slots where a value of an earlier part lies in the scratch memory
   * @param inverted whether the lanes of a condition are ones where it does not hold; shared by all
   *     parts
   * @param before the part's statements before the loop by name, to be added to
   * @param offset how many neurons behind {@code i} the vector begins
   */
  PartWriter(
      NeuronVariant variant,
      Map<Integer, Integer> slots,
      Map<Integer, Boolean> inverted,
      Map<String, String> before,
      int offset) {
    this.variant = variant;
    this.slots = slots;
    this.inverted = inverted;
    this.before = before;
    this.offset = offset;
  }

  /** Statements for each vector. */
  Iterable<String> inside() {
    return inside.values();
  }

  private Instruction code(int i) {
    return variant.instructions().get(i);
  }

  private boolean isTruth(int i) {
    return NeuronParts.isTruth(code(i).op());
  }

  boolean inverted(int i) {
    return inverted.getOrDefault(i, false);
  }

  /** A name of this vector; several vectors of a loop have names apart. */
  private String own(String prefix, int i) {
    return prefix + i + (offset == 0 ? "" : "o" + offset);
  }

  /** Where this vector begins in an array. */
  private String at(String start) {
    return start + " + i" + (offset == 0 ? "" : " + " + offset);
  }

  /** Makes an array known by a name of its own. */
  String array(String name, String from) {
    before.putIfAbsent(name, "float[] " + name + " = " + from + ";");
    return name;
  }

  private String before(String name, String value) {
    String call = "FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, " + value + ")";
    before.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  /** The same integer in all lanes. */
  private String bits(int value) {
    String name = "k" + Integer.toHexString(value);
    String call = "IntVector.broadcast(IntVector.SPECIES_PREFERRED, " + value + ")";
    before.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  /** The bit of each lane among the vectors of one loop. */
  private String laneBits() {
    String name = "laneBits" + offset;
    String call = "IntVector.fromArray(IntVector.SPECIES_PREFERRED, LANE_BITS, " + offset + ")";
    before.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  private String numbers(String name, String call) {
    inside.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  private String integers(String name, String call) {
    inside.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  private static String load(String array, String at) {
    return "FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, " + array + ", " + at + ")";
  }

  private static String raw(String numbers) {
    return numbers + ".reinterpretAsInts()";
  }

  private static String choose(String condition, String yes, String no) {
    return "%s.and(%s).or(%s.and(%s.not()))".formatted(yes, condition, no, condition);
  }

  private String slot(int i) {
    return at(slots.get(i) * NeuronCode.BLOCK + " - from");
  }

  /** The value of a constant that is the same in all lanes, as a Java expression. */
  private String constant(int i) {
    return "constants[" + code(i).a() + "][row]";
  }

  private static String literal(float value) {
    return "Float.intBitsToFloat(" + Float.floatToRawIntBits(value) + ")";
  }

  private boolean perNeuron(int i) {
    return code(i).op() == OpCode.CONSTANT && variant.perNeuron().get(code(i).a());
  }

  /** Constants are finite: models refuse others. */
  private boolean isFinite(int i) {
    Instruction in = code(i);
    return in.op() == OpCode.CONSTANT || in.op() == OpCode.LITERAL && Float.isFinite(in.literal());
  }

  /** The name of a value as numbers; it is loaded or made now if this part lacks it. */
  String number(int i) {
    if (before.containsKey("f" + i)) {
      return "f" + i;
    }
    String name = own("f", i);
    if (inside.containsKey(name)) {
      return name;
    }
    if (isTruth(i)) {
      String condition = condition(i) + (inverted(i) ? ".not()" : "");
      return numbers(name, condition + ".and(" + bits(ONE) + ").reinterpretAsFloats()");
    }
    int a = code(i).a();
    return switch (code(i).op()) {
      case INPUT -> numbers(name, load("x", at("xAt")));
      case MEMORY -> numbers(name, load(array("memory" + a, "memories[" + a + "]"), at("memory")));
      case LITERAL -> before("f" + i, literal(code(i).literal()));
      case CONSTANT ->
          perNeuron(i)
              ? numbers(name, load(array("constant" + a, "constants[" + a + "]"), at("neuron")))
              : before("f" + i, constant(i));
      default -> numbers(name, load("scratch", slot(i)));
    };
  }

  /** The name of a value as a condition; see {@link #inverted}. */
  String condition(int i) {
    String name = own("c", i);
    if (inside.containsKey(name)) {
      return name;
    }
    if (isTruth(i)) {
      return integers(name, raw(load("scratch", slot(i))));
    }
    // The bits of 1 shifted by 29 are 1.
    String one = raw(number(i)) + ".lanewise(VectorOperators.LSHR, 29)";
    return integers(name, bits(0) + ".sub(" + one + ")");
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
    String all = integers(own("a", i), raw(name));
    String size = all + ".and(" + bits(~SIGN) + ")";
    String nan = integers(own("n", i), bits(INFINITY) + ".sub(" + size + ")" + SPREAD_SIGN);
    return choose(nan, bits(NAN), all) + ".reinterpretAsFloats()";
  }

  /** An integer vector in which the lanes of spiking neurons hold their bit. */
  String spikes(int i) {
    String condition = condition(i) + (inverted(i) ? ".not()" : "");
    return condition + ".and(" + laneBits() + ")";
  }

  /** Writes one instruction. */
  void compute(int i) {
    Instruction in = code(i);
    switch (in.op()) {
      case GREATER -> above(i);
      case GREATER_EQUAL -> atLeast(i);
      case EQUAL -> equal(i);
      case AND -> combine(i, "and", "or");
      case OR -> combine(i, "or", "and");
      case NOT -> {
        inverted.put(i, !inverted(in.a()));
        integers(own("c", i), condition(in.a()));
      }
      case SELECT -> {
        String condition = condition(in.a());
        String yes = raw(number(inverted(in.a()) ? in.c() : in.b()));
        String no = raw(number(inverted(in.a()) ? in.b() : in.c()));
        numbers(own("f", i), choose(condition, yes, no) + ".reinterpretAsFloats()");
      }
      case DIV -> divide(i);
      case FLOOR -> floor(i);
      case RINT -> numbers(own("f", i), rint(i, in.a()) + ".reinterpretAsFloats()");
      case POW2 -> {
        // 1.5 * 2^23 + a holds a whole a in its lowest bits; the shift drops the rest.
        String biased = number(in.a()) + ".add(" + before("shifter", "12582912f") + ")";
        String shifted = ".add(" + bits(127) + ").lanewise(VectorOperators.LSHL, 23)";
        numbers(own("f", i), raw(biased) + shifted + ".reinterpretAsFloats()");
      }
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
      default -> numbers(own("f", i), call(in));
    }
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

  /** Half to even, as integers: adding 2^23 to a smaller size leaves no place for a fraction. */
  private String rint(int i, int operand) {
    String all = integers(own("b", i), raw(number(operand)));
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
    String down = raw(nearest + ".sub(" + less + ")");
    numbers(own("f", i), choose(own("m", i), down, "b" + i) + ".reinterpretAsFloats()");
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
      compare(i, "GT");
    }
  }

  /**
   * For d = a - b with a or b finite and no d of -0: the bits of d, as an unsigned number, are at
   * most those of infinity exactly where d >= 0.
   */
  private void atLeast(int i) {
    Instruction in = code(i);
    if (!isFinite(in.a()) && !isFinite(in.b())) {
      compare(i, "GE");
      return;
    }
    boolean right = isFinite(in.b());
    int bound = right ? in.b() : in.a();
    String d;
    if (perNeuron(bound)) {
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

  private void equal(int i) {
    Instruction in = code(i);
    if (isFinite(in.a()) || isFinite(in.b())) {
      String d = difference(i, number(in.a()), number(in.b()), "");
      String size = d + ".and(" + bits(~SIGN) + ")";
      integers(own("c", i), size + ".sub(" + bits(1) + ")" + SPREAD_SIGN);
    } else {
      compare(i, "EQ");
    }
  }

  private String difference(int i, String a, String b, String then) {
    return integers(own("d", i), raw(a + ".sub(" + b + ")" + then));
  }

  /** Of two numbers that may both be infinite, whose difference would tell nothing. */
  private void compare(int i, String comparison) {
    Instruction in = code(i);
    String mask =
        "%s.compare(VectorOperators.%s, %s)".formatted(number(in.a()), comparison, number(in.b()));
    String truth = raw("FloatVector.zero(FloatVector.SPECIES_PREFERRED).blend(1f, " + mask + ")");
    integers(own("c", i), bits(0) + ".sub(" + truth + ".lanewise(VectorOperators.LSHR, 29))");
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
