package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;

/** The frame and the window's upper left corner of an output place; the corner may lie outside. */
final class WindowPlace {
  final String frame;
  final String top;
  final String left;

  /**
   * Finds them.
   *
   * @param row the output place, counted over all frames
   */
  WindowPlace(PtxWriter ptx, ConvOp op, String row) {
    int places = op.outH() * op.outW();
    frame = ptx.r("div.u32", row, places);
    String place = ptx.r("rem.u32", row, places);
    String down = ptx.r("mul.lo.s32", ptx.r("div.u32", place, op.outW()), op.strideH());
    top = ptx.r("sub.s32", down, op.padH());
    String right = ptx.r("mul.lo.s32", ptx.r("rem.u32", place, op.outW()), op.strideW());
    left = ptx.r("sub.s32", right, op.padW());
  }
}
