package org.velella.gpu.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.velella.equation.StepProgram;
import org.velella.gpu.kernel.NeuronForm.Totals;

/**
 * The kernel of a population: one thread per neuron keeps the memories in registers over all steps
 * of a window. Where the output is wanted as bits, every 32 neighbours are one warp of one sample,
 * and a vote gathers their word. Where nothing but bits is wanted of short steps, {@link PairPtx}
 * takes two neurons a thread.
 *
 * <p>Parameters, in order: the inputs; constants; elements between two constants; elements from one
 * sample's constants to the next one's; the same for neurons; memories, one plane {@code [N, F]}
 * after the other; the output as numbers, if wanted; the output as bits, if wanted; one array per
 * recorded variable; if spikes are added up, the array {@code [2, N, F]} of their numbers and first
 * steps (−1 before them) and the number of the first step; threads in all; threads per sample, F or
 * the next multiple of 64; F; N · F; the elements between two steps of each input; steps. Arrays of
 * values are {@code [T, N, F]}.
 */
public final class NeuronPtx {
  private static final int THREADS = 256;
  private static final int WARP = 32;

  private final NeuronForm form;
  private final StepProgram program;
  private final PtxWriter ptx = new PtxWriter(THREADS);
  private final BitSet live;
  private final List<String> recordedAt = new ArrayList<>();
  private final List<String> inputAt = new ArrayList<>();
  private final List<String> stepBytes = new ArrayList<>();
  private ConstantsPtx constants;
  private String outAt;
  private String bitsAt;
  private String inside;
  private String firstLane;
  private String frameBytes;
  private String count;
  private String firstStep;
  private String number;
  private String wordBytes;

  private NeuronPtx(NeuronForm form) {
    this.form = form;
    program = form.program();
    List<Integer> results = new ArrayList<>(program.memoryResults());
    results.add(program.output());
    results.addAll(form.recorded());
    live = StepPtx.live(program, results);
  }

  /** The kernel of a form. */
  public static PtxKernel of(NeuronForm form) {
    if (PairPtx.fits(form)) {
      return PairPtx.of(form);
    }
    NeuronPtx writer = new NeuronPtx(form);
    writer.write();
    return new PtxKernel(writer.ptx.text(), THREADS);
  }

  /** Steps whose inputs are read at once: many where a step is short and memory is what is slow. */
  private int unroll() {
    int length = live.cardinality();
    return length < 32 ? 8 : length < 100 ? 4 : 2;
  }

  private void write() {
    final List<String> inputs = new ArrayList<>();
    program.inputs().forEach(input -> inputs.add(ptx.pointer()));
    final String values = ptx.pointer();
    final String plane = ptx.int32();
    final String perSample = ptx.int32();
    final String perNeuron = ptx.int32();
    final String memory = ptx.pointer();
    final String out = form.outputs().contains(ValueForm.NUMBERS) ? ptx.pointer() : null;
    final String bits = form.outputs().contains(ValueForm.BITS) ? ptx.pointer() : null;
    final List<String> recorded = new ArrayList<>();
    form.recorded().forEach(variable -> recorded.add(ptx.pointer()));
    final String totals = form.totals() == Totals.KEPT ? ptx.pointer() : null;
    number = totals == null ? null : ptx.int32();
    final String threads = ptx.int32();
    final String row = ptx.int32();
    final String size = ptx.int32();
    final String frame = ptx.int32();
    final List<String> strides = new ArrayList<>();
    program.inputs().forEach(input -> strides.add(ptx.int32()));
    final String steps = ptx.int32();

    String thread = ptx.thread();
    ptx.endFrom(thread, threads);
    String sample = ptx.r("div.u32", thread, row);
    String neuron = ptx.r("sub.s32", thread, ptx.r("mul.lo.s32", sample, row));
    inside = ptx.p("setp.lt.u32", neuron, size);
    // A lane that stands for no neuron goes along as the sample's last one, but writes nothing.
    neuron = ptx.r("min.u32", neuron, ptx.r("sub.s32", size, 1));
    String element = ptx.r("mad.lo.s32", sample, size, neuron);
    String own = ptx.r("mul.lo.s32", sample, perSample);
    String first = ptx.r("mad.lo.s32", neuron, perNeuron, own);
    constants = ConstantsPtx.read(ptx, form, values, plane, first);
    frameBytes = ptx.d("mul.wide.u32", frame, Float.BYTES);
    strides.forEach(each -> stepBytes.add(ptx.d("mul.wide.u32", each, Float.BYTES)));
    inputs.forEach(input -> inputAt.add(at(input, element)));
    outAt = out == null ? null : at(out, element);
    recorded.forEach(array -> recordedAt.add(at(array, element)));
    if (bits != null) {
      bitsAt = at(bits, ptx.r("shr.u32", thread, 5));
      wordBytes = ptx.d("mul.wide.u32", ptx.r("shr.u32", threads, 5), Integer.BYTES);
      firstLane = ptx.p("setp.eq.u32", ptx.r("and.b32", thread, WARP - 1), 0);
    }
    List<String> memoryAt = new ArrayList<>();
    List<String> state = new ArrayList<>();
    String address = at(memory, element);
    for (int m = 0; m < program.memories().size(); m++) {
      memoryAt.add(address);
      state.add(ptx.f("ld.global.f32", "[" + address + "]"));
      address = ptx.d("add.s64", address, frameBytes);
    }
    String countAt = null;
    String firstAt = null;
    if (totals != null) {
      countAt = at(totals, element);
      firstAt = ptx.d("add.s64", countAt, frameBytes);
      count = ptx.r("ld.global.u32", "[" + countAt + "]");
      firstStep = ptx.r("ld.global.u32", "[" + firstAt + "]");
    }
    loop(steps, unroll(), state);
    if (totals != null) {
      ptx.onlyIf(inside, "st.global.u32", "[" + countAt + "]", count);
      ptx.onlyIf(inside, "st.global.u32", "[" + firstAt + "]", firstStep);
    }
    for (int m = 0; m < state.size(); m++) {
      String nan = ptx.p("setp.nan.f32", state.get(m), state.get(m));
      String value = ptx.f("selp.f32", "0f7FC00000", state.get(m), nan);
      ptx.onlyIf(inside, "st.global.f32", "[" + memoryAt.get(m) + "]", value);
    }
  }

