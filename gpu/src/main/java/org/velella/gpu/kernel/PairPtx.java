package org.velella.gpu.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.velella.equation.StepProgram;
import org.velella.gpu.kernel.NeuronForm.Totals;

/**
 * The kernel of a population whose steps are short and of which only spikes are wanted, as bits:
 * its time is that of reading the inputs. A thread keeps two neurons 32 apart, so a warp writes a
 * whole word of 64 bits, and reads the inputs of the next steps while it computes the present ones.
 * Parameters are those of {@link NeuronPtx}.
 */
final class PairPtx {
  private static final int THREADS = 256;
  private static final int WARP = 32;
  private static final int NEURONS = 2;
  private static final int AT_ONCE = 8;

  /** Blocks of a multiprocessor: a thread may have 64 registers, and uses them to read ahead. */
  private static final int BLOCKS = 4;

  /** Longer steps wait for arithmetic, not for inputs. */
  private static final int LONGEST = 32;

  /** So many constants and memories have room beside the inputs, twice. */
  private static final int MOST_KEPT = 6;

  private static final String ZERO = PtxWriter.literal(0);

  private final NeuronForm form;
  private final StepProgram program;
  private final PtxWriter ptx = new PtxWriter(THREADS, BLOCKS);
  private final BitSet live;
  private final List<Neuron> neurons = new ArrayList<>();
  private String inputAt;
  private String inputBytes;
  private String bitsAt;
  private String wordBytes;
  private String firstLane;

  private PairPtx(NeuronForm form) {
    this.form = form;
    program = form.program();
    live = live(program);
  }

  private static BitSet live(StepProgram program) {
    List<Integer> results = new ArrayList<>(program.memoryResults());
    results.add(program.output());
    return StepPtx.live(program, results);
  }

  /** Whether this kernel serves a form. */
  static boolean fits(NeuronForm form) {
    StepProgram program = form.program();
    return form.outputs().equals(Set.of(ValueForm.BITS))
        && form.totals() == Totals.NONE
        && form.recorded().isEmpty()
        && program.inputs().size() == 1
        && program.constants().size() + program.memories().size() <= MOST_KEPT
        && live(program).cardinality() < LONGEST;
  }

  /** The kernel of a form that fits. */
  static PtxKernel of(NeuronForm form) {
    PairPtx writer = new PairPtx(form);
    writer.write();
    return new PtxKernel(writer.ptx.text(), THREADS, NEURONS);
  }

  private void write() {
    final String input = ptx.pointer();
    final String values = ptx.pointer();
    final String plane = ptx.int32();
    final String perSample = ptx.int32();
    final String perNeuron = ptx.int32();
    final String memory = ptx.pointer();
    final String bits = ptx.pointer();
    final String places = ptx.int32();
    final String row = ptx.int32();
    final String size = ptx.int32();
    final String frameBytes = ptx.d("mul.wide.u32", ptx.int32(), Float.BYTES);
    inputBytes = ptx.d("mul.wide.u32", ptx.int32(), Float.BYTES);
    final String steps = ptx.int32();

    String thread = ptx.thread();
    String lane = ptx.r("and.b32", thread, WARP - 1);
    // Rows are multiples of 64, so both neurons of a thread, and all of a warp, are of one sample.
    String place = ptx.r("add.s32", thread, ptx.r("sub.s32", thread, lane));
    ptx.endFrom(place, places);
    String sample = ptx.r("div.u32", place, row);
    String neuron = ptx.r("sub.s32", place, ptx.r("mul.lo.s32", sample, row));
    String element = ptx.r("mad.lo.s32", sample, size, neuron);
    inputAt = ptx.address(input, element, Float.BYTES);
    bitsAt = ptx.address(bits, ptx.r("shr.u32", place, 5), Integer.BYTES);
    wordBytes = ptx.d("mul.wide.u32", ptx.r("shr.u32", places, 5), Integer.BYTES);
    firstLane = ptx.p("setp.eq.u32", lane, 0);
    String last = ptx.r("sub.s32", size, 1);
    String first = ptx.r("mul.lo.s32", sample, perSample);
    for (int k = 0; k < NEURONS; k++) {
      String own = ptx.r("add.s32", neuron, k * WARP);
      String index = ptx.r("mad.lo.s32", ptx.r("min.u32", own, last), perNeuron, first);
      ConstantsPtx constants = ConstantsPtx.read(ptx, form, values, plane, index);
      String inside = ptx.p("setp.lt.u32", own, size);
      neurons.add(new Neuron(k * WARP * Float.BYTES, inside, constants));
    }
    String memoryAt = ptx.address(memory, element, Float.BYTES);
    readMemories(memoryAt, frameBytes);
    loop(steps);
    writeMemories(memoryAt, frameBytes);
  }

  private void readMemories(String first, String frameBytes) {
    String at = first;
    for (int m = 0; m < program.memories().size(); m++) {
      for (Neuron neuron : neurons) {
        neuron.memories.add(neuron.read("ld.global.f32", at));
      }
      at = ptx.d("add.s64", at, frameBytes);
    }
  }

