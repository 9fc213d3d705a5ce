package org.velella.gpu.kernel;

/** Reads elements of a frame as numbers, whichever form the value has. */
final class ElementReader {
  private final PtxWriter ptx;
  private final ValueForm form;
  private final String base;

  /**
   * A reader of one frame.
   *
   * @param value the register of the value's address
   * @param size elements of a frame
   * @param frame the register of the frame's number
   */
  ElementReader(PtxWriter ptx, ValueForm form, String value, int size, String frame) {
    this.ptx = ptx;
    this.form = form;
    int words = form == ValueForm.BITS ? ValueForm.words(size) : size;
    String bytes = ptx.r("mov.b32", words * Integer.BYTES);
    base = ptx.d("mad.wide.u32", frame, bytes, value);
  }

  /** The element of a number. */
  String read(String index) {
    if (form == ValueForm.NUMBERS) {
      return ptx.f("ld.global.nc.f32", "[" + ptx.address(base, index, Float.BYTES) + "]");
    }
    String at = ptx.address(base, ptx.r("shr.u32", index, 5), Integer.BYTES);
    String word = ptx.r("ld.global.nc.u32", "[" + at + "]");
    return bit(ptx, word, ptx.r("and.b32", index, 31));
  }

  /** A bit of a word as the number 0 or 1. */
  static String bit(PtxWriter ptx, String word, Object place) {
    String bit = ptx.r("and.b32", ptx.r("shr.u32", word, place), 1);
    return ptx.f("cvt.rn.f32.u32", bit);
  }
}
