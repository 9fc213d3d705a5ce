package org.velella.gpu.kernel;

import java.util.Set;

/**
 * Sparse projections, one thread per target, which walks the sources that it has a synapse from.
 */
public final class SparsePtx {
  private static final int THREADS = 256;

  private SparsePtx() {}

  /**
   * Weights of their own: one fused multiply-add per synapse, sources ascending, then {@code +
   * 0.0f}.
   *
   * <p>Parameters: the input; where each target's sources begin, and at last where they end; the
   * sources; their weights; the output as numbers; frames.
   */
  public static PtxKernel weighted(int sources, int targets, ValueForm input) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String x = ptx.pointer();
    String offsets = ptx.pointer();
    String from = ptx.pointer();
    String weights = ptx.pointer();
    FrameThreads threads = new FrameThreads(ptx, targets, Set.of(ValueForm.NUMBERS));
    ElementReader in = new ElementReader(ptx, input, x, sources, threads.frame());
    String sum = ptx.f("mov.f32", PtxWriter.literal(0));
    Walk walk = new Walk(ptx, offsets, threads.element());
    String weight = ptx.f("ld.global.nc.f32", "[" + ptx.address(weights, walk.at, 4) + "]");
    ptx.op("fma.rn.f32", sum, in.read(walk.read(from)), weight, sum);
    walk.end();
    threads.write(ptx.f("add.rn.f32", sum, PtxWriter.literal(0)));
    return new PtxKernel(ptx.text(), THREADS);
  }

  /**
   * One weight for all: an exact count, times the weight, {@code + 0.0f}.
   *
   * <p>Parameters: the input, whole numbers; offsets and sources as above; the weight; the output
   * as numbers; frames.
   */
  public static PtxKernel counted(int sources, int targets, ValueForm input) {
    PtxWriter ptx = new PtxWriter(THREADS);
    String x = ptx.pointer();
    String offsets = ptx.pointer();
    String from = ptx.pointer();
    String weight = ptx.float32();
    FrameThreads threads = new FrameThreads(ptx, targets, Set.of(ValueForm.NUMBERS));
    ElementReader in = new ElementReader(ptx, input, x, sources, threads.frame());
    String count = ptx.r("mov.b32", 0);
    Walk walk = new Walk(ptx, offsets, threads.element());
    String spikes = ptx.r("cvt.rzi.s32.f32", in.read(walk.read(from)));
    ptx.op("add.s32", count, count, spikes);
    walk.end();
    String product = ptx.f("mul.rn.f32", weight, ptx.f("cvt.rn.f32.s32", count));
    threads.write(ptx.f("add.rn.f32", product, PtxWriter.literal(0)));
    return new PtxKernel(ptx.text(), THREADS);
  }

  /** A loop over the synapses of a target. */
  private static final class Walk {
    final String at;
    private final PtxWriter ptx;
    private final String end;
    private final String again;
    private final String done;

    Walk(PtxWriter ptx, String offsets, String target) {
      this.ptx = ptx;
      String address = ptx.address(offsets, target, Integer.BYTES);
      at = ptx.r("ld.global.nc.u32", "[" + address + "]");
      end = ptx.r("ld.global.nc.u32", "[" + address + "+4]");
      again = ptx.label();
      done = ptx.label();
      ptx.onlyIf(ptx.p("setp.ge.u32", at, end), "bra", done);
      ptx.place(again);
    }

    String read(String array) {
      return ptx.r("ld.global.nc.u32", "[" + ptx.address(array, at, Integer.BYTES) + "]");
    }

    void end() {
      ptx.op("add.s32", at, at, 1);
      ptx.onlyIf(ptx.p("setp.lt.u32", at, end), "bra", again);
      ptx.place(done);
    }
  }
}
