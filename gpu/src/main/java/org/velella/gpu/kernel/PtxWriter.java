package org.velella.gpu.kernel;

import java.util.Locale;

/**
 * Writes the PTX text of one kernel: numbers its registers, labels and parameters, and keeps the
 * head and the declarations that go before the code. It knows no instruction; the callers do.
 */
final class PtxWriter {
  /** The entry point of every text. */
  static final String ENTRY = "velella";

  private static final String[] KINDS = {"p", "r", "d", "f"};
  private static final String[] TYPES = {".pred", ".b32", ".b64", ".f32"};

  private final StringBuilder parameters = new StringBuilder();
  private final StringBuilder shared = new StringBuilder();
  private final StringBuilder code = new StringBuilder();
  private final int[] registers = new int[KINDS.length];
  private final int mostThreads;
  private final int leastBlocks;
  private int parameterCount;
  private int labels;

  /**
   * A kernel.
   *
   * @param mostThreads of a block, which bounds the registers that the assembler may take
   */
  PtxWriter(int mostThreads) {
    this(mostThreads, 1);
  }

  /**
   * A kernel that is slow where few threads run at once.
   *
   * @param leastBlocks that a multiprocessor is to hold at once
   */
  PtxWriter(int mostThreads, int leastBlocks) {
    this.mostThreads = mostThreads;
    this.leastBlocks = leastBlocks;
  }

  /** Bits 0x7fc00000 and the like, as PTX writes float32 literals. */
  static String literal(float value) {
    return String.format(Locale.ROOT, "0f%08X", Float.floatToRawIntBits(value));
  }

  private String register(int kind) {
    return "%" + KINDS[kind] + registers[kind]++;
  }

  /** A new register that holds a condition. */
  String pred() {
    return register(0);
  }

  /** A new register of 32 bits. */
  String b32() {
    return register(1);
  }

  /** A new register of 64 bits. */
  String b64() {
    return register(2);
  }

  /** A new register of a float32 number. */
  String f32() {
    return register(3);
  }

  /** An instruction that gives a condition in a new register. */
  String p(String op, Object... operands) {
    return into(pred(), op, operands);
  }

  /** An instruction that gives 32 bits in a new register. */
  String r(String op, Object... operands) {
    return into(b32(), op, operands);
  }

  /** An instruction that gives 64 bits in a new register. */
  String d(String op, Object... operands) {
    return into(b64(), op, operands);
  }

  /** An instruction that gives a float32 number in a new register. */
  String f(String op, Object... operands) {
    return into(f32(), op, operands);
  }

  private String into(String register, String op, Object[] operands) {
    Object[] all = new Object[operands.length + 1];
    all[0] = register;
    System.arraycopy(operands, 0, all, 1, operands.length);
    op(op, all);
    return register;
  }

  /** An instruction with all its operands. */
  void op(String op, Object... operands) {
    code.append("  ").append(op);
    for (int i = 0; i < operands.length; i++) {
      code.append(i == 0 ? " " : ", ").append(operands[i]);
    }
    code.append(";\n");
  }

  /**
   * An instruction that only those threads carry out whose condition holds.
   *
   * @param guard a condition's register, or {@code !} and the register
   */
  void onlyIf(String guard, String op, Object... operands) {
    op("@" + guard + " " + op, operands);
  }

  /** A new name for a place in the code. */
  String label() {
    return "L" + labels++;
  }

  /** Puts a label here. */
  void place(String label) {
    code.append(label).append(":\n");
  }

  /** Shared memory of the block. */
  String shared(String name, int bytes) {
    shared.append("  .shared .align 16 .b8 ").append(name).append('[').append(bytes).append("];\n");
    return name;
  }

  private String parameter(String type, String register) {
    String name = "a" + parameterCount++;
    parameters.append(parameterCount == 1 ? "\n" : ",\n");
    parameters.append("  .param .").append(type).append(' ').append(name);
    op("ld.param." + type, register, "[" + name + "]");
    return register;
  }

  /** The next parameter, an address in global memory. */
  String pointer() {
    return d("cvta.to.global.u64", parameter("u64", b64()));
  }

  /** The next parameter, a whole number. */
  String int32() {
    return parameter("u32", b32());
  }

  /** The next parameter, a whole number of 64 bits. */
  String int64() {
    return parameter("u64", b64());
  }

  /** The next parameter, a float32 number. */
  String float32() {
    return parameter("f32", f32());
  }

  /** The address of element {@code index} of an array, elements of {@code bytes}. */
  String address(String base, String index, int bytes) {
    return d("mad.wide.u32", index, bytes, base);
  }

  /** The number of this thread among all of a one-dimensional grid. */
  String thread() {
    String block = r("mov.u32", "%ctaid.x");
    String width = r("mov.u32", "%ntid.x");
    String inBlock = r("mov.u32", "%tid.x");
    return r("mad.lo.s32", block, width, inBlock);
  }

  /** Ends a thread whose number is not below a count. */
  void endFrom(String thread, String count) {
    onlyIf(p("setp.ge.u32", thread, count), "ret");
  }

  /** The whole text. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(".version 6.0\n.target sm_50\n.address_size 64\n\n");
    text.append(".visible .entry ").append(ENTRY).append('(').append(parameters).append(")\n");
    text.append(".maxntid ").append(mostThreads).append(", 1, 1\n");
    if (leastBlocks > 1) {
      text.append(".minnctapersm ").append(leastBlocks).append('\n');
    }
    text.append("{\n");
    for (int kind = 0; kind < KINDS.length; kind++) {
      if (registers[kind] > 0) {
        text.append("  .reg ").append(TYPES[kind]).append(" %").append(KINDS[kind]);
        text.append('<').append(registers[kind]).append(">;\n");
      }
    }
    return text.append(shared).append(code).append("  ret;\n}\n").toString();
  }
}
