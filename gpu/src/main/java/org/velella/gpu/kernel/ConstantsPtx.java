package org.velella.gpu.kernel;

import java.util.ArrayList;
import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram;

/**
 * The constants of one neuron in registers.
 *
 * @param values in the order of the program
 * @param reciprocals of those by which dividing is multiplying, bit for bit; null for the others
 */
record ConstantsPtx(List<String> values, List<String> reciprocals) {
  /**
   * Prints how they are read.
   *
   * @param array of the values of all constants
   * @param plane elements between two constants
   * @param own the neuron's place among the values of the first constant
   */
  static ConstantsPtx read(PtxWriter ptx, NeuronForm form, String array, String plane, String own) {
    StepProgram program = form.program();
    List<String> values = new ArrayList<>();
    List<String> reciprocals = new ArrayList<>();
    String index = own;
    for (int k = 0; k < program.constants().size(); k++) {
      String at = ptx.address(array, index, Float.BYTES);
      values.add(ptx.f("ld.global.nc.f32", "[" + at + "]"));
      index = ptx.r("add.s32", index, plane);
    }
    for (int k = 0; k < values.size(); k++) {
      reciprocals.add(
          form.reciprocal().get(k) && isDivisor(program, k)
              ? ptx.f("div.rn.f32", PtxWriter.literal(1), values.get(k))
              : null);
    }
    return new ConstantsPtx(values, reciprocals);
  }

  private static boolean isDivisor(StepProgram program, int constant) {
    return program.instructions().stream()
        .filter(in -> in.op() == OpCode.DIV)
        .map(in -> program.instructions().get(in.b()))
        .anyMatch(in -> in.op() == OpCode.CONSTANT && in.a() == constant);
  }
}