  /** The address of an element as a register that may be moved on. */
  private String at(String array, String element) {
    return ptx.address(array, element, Float.BYTES);
  }

  /** As many steps at once as fit, then the others one by one. */
  private void loop(String steps, int atOnce, List<String> state) {
    String left = ptx.r("mov.b32", steps);
    for (int count : new int[] {atOnce, 1}) {
      String again = ptx.label();
      String done = ptx.label();
      ptx.onlyIf(ptx.p("setp.lt.u32", left, count), "bra", done);
      ptx.place(again);
      steps(count, state);
      ptx.op("sub.s32", left, left, count);
      ptx.onlyIf(ptx.p("setp.ge.u32", left, count), "bra", again);
      ptx.place(done);
    }
  }

  private void steps(int count, List<String> state) {
    List<List<String>> inputs = new ArrayList<>();
    for (int step = 0; step < count; step++) {
      List<String> registers = new ArrayList<>();
      for (int i = 0; i < inputAt.size(); i++) {
        String at = inputAt.get(i);
        registers.add(ptx.f("ld.global.nc.f32", "[" + at + "]"));
        ptx.op("add.s64", at, at, stepBytes.get(i));
      }
      inputs.add(registers);
    }
    List<String> now = state;
    for (List<String> registers : inputs) {
      StepPtx step = new StepPtx(ptx, program, constants, registers, now);
      step.print(live);
      write(step);
      now = step.numbers(program.memoryResults());
    }
    // All are read before any is overwritten: one memory may take the former value of another.
    List<String> kept = new ArrayList<>();
    now.forEach(value -> kept.add(ptx.f("mov.f32", value)));
    for (int m = 0; m < kept.size(); m++) {
      ptx.op("mov.f32", state.get(m), kept.get(m));
    }
  }

  private void write(StepPtx step) {
    if (outAt != null) {
      ptx.onlyIf(inside, "st.global.f32", "[" + outAt + "]", step.canonical(program.output()));
      ptx.op("add.s64", outAt, outAt, frameBytes);
    }
    if (bitsAt != null) {
      String fires = ptx.p("and.pred", step.condition(program.output()), inside);
      String word = ptx.r("vote.sync.ballot.b32", fires, "0xffffffff");
      ptx.onlyIf(firstLane, "st.global.b32", "[" + bitsAt + "]", word);
      ptx.op("add.s64", bitsAt, bitsAt, wordBytes);
    }
    if (count != null) {
      String fires = step.condition(program.output());
      ptx.onlyIf(fires, "add.s32", count, count, 1);
      String silent = ptx.p("setp.lt.s32", firstStep, 0);
      ptx.onlyIf(ptx.p("and.pred", fires, silent), "mov.b32", firstStep, number);
      ptx.op("add.s32", number, number, 1);
    }
    for (int k = 0; k < recordedAt.size(); k++) {
      String value = step.canonical(form.recorded().get(k));
      ptx.onlyIf(inside, "st.global.f32", "[" + recordedAt.get(k) + "]", value);
      ptx.op("add.s64", recordedAt.get(k), recordedAt.get(k), frameBytes);
    }
  }
}
