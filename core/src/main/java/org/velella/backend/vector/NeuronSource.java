package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Writes the Java source of one {@link NeuronCode}: straight-line calls of {@link Lanes}. A long
 * step is cut into parts, each a method with a loop of its own, because the JIT stops inlining when
 * a method has grown too large, and a vector that crosses a call is boxed.
 */
final class NeuronSource {
  static final String CLASS_NAME = "GeneratedNeurons";

  private final NeuronVariant variant;
  private final List<Instruction> code;
  private final NeuronParts parts;
  private final StringBuilder source = new StringBuilder();

  /** Where a value that a later part reads lies in the scratch memory. */
  private final Map<Integer, Integer> slots = new HashMap<>();

  /** Whether the lanes of a condition are ones where it does not hold. */
  private final Map<Integer, Boolean> inverted = new HashMap<>();

  /** What the part being written has before its loop and in it. */
  private Map<String, String> before;

  private Map<String, String> inside;

  private NeuronSource(NeuronVariant variant) {
    this.variant = variant;
    code = variant.instructions();
    parts = NeuronParts.of(variant);
  }

  /** Source text and what it needs. */
  record Text(String source, int scratchValues, int parts) {}

  static Text write(NeuronVariant variant) {
    NeuronSource writer = new NeuronSource(variant);
    writer.write();
    return new Text(writer.source.toString(), writer.slots.size(), writer.parts.count());
  }

  private static final String PARAMETERS =
      "float[] x, int xAt, int row, int neuron, int memory, float[] out, int outAt, "
          + "long[] bits, int bitsAt, float[][] recorded, int recordedAt";

  private static final String ARGUMENTS =
      "x, xAt, row, neuron, memory, out, outAt, bits, bitsAt, recorded, recordedAt";

  private void write() {
    line("package org.velella.backend.vector;");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.IntVector;");
    line("public final class " + CLASS_NAME + " extends NeuronCode {");
    line("public void step(int n, " + PARAMETERS + ") {");
    if (parts.count() == 1) {
      line("part0(0, n, " + ARGUMENTS + ");");
    } else {
      line("for (int from = 0; from < n; from += " + NeuronCode.BLOCK + ") {");
      line("int end = Math.min(n, from + " + NeuronCode.BLOCK + ");");
      for (int part = 0; part < parts.count(); part++) {
        line("part" + part + "(from, end, " + ARGUMENTS + ");");
      }
      line("}");
    }
    line("}");
    for (int part = 0; part < parts.count(); part++) {
      writePart(part);
    }
    line("}");
  }

  private void line(String text) {
    source.append(text).append('\n');
  }

  private void writePart(int part) {
    before = new LinkedHashMap<>();
    inside = new LinkedHashMap<>();
    List<String> stores = new ArrayList<>();
    for (int i : parts.computedIn(part)) {
      compute(i);
    }
    for (int i : parts.leftBy(part)) {
      int slot = slots.computeIfAbsent(i, key -> slots.size());
      String at = "scratch, " + slot * NeuronCode.BLOCK + " + i - from);";
      stores.add(
          isTruth(i)
              ? "Lanes.storeBits(c" + i + ", " + at
              : "Lanes.store(" + number(i) + ", " + at);
    }
    for (int k = 0; k < variant.recorded().size(); k++) {
      if (parts.writtenIn(variant.recorded().get(k)) == part) {
        array("recorded" + k, "recorded[" + k + "]");
        String value = canonical(variant.recorded().get(k));
        stores.add("Lanes.store(" + value + ", recorded" + k + ", recordedAt + i);");
      }
    }
    if (parts.writtenIn(variant.output()) == part) {
      stores.add(output());
    }
    if (part == parts.count() - 1) {
      for (int m = 0; m < variant.memoryResults().size(); m++) {
        storeMemory(m, stores);
      }
    }
    writeLoop(part, stores);
  }

  private void writeLoop(int part, List<String> stores) {
    boolean bits = variant.form() == Form.BITS && parts.writtenIn(variant.output()) == part;
    line("private void part" + part + "(int from, int end, " + PARAMETERS + ") {");
    before.values().forEach(this::line);
    if (bits) {
      line("long word = 0;");
    }
    line("for (int i = from; i < end; i += " + Lanes.COUNT + ") {");
    inside.values().forEach(this::line);
    stores.forEach(this::line);
    if (bits) {
      line("if ((i & 63) == " + (Long.SIZE - Lanes.COUNT) + ") {");
      line("bits[bitsAt + (i >> 6)] = word;");
      line("word = 0;");
      line("}");
    }
    line("}");
    if (bits) {
      line("if ((end & 63) != 0) {");
      line("bits[bitsAt + (end >> 6)] = word;");
      line("}");
    }
    line("}");
  }

