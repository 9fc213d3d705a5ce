package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/**
 * Writes the Java source of one {@link CountCode}: a few vectors at once go through all steps, so
 * that the steps of one fill the waiting of another.
 */
final class CountSource {
  /**
   * Vector operations in a loop, six times those of LIF neurons: the JIT of Java 25 refuses loops
   * of about two hundred.
   */
  private static final int BUDGET = 102;

  /**
   * Vectors that one step leaves to the next: memories, the count, the wait and whether a neuron is
   * silent. There are 32 registers of 512 bits, and what is read only may come from memory; with
   * the 16 of AVX2, six vectors of LIF are faster than four, too.
   */
  private static final int CARRIED = 24;

  private static final int CARRIED_BESIDES_MEMORIES = 3;

  private static final int MOST_VECTORS = 6;

  private final NeuronVariant variant;
  private final int lanes;
  private final NeuronParts parts;
  private final StringBuilder source = new StringBuilder();

  private CountSource(NeuronVariant variant, int lanes) {
    this.variant = variant;
    this.lanes = lanes;
    parts = NeuronParts.of(variant);
  }

  /** Whether a step is short enough for one loop, and leaves no more than registers hold. */
  static boolean fits(NeuronVariant variant) {
    return NeuronParts.of(variant).isOneLoop() && carried(variant) <= CARRIED;
  }

  private static int carried(NeuronVariant variant) {
    return variant.memoryResults().size() + CARRIED_BESIDES_MEMORIES;
  }

  /** The source for vectors of {@code lanes} float32 numbers. */
  static NeuronSource.Text write(NeuronVariant variant, int lanes) {
    CountSource writer = new CountSource(variant, lanes);
    int vectors = writer.mostVectors();
    List<String> body = writer.body(vectors);
    while (vectors > 1 && Ballast.calls(body) > Ballast.MOST_CALLS) {
      vectors--;
      body = writer.body(vectors);
    }
    writer.write(body);
    return new NeuronSource.Text(writer.source.toString(), 0, vectors);
  }

  /** How many vectors a loop and the registers have room for. */
  private int mostVectors() {
    int most = Math.min(BUDGET / Math.max(1, parts.cost()), CARRIED / carried(variant));
    return Math.max(1, Math.min(MOST_VECTORS, most));
  }

  private List<String> body(int vectors) {
    Map<String, String> before = new LinkedHashMap<>();
    List<String> around = new ArrayList<>();
    List<String> inside = new ArrayList<>();
    List<String> after = new ArrayList<>();
    Map<Integer, Boolean> inverted = new HashMap<>();
    for (int v = 0; v < vectors; v++) {
      PartWriter writer = new PartWriter(variant, Map.of(), inverted, before, v, lanes);
      parts.computedIn(0).forEach(writer::compute);
      String condition = writer.condition(variant.output());
      List<String> updates = new ArrayList<>();
      count(v, condition, writer.inverted(variant.output()), around, updates, after);
      carry(v, writer, updates, after);
      writer.around().forEach(around::add);
      writer.inside().forEach(inside::add);
      inside.addAll(updates);
    }
    List<String> body = new ArrayList<>(before.values());
    body.add("IntVector none = IntVector.zero(IntVector.SPECIES_PREFERRED);");
    body.add("IntVector every = IntVector.broadcast(IntVector.SPECIES_PREFERRED, -1);");
    body.add("IntVector all = IntVector.broadcast(IntVector.SPECIES_PREFERRED, steps);");
    body.add("for (int i = 0; i < n; i += " + vectors * lanes + ") {");
    body.addAll(around);
    body.add("int xAt = xFirst;");
    for (int k = 1; k < variant.inputs(); k++) {
      body.add("int x" + k + "At = othersAt[" + (k - 1) + "];");
    }
    body.add("for (int t = 0; t < steps; t++) {");
    body.addAll(inside);
    body.add("xAt += xStride;");
    for (int k = 1; k < variant.inputs(); k++) {
      body.add("x" + k + "At += othersStride[" + (k - 1) + "];");
    }
    body.add("}");
    body.addAll(after);
    body.add("}");
    return Ballast.in(body, Truth.of(lanes));
  }

  private void write(List<String> body) {
    line("package org.velella.backend.vector;");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.IntVector;");
    line("import jdk.incubator.vector.VectorMask;");
    line("import jdk.incubator.vector.VectorOperators;");
    line("public final class " + NeuronSource.CLASS_NAME + " extends CountCode {");
    line("public void count(int n, int steps, float[] x, int xFirst, int xStride, int row,");
    line("int memory, int[] counts, int[] waits) {");
    line("int neuron = memory;");
    body.forEach(this::line);
    line("}");
    line("}");
  }

  private void line(String text) {
    source.append(text).append('\n');
  }

  /** Lanes of a condition are -1, so that subtracting it counts; inverted, it counts silence. */
  private void count(
      int v,
      String condition,
      boolean silence,
      List<String> around,
      List<String> updates,
      List<String> after) {
    around.add("IntVector count" + v + " = none;");
    around.add("IntVector wait" + v + " = none;");
    around.add("IntVector silent" + v + " = every;");
    updates.add("count%d = count%d.sub(%s);".formatted(v, v, condition));
    String quiet = silence ? condition : condition + ".not()";
    updates.add("silent%d = silent%d.and(%s);".formatted(v, v, quiet));
    updates.add("wait%d = wait%d.sub(silent%d);".formatted(v, v, v));
    String counted = silence ? "all.sub(count" + v + ")" : "count" + v;
    int offset = v * lanes;
    after.add("%s.intoArray(counts, memory + i + %d);".formatted(counted, offset));
    after.add("wait%d.intoArray(waits, memory + i + %d);".formatted(v, offset));
  }

  /** All memories change at once, whatever one becomes of another. */
  private void carry(int v, PartWriter writer, List<String> updates, List<String> after) {
    List<String> changes = new ArrayList<>();
    for (int m = 0; m < variant.memoryResults().size(); m++) {
      int result = variant.memoryResults().get(m);
      Instruction instruction = variant.instructions().get(result);
      if (instruction.op() != OpCode.MEMORY || instruction.a() != m) {
        String memory = writer.carried(m);
        String next = "next" + m + "v" + v;
        updates.add("FloatVector " + next + " = " + writer.number(result) + ";");
        changes.add(memory + " = " + next + ";");
        String array = writer.array("memory" + m, "memories[" + m + "]");
        after.add(writer.store(memory, array, "memory"));
      }
    }
    updates.addAll(changes);
  }
}
