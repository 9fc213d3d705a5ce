package org.velella.backend.vector;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * The names under which one part of a kernel knows its values, and the statements that load or make
 * them: once before the loop, or for each vector.
 *
 * <p>A value has up to three names: f7 is value 7 as numbers, c7 as a condition, whose lanes are
 * all ones or all zeros, and t7 as a mask, where {@link Truth} has masks.
 */
abstract class PartValues {
  static final int SIGN = 0x80000000;
  static final int INFINITY = 0x7f800000;
  static final int NAN = 0x7fc00000;
  static final int ONE = 0x3f800000;

  /** 2^23: from here on every float32 is whole. */
  static final int WHOLE = 0x4b000000;

  /** All ones where an integer is negative, else zeros. */
  static final String SPREAD_SIGN = ".lanewise(VectorOperators.ASHR, 31)";

  final NeuronVariant variant;
  private final Map<Integer, Integer> slots;
  final Map<Integer, Boolean> inverted;
  private final Map<String, String> before;
  private final Map<String, String> inside = new LinkedHashMap<>();
  final Map<String, String> around = new LinkedHashMap<>();
  private final int offset;
  final Truth truth;

  /**
   * The values of one part.
   *
   * @param slots where a value of an earlier part lies in the scratch memory
   * @param inverted whether the lanes of a condition are ones where it does not hold; shared by all
   *     parts
   * @param before the part's statements before the loop by name, to be added to
   * @param place which of the vectors from {@code i} on it is
   * @param lanes of a vector
   */
  PartValues(
      NeuronVariant variant,
      Map<Integer, Integer> slots,
      Map<Integer, Boolean> inverted,
      Map<String, String> before,
      int place,
      int lanes) {
    this.variant = variant;
    this.slots = slots;
    this.inverted = inverted;
    this.before = before;
    offset = place * lanes;
    truth = Truth.of(lanes);
  }

  /** Statements for each vector. */
  Iterable<String> inside() {
    return inside.values();
  }

  /** Statements for each vector that come before its steps, if a kernel takes many at once. */
  Iterable<String> around() {
    return around.values();
  }

  /** Whether a vector goes through many steps, with what it holds in registers. */
  boolean counting() {
    return variant.form() == Form.COUNTS;
  }

  Instruction code(int i) {
    return variant.instructions().get(i);
  }

  boolean isTruth(int i) {
    return NeuronParts.isTruth(code(i).op());
  }

  boolean inverted(int i) {
    return inverted.getOrDefault(i, false);
  }

  /** A name of this vector; several vectors of a loop have names apart. */
  String own(String prefix, int i) {
    return prefix + i + (offset == 0 ? "" : "o" + offset);
  }

  /** Where this vector begins in an array. */
  String at(String start) {
    return start + " + i" + (offset == 0 ? "" : " + " + offset);
  }

  /** Makes an array known by a name of its own. */
  String array(String name, String from) {
    before.putIfAbsent(name, "float[] " + name + " = " + from + ";");
    return name;
  }

