package org.velella.gpu.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.velella.plan.ScaleOp;

/** Kernels that compute every element from the same element of their inputs. */
public final class ElementwisePtx {
  private static final int THREADS = 256;

  private ElementwisePtx() {}

  /**
   * A scale, or a scale and a shift, each rounded.
   *
   * <p>Parameters: the input as numbers; the factors; the shifts, if there are any; the output as
   * numbers; frames.
   */
  public static PtxKernel scale(ScaleOp op) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String x = ptx.pointer();
    String scale = ptx.pointer();
    String shift = op.shift() == null ? null : ptx.pointer();
    FrameThreads threads = new FrameThreads(ptx, op.size(), Set.of(ValueForm.NUMBERS));
    ElementReader in = new ElementReader(ptx, ValueForm.NUMBERS, x, op.size(), threads.frame());
    String block = ptx.r("div.u32", threads.element(), op.inner());
    String factor = ptx.r("rem.u32", block, op.scale().length);
    String by = ptx.f("ld.global.nc.f32", "[" + ptx.address(scale, factor, 4) + "]");
    String y = ptx.f("mul.rn.f32", in.read(threads.element()), by);
    if (shift != null) {
      String more = ptx.f("ld.global.nc.f32", "[" + ptx.address(shift, factor, 4) + "]");
      y = ptx.f("add.rn.f32", y, more);
    }
    threads.write(y);
    return new PtxKernel(ptx.text(), THREADS);
  }

  /**
   * Plain adds from left to right; zeros if there is nothing to add.
   *
   * <p>Parameters: the inputs as numbers; the output as numbers; elements in all.
   *
   * @param count of inputs
   */
  public static PtxKernel sum(int count) {
    PtxWriter ptx = new PtxWriter(THREADS);
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inputs.add(ptx.pointer());
    }
    String out = ptx.pointer();
    String elements = ptx.int32();
    String thread = ptx.thread();
    ptx.endFrom(thread, elements);
    String sum = null;
    for (String input : inputs) {
      String x = ptx.f("ld.global.nc.f32", "[" + ptx.address(input, thread, 4) + "]");
      sum = sum == null ? x : ptx.f("add.rn.f32", sum, x);
    }
    String total = sum == null ? ptx.f("mov.f32", PtxWriter.literal(0)) : sum;
    ptx.op("st.global.f32", "[" + ptx.address(out, thread, 4) + "]", total);
    return new PtxKernel(ptx.text(), THREADS);
  }

  /**
   * Says where the first number stands that is not a whole one from −{@code most} to {@code most}.
   *
   * <p>Parameters: the numbers; a word that takes the least place of all and is left as it is if
   * there is none; elements in all.
   */
  public static PtxKernel firstUnfit(int most) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String x = ptx.pointer();
    String place = ptx.pointer();
    String elements = ptx.int32();
    String thread = ptx.thread();
    ptx.endFrom(thread, elements);
    String number = ptx.f("ld.global.nc.f32", "[" + ptx.address(x, thread, 4) + "]");
    String whole = ptx.p("setp.eq.f32", ptx.f("cvt.rmi.f32.f32", number), number);
    String limit = PtxWriter.literal(most);
    String small = ptx.p("setp.le.f32", ptx.f("abs.f32", number), limit);
    String fits = ptx.p("and.pred", whole, small);
    ptx.onlyIf("!" + fits, "atom.global.min.u32", ptx.b32(), "[" + place + "]", thread);
    return new PtxKernel(ptx.text(), THREADS);
  }

  /**
   * A pattern of steps, repeated.
   *
   * <p>Parameters: the pattern as numbers {@code [steps, size]}; the place of the first step in it;
   * samples; the output as numbers, if wanted; as bits, if wanted; frames.
   */
  public static PtxKernel periodic(int size, int steps, Set<ValueForm> outputs) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String pattern = ptx.pointer();
    String place = ptx.int32();
    String batch = ptx.int32();
    FrameThreads threads = new FrameThreads(ptx, size, outputs);
    String step = ptx.r("add.s32", place, ptx.r("div.u32", threads.frame(), batch));
    String row = ptx.r("rem.u32", step, steps);
    ElementReader in = new ElementReader(ptx, ValueForm.NUMBERS, pattern, size, row);
    threads.write(in.read(threads.element()));
    return new PtxKernel(ptx.text(), THREADS);
  }

  /**
   * Spikes at the place of a cycle that a code says, in every cycle.
   *
   * <p>Parameters: the codes {@code [N, size]}; the place of the first step in the cycle; samples;
   * the output as numbers, if wanted; as bits, if wanted; frames.
   *
   * @param steps of a cycle
   */
  public static PtxKernel latency(int size, int steps, Set<ValueForm> outputs) {
    return cycle(
        size,
        steps,
        outputs,
        (ptx, code, place) -> {
          String now = ptx.p("setp.eq.f32", code, ptx.f("cvt.rn.f32.s32", place));
          return ptx.f("selp.f32", PtxWriter.literal(1), PtxWriter.literal(0), now);
        });
  }

  /** As {@link #latency}, but a spike where the code has a binary digit 1 behind the point. */
  public static PtxKernel digits(int size, int steps, Set<ValueForm> outputs) {
    return cycle(
        size,
        steps,
        outputs,
        (ptx, code, place) -> {
          // 2^(place + 1), whose product is exact: place + 1 + 127 in the exponent's bits.
          String exponent = ptx.r("add.s32", place, 1 + 127);
          String power = ptx.f("mov.b32", ptx.r("shl.b32", exponent, 23));
          String whole = ptx.r("cvt.rzi.s32.f32", ptx.f("mul.rn.f32", code, power));
          return ptx.f("cvt.rn.f32.s32", ptx.r("and.b32", whole, 1));
        });
  }

  /** What a code sends at a place of its cycle. */
  private interface Spike {
    String of(PtxWriter ptx, String code, String place);
  }

  private static PtxKernel cycle(int size, int steps, Set<ValueForm> outputs, Spike spike) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String codes = ptx.pointer();
    String first = ptx.int32();
    String batch = ptx.int32();
    FrameThreads threads = new FrameThreads(ptx, size, outputs);
    String step = ptx.r("add.s32", first, ptx.r("div.u32", threads.frame(), batch));
    String place = ptx.r("rem.u32", step, steps);
    String sample = ptx.r("rem.u32", threads.frame(), batch);
    ElementReader in = new ElementReader(ptx, ValueForm.NUMBERS, codes, size, sample);
    threads.write(spike.of(ptx, in.read(threads.element()), place));
    return new PtxKernel(ptx.text(), THREADS);
  }
}