  private void storeMemory(int m, List<String> stores) {
    int result = variant.memoryResults().get(m);
    Instruction instruction = code.get(result);
    if (instruction.op() != OpCode.MEMORY || instruction.a() != m) {
      String value = number(result);
      array("memory" + m, "memories[" + m + "]");
      stores.add("Lanes.store(" + value + ", memory" + m + ", memory + i);");
    }
  }

  private String output() {
    int output = variant.output();
    if (variant.form() == Form.BITS) {
      String condition = condition(output);
      String bits = inverted(output) ? "spikesOfNot" : "spikes";
      return "word |= (Lanes." + bits + "(" + condition + ") & " + mask() + ") << (i & 63);";
    }
    return "Lanes.store(" + canonical(output) + ", out, outAt + i);";
  }

  /** All bits of one vector's lanes, as a long. */
  private static String mask() {
    return "0x" + Long.toHexString((1L << Lanes.COUNT) - 1) + "L";
  }

  private String canonical(int i) {
    String value = number(i);
    return isTruth(i) ? value : "Lanes.canonical(" + value + ")";
  }

  private void array(String name, String from) {
    before.putIfAbsent(name, "float[] " + name + " = " + from + ";");
  }

  private boolean isTruth(int i) {
    return NeuronParts.isTruth(code.get(i).op());
  }

  private boolean inverted(int i) {
    return inverted.getOrDefault(i, false);
  }

  /** The name of a value as a float vector, which is written now if this part lacks it. */
  private String number(int i) {
    Instruction instruction = code.get(i);
    String name = "f" + i;
    if (before.containsKey(name) || inside.containsKey(name)) {
      return name;
    }
    if (isTruth(i)) {
      String condition = condition(i);
      inside(name, inverted(i) ? "truthOfNot(" + condition + ")" : "truth(" + condition + ")");
      return name;
    }
    switch (instruction.op()) {
      case INPUT -> inside(name, "load(x, xAt + i)");
      case MEMORY -> {
        array("memory" + instruction.a(), "memories[" + instruction.a() + "]");
        inside(name, "load(memory" + instruction.a() + ", memory + i)");
      }
      case LITERAL -> before(name, "of(" + literal(instruction.literal()) + ")");
      case CONSTANT -> {
        if (variant.perNeuron().get(instruction.a())) {
          array("constant" + instruction.a(), "constants[" + instruction.a() + "]");
          inside(name, "load(constant" + instruction.a() + ", neuron + i)");
        } else {
          before(name, "of(" + constant(i) + ")");
        }
      }
      default -> inside(name, "load(scratch, " + slot(i) + ")");
    }
    return name;
  }

  private String slot(int i) {
    return slots.get(i) * NeuronCode.BLOCK + " + i - from";
  }

  private String constant(int i) {
    return "constants[" + code.get(i).a() + "][row]";
  }

  private static String literal(float value) {
    return "Float.intBitsToFloat(" + Float.floatToRawIntBits(value) + ")";
  }

  private void before(String name, String call) {
    before.putIfAbsent(name, "FloatVector " + name + " = Lanes." + call + ";");
  }

  private void inside(String name, String call) {
    inside.putIfAbsent(name, "FloatVector " + name + " = Lanes." + call + ";");
  }

  /** The name of a value as a condition; see {@link #inverted}. */
  private String condition(int i) {
    String name = "c" + i;
    if (!inside.containsKey(name)) {
      if (isTruth(i)) {
        insideCondition(name, "loadBits(scratch, " + slot(i) + ")");
      } else {
        insideCondition(name, "condition(" + number(i) + ")");
      }
    }
    return name;
  }

  private void insideCondition(String name, String call) {
    inside.putIfAbsent(name, "IntVector " + name + " = Lanes." + call + ";");
  }

