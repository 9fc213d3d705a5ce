package org.velella.gpu.kernel;

import java.util.Set;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;

/**
 * Pooling, one thread per output, which visits its window row by row.
 *
 * <p>Parameters: the input; the output as numbers, if wanted; as bits, if wanted (only a maximum of
 * bits can be); frames.
 */
public final class PoolPtx {
  private static final int THREADS = 256;

  private final PoolOp op;
  private final PtxWriter ptx = new PtxWriter(THREADS);
  private ElementReader in;
  private String channelAt;
  private String firstY;
  private String endY;
  private String firstX;
  private String endX;

  private PoolPtx(PoolOp op) {
    this.op = op;
  }

  /** The kernel of a layer. */
  public static PtxKernel of(PoolOp op, ValueForm input, Set<ValueForm> outputs) {
    PoolPtx writer = new PoolPtx(op);
    writer.write(input, outputs);
    return new PtxKernel(writer.ptx.text(), THREADS);
  }

  private void write(ValueForm form, Set<ValueForm> outputs) {
    String value = ptx.pointer();
    int plane = op.outH() * op.outW();
    FrameThreads threads = new FrameThreads(ptx, op.channels() * plane, outputs);
    int image = op.inH() * op.inW();
    in = new ElementReader(ptx, form, value, op.channels() * image, threads.frame());
    String channel = ptx.r("div.u32", threads.element(), plane);
    String place = ptx.r("rem.u32", threads.element(), plane);
    channelAt = ptx.r("mul.lo.s32", channel, image);
    String top = corner(ptx.r("div.u32", place, op.outW()), op.strideH(), op.padH());
    String left = corner(ptx.r("rem.u32", place, op.outW()), op.strideW(), op.padW());
    firstY = ptx.r("max.s32", top, 0);
    endY = ptx.r("min.s32", ptx.r("add.s32", top, op.kernelH()), op.inH());
    firstX = ptx.r("max.s32", left, 0);
    endX = ptx.r("min.s32", ptx.r("add.s32", left, op.kernelW()), op.inW());
    threads.write(op.mode() == Mode.MAXIMUM ? maximum() : sum());
  }

  private String corner(String at, int stride, int pad) {
    return ptx.r("sub.s32", ptx.r("mul.lo.s32", at, stride), pad);
  }

  private String element(String y, String x) {
    String row = ptx.r("mad.lo.s32", y, op.inW(), channelAt);
    return in.read(ptx.r("add.s32", row, x));
  }

  private interface Step {
    void take(String element);
  }

  /** Windows are never empty: padding is at most half a kernel. */
  private void visit(Step step) {
    String y = ptx.r("mov.b32", firstY);
    String rows = ptx.label();
    String columns = ptx.label();
    ptx.place(rows);
    String x = ptx.r("mov.b32", firstX);
    ptx.place(columns);
    step.take(element(y, x));
    ptx.op("add.s32", x, x, 1);
    ptx.onlyIf(ptx.p("setp.lt.s32", x, endX), "bra", columns);
    ptx.op("add.s32", y, y, 1);
    ptx.onlyIf(ptx.p("setp.lt.s32", y, endY), "bra", rows);
  }

  private String sum() {
    String sum = ptx.f("mov.f32", PtxWriter.literal(0));
    visit(element -> ptx.op("add.rn.f32", sum, sum, element));
    if (op.mode() == Mode.SUM) {
      return sum;
    }
    if (op.divisor() == Divisor.WINDOW) {
      return ptx.f("div.rn.f32", sum, PtxWriter.literal(op.kernelH() * op.kernelW()));
    }
    String height = ptx.r("sub.s32", endY, firstY);
    String count = ptx.r("mul.lo.s32", height, ptx.r("sub.s32", endX, firstX));
    return ptx.f("div.rn.f32", sum, ptx.f("cvt.rn.f32.s32", count));
  }

  /**
   * The first of equal ones, and any NaN; the first element meets itself, which changes nothing.
   */
  private String maximum() {
    String maximum = ptx.f("mov.f32", element(firstY, firstX));
    visit(
        element -> {
          String above = ptx.p("setp.gt.f32", element, maximum);
          String nan = ptx.p("setp.nan.f32", element, element);
          ptx.onlyIf(ptx.p("or.pred", above, nan), "mov.f32", maximum, element);
        });
    return maximum;
  }
}
