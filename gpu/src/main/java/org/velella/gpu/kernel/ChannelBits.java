package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;

/**
 * Bits of an image, pixel by pixel: for every pixel and group of channels {@code (channels + 31) /
 * 32} words of 32 bits, so that the channels of a pixel can be visited in order.
 *
 * <p>Parameters: the value as bits; the words; a word that must not be 0, else the kernel does
 * nothing; frames. One thread per word, pixels side by side.
 */
public final class ChannelBits {
  private static final int THREADS = 256;

  private ChannelBits() {}

  /** Words of a pixel and group. */
  public static int wordsPerGroup(ConvOp op) {
    return (op.inChannels() / op.groups() + 31) / 32;
  }

  /** Words of a frame. */
  public static int wordsPerFrame(ConvOp op) {
    return op.inH() * op.inW() * op.groups() * wordsPerGroup(op);
  }

  /** The kernel for a convolution's input. */
  public static PtxKernel of(ConvOp op) {
    PtxWriter ptx = new PtxWriter(THREADS);
    final String value = ptx.pointer();
    final String out = ptx.pointer();
    final String choice = ptx.pointer();
    final String frames = ptx.int32();
    String chosen = ptx.r("ld.global.u32", "[" + choice + "]");
    ptx.onlyIf(ptx.p("setp.eq.u32", chosen, 0), "ret");
    int pixels = op.inH() * op.inW();
    int words = wordsPerGroup(op) * op.groups();
    int channels = op.inChannels() / op.groups();
    String thread = ptx.thread();
    ptx.endFrom(thread, ptx.r("mul.lo.s32", frames, pixels * words));
    String pixel = ptx.r("rem.u32", thread, pixels);
    String rest = ptx.r("div.u32", thread, pixels);
    String word = ptx.r("rem.u32", rest, words);
    String frame = ptx.r("div.u32", rest, words);
    String group = ptx.r("div.u32", word, wordsPerGroup(op));
    String inGroup = ptx.r("mul.lo.s32", ptx.r("rem.u32", word, wordsPerGroup(op)), 32);
    String left = ptx.r("sub.s32", channels, inGroup);
    int frameWords = ValueForm.words(op.inChannels() * pixels);
    String base = ptx.address(value, frame, frameWords * Integer.BYTES);
    String channel = ptx.r("mad.lo.s32", group, channels, inGroup);
    String at = ptx.r("mad.lo.s32", channel, pixels, pixel);
    String gathered = ptx.r("mov.b32", 0);
    for (int c = 0; c < Math.min(channels, 32); c++) {
      String source = ptx.r("mov.b32", 0);
      String address = ptx.address(base, ptx.r("shr.u32", at, 5), Integer.BYTES);
      ptx.onlyIf(ptx.p("setp.gt.s32", left, c), "ld.global.nc.u32", source, "[" + address + "]");
      String bit = ptx.r("shr.u32", source, ptx.r("and.b32", at, 31));
      bit = ptx.r("shl.b32", ptx.r("and.b32", bit, 1), c);
      gathered = ptx.r("or.b32", gathered, bit);
      at = ptx.r("add.s32", at, pixels);
    }
    String to = ptx.r("mad.lo.s32", frame, pixels, pixel);
    to = ptx.r("mad.lo.s32", to, words, word);
    ptx.op("st.global.b32", "[" + ptx.address(out, to, Integer.BYTES) + "]", gathered);
    return new PtxKernel(ptx.text(), THREADS);
  }
}
