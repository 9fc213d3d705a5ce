package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;

/**
 * Adds the bias and {@code + 0.0f} to finished sums and writes them where they belong. Parameters:
 * the biases, padded with zeros; the output as numbers.
 */
final class MatrixOutput {
  private final PtxWriter ptx;
  private final int columns;
  private final ConvOp conv;
  private String bias;
  private String out;

  /**
   * An output of so many columns.
   *
   * @param conv whose channels the columns are, or null if rows lie one after the other
   */
  MatrixOutput(PtxWriter ptx, int columns, ConvOp conv) {
    this.ptx = ptx;
    this.columns = columns;
    this.conv = conv;
  }

  void parameters() {
    bias = ptx.pointer();
    out = ptx.pointer();
  }

  /** The biases of neighbouring columns from one on. */
  String[] biases(String column, String group, int count) {
    String at = column;
    if (conv != null) {
      at = ptx.r("mad.lo.s32", group, MatrixTile.padded(columns), column);
    }
    String address = ptx.address(bias, at, Float.BYTES);
    String[] numbers = new String[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = ptx.f("ld.global.nc.f32", "[" + address + "+" + i * Float.BYTES + "]");
    }
    return numbers;
  }

  /** A sum with its bias. */
  String finished(String sum, String with) {
    String biased = ptx.f("add.rn.f32", sum, with);
    return ptx.f("add.rn.f32", biased, PtxWriter.literal(0));
  }

  /**
   * Where the first column of a row goes.
   *
   * @param inside a condition: whether there is such a row
   */
  final class Row {
    private final String base;
    private final String inside;

    Row(String row, String group, String inside) {
      this.inside = inside;
      if (conv == null) {
        base = ptx.r("mul.lo.s32", row, columns);
      } else {
        int places = conv.outH() * conv.outW();
        String frame = ptx.r("div.u32", row, places);
        String place = ptx.r("rem.u32", row, places);
        String channel = ptx.r("mul.lo.s32", group, columns * places);
        String own = ptx.r("add.s32", place, channel);
        base = ptx.r("mad.lo.s32", frame, conv.outChannels() * places, own);
      }
    }

    /** Writes neighbouring columns of the row. */
    void write(String column, String... numbers) {
      int apart = conv == null ? 1 : conv.outH() * conv.outW();
      String first = ptx.r("mad.lo.s32", column, apart, base);
      String address = ptx.address(out, first, Float.BYTES);
      if (apart == 1 && columns % numbers.length == 0 && numbers.length > 1) {
        String there = ptx.p("setp.lt.u32", column, columns);
        String list = "{" + String.join(", ", numbers) + "}";
        String op = "st.global.v" + numbers.length + ".f32";
        ptx.onlyIf(ptx.p("and.pred", there, inside), op, "[" + address + "]", list);
        return;
      }
      for (int i = 0; i < numbers.length; i++) {
        String own = i == 0 ? column : ptx.r("add.s32", column, i);
        String there = ptx.p("and.pred", ptx.p("setp.lt.u32", own, columns), inside);
        String to = "[" + address + "+" + (long) i * apart * Float.BYTES + "]";
        ptx.onlyIf(there, "st.global.f32", to, numbers[i]);
      }
    }
  }
}
