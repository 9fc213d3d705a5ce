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
 * Writes the Java source of one {@link StepCode}. A long step is cut into parts, each a method with
 * a loop of its own over a block of neurons, because the JIT gives up on long loops.
 */
final class NeuronSource {
  static final String CLASS_NAME = "GeneratedNeurons";

  private static final String PARAMETERS =
      "float[] x, int xAt, int row, int neuron, int memory, float[] out, int outAt, "
          + "long[] bits, int bitsAt, float[][] recorded, int recordedAt";

  private static final String ARGUMENTS =
      "x, xAt, row, neuron, memory, out, outAt, bits, bitsAt, recorded, recordedAt";

  private final NeuronVariant variant;
  private final int lanes;
  private final NeuronParts parts;
  private final StringBuilder source = new StringBuilder();

  /** Where a value that a later part reads lies in the scratch memory. */
  private final Map<Integer, Integer> slots = new HashMap<>();

  private final Map<Integer, Boolean> inverted = new HashMap<>();

  private NeuronSource(NeuronVariant variant, int lanes) {
    this.variant = variant;
    this.lanes = lanes;
    parts = NeuronParts.of(variant);
  }

  /**
   * Source text, and what its class needs.
   *
   * @param scratchValues blocks of scratch memory
   * @param vectors that code which counts takes at once
   */
  record Text(String source, int scratchValues, int vectors) {}

  /** The source for vectors of {@code lanes} float32 numbers. */
  static Text write(NeuronVariant variant, int lanes) {
    NeuronSource writer = new NeuronSource(variant, lanes);
    writer.write();
    return new Text(writer.source.toString(), writer.slots.size(), 1);
  }

  private void write() {
    line("package org.velella.backend.vector;");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.IntVector;");
    line("import jdk.incubator.vector.LongVector;");
    line("import jdk.incubator.vector.VectorMask;");
    line("import jdk.incubator.vector.VectorOperators;");
    line("public final class " + CLASS_NAME + " extends StepCode {");
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
    boolean writes = parts.writtenIn(variant.output()) == part;
    boolean bits = writes && variant.form() == Form.BITS;
    int vectors = bits ? parts.vectorsAtOnce(part, lanes) : 1;
    List<String> body = body(part, vectors, writes);
    while (vectors > 1 && Ballast.calls(body) > Ballast.MOST_CALLS) {
      vectors /= 2;
      body = body(part, vectors, writes);
    }
    line("private void part" + part + "(int from, int end, " + PARAMETERS + ") {");
    body.forEach(this::line);
    line("}");
  }

  /**
   * What the method of a part does.
   *
   * @param writes whether it writes the output
   */
  private List<String> body(int part, int vectors, boolean writes) {
    boolean bits = writes && variant.form() == Form.BITS;
    Map<String, String> before = new LinkedHashMap<>();
    List<String> inside = new ArrayList<>();
    List<String> stores = new ArrayList<>();
    List<String> spikes = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      PartWriter writer = new PartWriter(variant, slots, inverted, before, v, lanes);
      parts.computedIn(part).forEach(writer::compute);
      store(part, writer, stores);
      if (bits) {
        spikes.add(writer.spikes(variant.output()));
      } else if (writes) {
        stores.add(writer.store(writer.canonical(variant.output()), "out", "outAt"));
      }
      storeMemories(part, writer, stores);
      writer.inside().forEach(inside::add);
    }
    List<String> body = new ArrayList<>(before.values());
    if (bits) {
      String all = "LongVector.broadcast(LongVector.SPECIES_PREFERRED, 0xffffffffL)";
      boolean words = vectors * lanes == Long.SIZE;
      body.add(words ? "LongVector lowHalves = " + all + ";" : "long word = 0;");
    }
    body.add("for (int i = from; i < end; i += " + vectors * lanes + ") {");
    body.addAll(inside);
    body.addAll(stores);
    if (bits) {
      body.addAll(collect(spikes, lanes));
    }
    body.add("}");
    return Ballast.in(body, Truth.of(lanes));
  }

  private void store(int part, PartWriter writer, List<String> stores) {
    for (int i : parts.leftBy(part)) {
      slots.putIfAbsent(i, slots.size());
      stores.add(writer.leave(i));
    }
    for (int k = 0; k < variant.recorded().size(); k++) {
      if (parts.writtenIn(variant.recorded().get(k)) == part) {
        String value = writer.canonical(variant.recorded().get(k));
        String array = writer.array("recorded" + k, "recorded[" + k + "]");
        stores.add(writer.store(value, array, "recordedAt"));
      }
    }
  }

  private void storeMemories(int part, PartWriter writer, List<String> stores) {
    for (int m = 0; m < variant.memoryResults().size(); m++) {
      int result = variant.memoryResults().get(m);
      Instruction instruction = variant.instructions().get(result);
      boolean same = instruction.op() == OpCode.MEMORY && instruction.a() == m;
      if (!same && parts.storedIn(m) == part) {
        String value = writer.number(result);
        String array = writer.array("memory" + m, "memories[" + m + "]");
        stores.add(writer.store(value, array, "memory"));
      }
    }
  }

  /**
   * Joins the lanes of all vectors of a loop in one reduction, which takes nearly as long as a
   * vector of LIF neurons. Those of 64 neurons are a word, whose lower half is gathered in the
   * lower halves of 64-bit lanes.
   */
  private static List<String> collect(List<String> spikes, int lanes) {
    int count = spikes.size() * lanes;
    if (count == Long.SIZE) {
      int half = spikes.size() / 2;
      return List.of(
          "LongVector low = " + anyOf(spikes.subList(0, half)) + ".reinterpretAsLongs();",
          "LongVector high = " + anyOf(spikes.subList(half, 2 * half)) + ".reinterpretAsLongs();",
          "low = low.or(low.lanewise(VectorOperators.LSHR, 32));",
          "high = high.or(high.lanewise(VectorOperators.LSHL, 32));",
          "low = low.and(lowHalves).or(high.and(lowHalves.not()));",
          "bits[bitsAt + (i >> 6)] = low.reduceLanes(VectorOperators.OR);");
    }
    String lowest = "0x" + Long.toHexString((1L << count) - 1) + "L";
    String joined = anyOf(spikes) + ".reduceLanes(VectorOperators.OR)";
    return List.of(
        "word |= (" + joined + " & " + lowest + ") << (i & 63);",
        "if ((i & 63) == " + (Long.SIZE - count) + ") {",
        "bits[bitsAt + (i >> 6)] = word;",
        "word = 0;",
        "}");
  }

  private static String anyOf(List<String> spikes) {
    return String.join(".or(", spikes) + ")".repeat(spikes.size() - 1);
  }
}
