package org.velella.gpu.kernel;

/**
 * Decides on the device whether few enough bits are set that visiting them pays: samples words of a
 * value, evenly spread, and writes 1 if at most {@code most} of the sampled bits are set, else 0.
 * The decision is about time only; both ways give the same bits.
 *
 * <p>Parameters: the words; how many of them are sampled; how far apart they are; the most bits;
 * where the decision goes. One block.
 */
public final class DensityPtx {
  private static final int THREADS = 1024;

  /** The most words that are sampled. */
  public static final int SAMPLES = 32 * THREADS;

  private DensityPtx() {}

  /** The kernel. */
  public static PtxKernel kernel() {
    PtxWriter ptx = new PtxWriter(THREADS);
    final String value = ptx.pointer();
    final String samples = ptx.int32();
    final String apart = ptx.int32();
    final String most = ptx.int32();
    final String decision = ptx.pointer();
    String sums = ptx.r("mov.u32", ptx.shared("sums", 32 * Integer.BYTES));
    String thread = ptx.r("mov.u32", "%tid.x");
    String lane = ptx.r("and.b32", thread, 31);
    String at = ptx.r("mov.b32", thread);
    String count = ptx.r("mov.b32", 0);
    String again = ptx.label();
    String done = ptx.label();
    ptx.place(again);
    ptx.onlyIf(ptx.p("setp.ge.u32", at, samples), "bra", done);
    String address = ptx.address(value, ptx.r("mul.lo.s32", at, apart), Integer.BYTES);
    String bits = ptx.r("popc.b32", ptx.r("ld.global.nc.u32", "[" + address + "]"));
    ptx.op("add.s32", count, count, bits);
    ptx.op("add.s32", at, at, THREADS);
    ptx.op("bra", again);
    ptx.place(done);
    total(ptx, count, lane);
    String warp = ptx.r("shr.u32", thread, 5);
    String last = ptx.p("setp.eq.u32", lane, 31);
    ptx.onlyIf(last, "st.shared.b32", "[" + ptx.r("mad.lo.s32", warp, 4, sums) + "]", count);
    ptx.op("bar.sync", 0);
    String all = ptx.r("ld.shared.b32", "[" + ptx.r("mad.lo.s32", lane, 4, sums) + "]");
    total(ptx, all, lane);
    String few = ptx.r("selp.b32", 1, 0, ptx.p("setp.le.u32", all, most));
    ptx.onlyIf(ptx.p("setp.eq.u32", thread, 31), "st.global.b32", "[" + decision + "]", few);
    return new PtxKernel(ptx.text(), THREADS);
  }

  /** Leaves the sum of a warp in its last lane. */
  private static void total(PtxWriter ptx, String sum, String lane) {
    for (int distance = 1; distance < 32; distance *= 2) {
      String before = ptx.r("shfl.sync.up.b32", sum, distance, 0, "0xffffffff");
      ptx.onlyIf(ptx.p("setp.ge.u32", lane, distance), "add.s32", sum, sum, before);
    }
  }
}