  private void writeMemories(String first, String frameBytes) {
    String at = first;
    for (int m = 0; m < program.memories().size(); m++) {
      for (Neuron neuron : neurons) {
        String number = neuron.memories.get(m);
        String nan = ptx.p("setp.nan.f32", number, number);
        String value = ptx.f("selp.f32", "0f7FC00000", number, nan);
        ptx.onlyIf(neuron.inside, "st.global.f32", neuron.place(at), value);
      }
      at = ptx.d("add.s64", at, frameBytes);
    }
  }

  /** As many steps at once as fit, while those behind them are read; then the others one by one. */
  private void loop(String steps) {
    String left = ptx.r("mov.b32", steps);
    String rest = ptx.label();
    ptx.onlyIf(ptx.p("setp.lt.u32", left, AT_ONCE), "bra", rest);
    List<List<String>> ahead = new ArrayList<>();
    for (int step = 0; step < AT_ONCE; step++) {
      ahead.add(readInputs());
    }
    String again = ptx.label();
    ptx.place(again);
    ptx.op("sub.s32", left, left, AT_ONCE);
    String more = ptx.p("setp.ge.u32", left, AT_ONCE);
    String bytes = ptx.d("selp.b64", inputBytes, 0, more);
    List<String> wanted = new ArrayList<>();
    neurons.forEach(neuron -> wanted.add(ptx.p("and.pred", more, neuron.inside)));
    for (List<String> inputs : ahead) {
      List<String> now = new ArrayList<>();
      for (int k = 0; k < NEURONS; k++) {
        now.add(ptx.f("mov.f32", inputs.get(k)));
        String from = neurons.get(k).place(inputAt);
        ptx.onlyIf(wanted.get(k), "ld.global.nc.f32", inputs.get(k), from);
      }
      ptx.op("add.s64", inputAt, inputAt, bytes);
      step(now);
    }
    neurons.forEach(Neuron::keep);
    ptx.onlyIf(more, "bra", again);
    ptx.place(rest);
    String done = ptx.label();
    String next = ptx.label();
    ptx.place(next);
    ptx.onlyIf(ptx.p("setp.eq.u32", left, 0), "bra", done);
    step(readInputs());
    neurons.forEach(Neuron::keep);
    ptx.op("sub.s32", left, left, 1);
    ptx.op("bra", next);
    ptx.place(done);
  }

  /** The inputs of the next step. */
  private List<String> readInputs() {
    List<String> inputs = new ArrayList<>();
    neurons.forEach(neuron -> inputs.add(neuron.read("ld.global.nc.f32", inputAt)));
    ptx.op("add.s64", inputAt, inputAt, inputBytes);
    return inputs;
  }

  /** One step of both neurons. */
  private void step(List<String> inputs) {
    List<String> words = new ArrayList<>();
    for (int k = 0; k < NEURONS; k++) {
      String fires = neurons.get(k).step(inputs.get(k));
      words.add(ptx.r("vote.sync.ballot.b32", fires, "0xffffffff"));
    }
    String word = "{" + String.join(", ", words) + "}";
    ptx.onlyIf(firstLane, "st.global.v2.b32", "[" + bitsAt + "]", word);
    ptx.op("add.s64", bitsAt, bitsAt, wordBytes);
  }

  /** One of the neurons of a thread. One that does not exist computes with zeros. */
  private final class Neuron {
    private final int bytes;
    private final String inside;
    private final ConstantsPtx constants;
    private final List<String> memories = new ArrayList<>();
    private List<String> now = memories;

    /**
     * A neuron.
     *
     * @param bytes between the thread's first neuron and this one
     * @param inside whether there is such a neuron
     */
    Neuron(int bytes, String inside, ConstantsPtx constants) {
      this.bytes = bytes;
      this.inside = inside;
      this.constants = constants;
    }

    String place(String at) {
      return bytes == 0 ? "[" + at + "]" : "[" + at + "+" + bytes + "]";
    }

    String read(String op, String at) {
      String register = ptx.f("mov.f32", ZERO);
      ptx.onlyIf(inside, op, register, place(at));
      return register;
    }

    /** The condition that it fires. */
    String step(String input) {
      StepPtx step = new StepPtx(ptx, program, constants, List.of(input), now);
      step.print(live);
      now = step.numbers(program.memoryResults());
      return ptx.p("and.pred", step.condition(program.output()), inside);
    }

    /** Puts the memories where the loop expects them. */
    void keep() {
      // All are read before any is overwritten: one memory may take the former value of another.
      List<String> kept = new ArrayList<>();
      now.forEach(value -> kept.add(ptx.f("mov.f32", value)));
      for (int m = 0; m < kept.size(); m++) {
        ptx.op("mov.f32", memories.get(m), kept.get(m));
      }
      now = memories;
    }
  }
}