  private void compute(int i) {
    Instruction in = code.get(i);
    switch (in.op()) {
      case GREATER -> compare(i, "notAbove", "aboveOfAny");
      case GREATER_EQUAL -> atLeast(i);
      case EQUAL -> {
        boolean finite = isFinite(in.a()) || isFinite(in.b());
        String call = finite ? "equal(" : "equalOfAny(";
        insideCondition("c" + i, call + number(in.a()) + ", " + number(in.b()) + ")");
      }
      case AND -> combine(i, "and", "or");
      case OR -> combine(i, "or", "and");
      case NOT -> {
        String condition = condition(in.a());
        inverted.put(i, !inverted(in.a()));
        inside.put("c" + i, "IntVector c" + i + " = " + condition + ";");
      }
      case SELECT -> {
        String condition = condition(in.a());
        String yes = number(inverted(in.a()) ? in.c() : in.b());
        String no = number(inverted(in.a()) ? in.b() : in.c());
        inside("f" + i, "select(" + condition + ", " + yes + ", " + no + ")");
      }
      case DIV -> divide(i);
      default -> inside("f" + i, call(in));
    }
  }

  private String call(Instruction in) {
    String name = in.op().name().toLowerCase(java.util.Locale.ROOT);
    StringBuilder call = new StringBuilder(name).append('(').append(number(in.a()));
    if (in.b() >= 0) {
      call.append(", ").append(number(in.b()));
    }
    if (in.c() >= 0) {
      call.append(", ").append(number(in.c()));
    }
    return call.append(')').toString();
  }

  private void divide(int i) {
    Instruction in = code.get(i);
    Instruction divisor = code.get(in.b());
    if (divisor.op() == OpCode.CONSTANT && variant.reciprocal().get(divisor.a())) {
      String reciprocal = "r" + in.b();
      before(reciprocal, "of(1f / " + constant(in.b()) + ")");
      inside("f" + i, "mul(" + number(in.a()) + ", " + reciprocal + ")");
    } else {
      inside("f" + i, call(in));
    }
  }

  private void compare(int i, String ofFinite, String ofAny) {
    Instruction in = code.get(i);
    boolean finite = isFinite(in.a()) || isFinite(in.b());
    inverted.put(i, finite);
    String call = finite ? ofFinite : ofAny;
    insideCondition("c" + i, call + "(" + number(in.a()) + ", " + number(in.b()) + ")");
  }

  private void atLeast(int i) {
    Instruction in = code.get(i);
    boolean right = isFinite(in.b());
    int bound = right ? in.b() : in.a();
    String zero = zeroOf(bound, right ? "negativeZero" : "positiveZero");
    if (zero == null) {
      compare(i, "notAtLeastOfAnyZero", "atLeastOfAny");
      return;
    }
    inverted.put(i, true);
    String a = right ? number(in.a()) : zero;
    String b = right ? zero : number(in.b());
    insideCondition("c" + i, "notAtLeast(" + a + ", " + b + ")");
  }

  /** A bound that is the same in all lanes, with the wanted zero; null if it is not such a one. */
  private String zeroOf(int bound, String wanted) {
    Instruction in = code.get(bound);
    String name = wanted + bound;
    if (in.op() == OpCode.LITERAL && isFinite(bound)) {
      before(name, "of(Lanes." + wanted + "(" + literal(in.literal()) + "))");
      return name;
    }
    if (in.op() == OpCode.CONSTANT && !variant.perNeuron().get(in.a())) {
      before(name, "of(Lanes." + wanted + "(" + constant(bound) + "))");
      return name;
    }
    return null;
  }

  /** Constants are finite: models refuse others. */
  private boolean isFinite(int i) {
    Instruction in = code.get(i);
    return in.op() == OpCode.CONSTANT || in.op() == OpCode.LITERAL && Float.isFinite(in.literal());
  }

  /** Not a and not b is not (a or b), so two inverted conditions need no inversion. */
  private void combine(int i, String same, String other) {
    Instruction in = code.get(i);
    String a = condition(in.a());
    String b = condition(in.b());
    boolean both = inverted(in.a()) && inverted(in.b());
    inverted.put(i, both);
    if (both) {
      insideCondition("c" + i, other + "(" + a + ", " + b + ")");
    } else {
      String left = inverted(in.a()) ? "Lanes.not(" + a + ")" : a;
      String right = inverted(in.b()) ? "Lanes.not(" + b + ")" : b;
      insideCondition("c" + i, same + "(" + left + ", " + right + ")");
    }
  }
}