  String before(String name, String value) {
    String call = "FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, " + value + ")";
    before.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  /** The same integer in all lanes. */
  String bits(int value) {
    String name = "k" + Integer.toHexString(value);
    String call = "IntVector.broadcast(IntVector.SPECIES_PREFERRED, " + value + ")";
    before.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  /** The bit of each lane among vectors of 32 neurons. */
  String laneBits() {
    String name = "laneBits" + offset % Integer.SIZE;
    String call =
        "IntVector.fromArray(IntVector.SPECIES_PREFERRED, LANE_BITS, "
            + offset % Integer.SIZE
            + ")";
    before.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  /** The same bits in a vector of numbers, which masks choose from. */
  String laneNumbers() {
    String bits = laneBits();
    String name = "laneNumbers" + offset % Integer.SIZE;
    before.putIfAbsent(name, "FloatVector " + name + " = " + bits + ".reinterpretAsFloats();");
    return name;
  }

  String numbers(String name, String call) {
    inside.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  String integers(String name, String call) {
    inside.putIfAbsent(name, "IntVector " + name + " = " + call + ";");
    return name;
  }

  static String load(String array, String at) {
    return "FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, " + array + ", " + at + ")";
  }

  static String raw(String numbers) {
    return numbers + ".reinterpretAsInts()";
  }

  static String choose(String condition, String yes, String no) {
    return "%s.and(%s).or(%s.and(%s.not()))".formatted(yes, condition, no, condition);
  }

  /** Numbers chosen by a mask. */
  static String blend(String mask, String yes, String no) {
    return "((FloatVector) %s.blend(%s, %s))".formatted(no, yes, mask);
  }

  /** As {@link #choose}; what is a literal +0 has no bits that need choosing. */
  String select(String condition, int yes, int no) {
    if (isZero(no)) {
      return raw(number(yes)) + ".and(" + condition + ")";
    }
    if (isZero(yes)) {
      return raw(number(no)) + ".and(" + condition + ".not())";
    }
    return choose(condition, raw(number(yes)), raw(number(no)));
  }

  boolean isZero(int i) {
    return isZero(code(i));
  }

  static boolean isZero(Instruction in) {
    return in.op() == OpCode.LITERAL && Float.floatToRawIntBits(in.literal()) == 0;
  }

  String slot(int i) {
    return at(slots.get(i) * NeuronCode.BLOCK + " - from");
  }

  /** The value of a constant that is the same in all lanes, as a Java expression. */
  String constant(int i) {
    return "constants[" + code(i).a() + "][row]";
  }

  static String literal(float value) {
    return "Float.intBitsToFloat(" + Float.floatToRawIntBits(value) + ")";
  }

  boolean perNeuron(int i) {
    return code(i).op() == OpCode.CONSTANT && variant.perNeuron().get(code(i).a());
  }

  /** Constants are finite: models refuse others. */
  boolean isFinite(int i) {
    Instruction in = code(i);
    return in.op() == OpCode.CONSTANT || in.op() == OpCode.LITERAL && Float.isFinite(in.literal());
  }

  /** The name of a value as numbers; it is loaded or made now if this part lacks it. */
  String number(int i) {
    if (before.containsKey("f" + i)) {
      return "f" + i;
    }
    String name = own("f", i);
    if (inside.containsKey(name) || around.containsKey(name)) {
      return name;
    }
    if (isMask(i)) {
      return numbers(name, blend(mask(i), before("one", "1f"), before("zero", "0f")));
    }
    if (isTruth(i)) {
      String condition = condition(i) + (inverted(i) ? ".not()" : "");
      return numbers(name, condition + ".and(" + bits(ONE) + ").reinterpretAsFloats()");
    }
    int a = code(i).a();
    return switch (code(i).op()) {
      case INPUT -> numbers(name, a == 0 ? load("x", at("xAt")) : other(a));
      case MEMORY -> counting() ? carried(a) : numbers(name, memory(a));
      case LITERAL -> before("f" + i, literal(code(i).literal()));
      case CONSTANT -> perNeuron(i) ? constantOfNeurons(name, a) : before("f" + i, constant(i));
      default -> numbers(name, load("scratch", slot(i)));
    };
  }

  /** An input behind the first. */
  private String other(int number) {
    String array = array("x" + number, "others[" + (number - 1) + "]");
    String start = "x" + number + "At";
    if (!counting()) {
      before.putIfAbsent(start, "int " + start + " = othersAt[" + (number - 1) + "];");
    }
    return load(array, at(start));
  }

  String memory(int m) {
    return load(array("memory" + m, "memories[" + m + "]"), at("memory"));
  }

  /** The variable that takes a memory from step to step. */
  String carried(int m) {
    String name = own("m", m);
    around.putIfAbsent(name, "FloatVector " + name + " = " + memory(m) + ";");
    return name;
  }

  String constantOfNeurons(String name, int k) {
    String call = load(array("constant" + k, "constants[" + k + "]"), at("neuron"));
    if (!counting()) {
      return numbers(name, call);
    }
    around.putIfAbsent(name, "FloatVector " + name + " = " + call + ";");
    return name;
  }

  /** Whether this part knows a value as a mask. */
  boolean isMask(int i) {
    return inside.containsKey(mask(i));
  }

  /** The name of a value as a mask. */
  String mask(int i) {
    return own("t", i);
  }

  /**
   * Makes a mask of a comparison; as a condition it is then inverted, as kernels that count want.
   */
  void compareTo(int i, String comparison) {
    Instruction in = code(i);
    inverted.put(i, true);
    String call = comparison(number(in.a()), comparison, number(in.b()));
    inside.putIfAbsent(mask(i), "VectorMask " + mask(i) + " = " + call + ";");
  }

  static String comparison(String a, String comparison, String b) {
    return "%s.compare(VectorOperators.%s, %s)".formatted(a, comparison, b);
  }

  /** The name of a value as a condition; see {@link #inverted}. */
  String condition(int i) {
    String name = own("c", i);
    if (inside.containsKey(name)) {
      return name;
    }
    if (isMask(i)) {
      String ones = before("ones", "Float.intBitsToFloat(-1)");
      return integers(name, raw(blend(mask(i), before("zero", "0f"), ones)));
    }
    if (isTruth(i)) {
      return integers(name, raw(load("scratch", slot(i))));
    }
    // The bits of 1 shifted by 29 are 1.
    String one = raw(number(i)) + ".lanewise(VectorOperators.LSHR, 29)";
    return integers(name, bits(0) + ".sub(" + one + ")");
  }
}
