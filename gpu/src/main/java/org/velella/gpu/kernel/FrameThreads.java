package org.velella.gpu.kernel;

import java.util.Set;

/**
 * One thread per element of the frames of a value, in frame order, and the writing of what it
 * computes. Where bits are wanted, a frame takes a multiple of 64 threads, so that every 32 threads
 * are one warp of one frame, and a vote gathers their word.
 */
final class FrameThreads {
  private final PtxWriter ptx;
  private final int size;
  private final String numbers;
  private final String bits;
  private final String thread;
  private final String frame;
  private final String element;
  private final String inside;

  /**
   * Reads the parameters that every such kernel ends with: the output as numbers and as bits, as
   * far as they are wanted, and how many frames there are. Threads that are too many end here.
   *
   * @param size elements of a frame
   */
  FrameThreads(PtxWriter ptx, int size, Set<ValueForm> outputs) {
    this.ptx = ptx;
    this.size = size;
    numbers = outputs.contains(ValueForm.NUMBERS) ? ptx.pointer() : null;
    bits = outputs.contains(ValueForm.BITS) ? ptx.pointer() : null;
    String frames = ptx.int32();
    int row = row(size, outputs);
    thread = ptx.thread();
    ptx.endFrom(thread, ptx.r("mul.lo.s32", frames, row));
    frame = ptx.r("div.u32", thread, row);
    String own = ptx.r("sub.s32", thread, ptx.r("mul.lo.s32", frame, row));
    inside = ptx.p("setp.lt.u32", own, size);
    element = ptx.r("min.u32", own, size - 1);
  }

  /** Threads of a frame. */
  static int row(int size, Set<ValueForm> outputs) {
    return outputs.contains(ValueForm.BITS) ? ValueForm.words(size) * Integer.SIZE : size;
  }

  /** The frame's number. */
  String frame() {
    return frame;
  }

  /** The element within the frame; for a thread too many, the frame's last one. */
  String element() {
    return element;
  }

  /** Writes a number, which is 0 or 1 if bits are wanted. */
  void write(String number) {
    if (numbers != null) {
      String at = ptx.r("mad.lo.s32", frame, size, element);
      String address = ptx.address(numbers, at, Float.BYTES);
      ptx.onlyIf(inside, "st.global.f32", "[" + address + "]", number);
    }
    if (bits != null) {
      String set = ptx.p("setp.neu.f32", number, PtxWriter.literal(0));
      String word = ptx.r("vote.sync.ballot.b32", ptx.p("and.pred", set, inside), "0xffffffff");
      String first = ptx.p("setp.eq.u32", ptx.r("and.b32", thread, 31), 0);
      String address = ptx.address(bits, ptx.r("shr.u32", thread, 5), Integer.BYTES);
      ptx.onlyIf(first, "st.global.b32", "[" + address + "]", word);
    }
  }
}
