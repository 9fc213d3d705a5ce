package org.velella.gpu.kernel;

/** Rows that lie one after the other, as numbers or as bits. Parameter: the value. */
final class RowInput extends MatrixInput {
  private final ValueForm form;
  private final int rowsPerFrame;
  private final int loads;
  private final boolean whole;
  private final boolean together;
  private String value;
  private String at;
  private String start;
  private String term;

  /**
   * Rows of {@code terms} numbers.
   *
   * @param rowsPerFrame rows of a frame; bits begin anew with every frame
   */
  RowInput(PtxWriter ptx, MatrixTile tile, int terms, ValueForm form, int rowsPerFrame) {
    super(ptx, tile, terms);
    this.form = form;
    this.rowsPerFrame = rowsPerFrame;
    loads = tile.rowLoads();
    whole = terms % MatrixTile.DEPTH == 0;
    together = terms % loads == 0;
  }

  @Override
  void parameters() {
    value = ptx.pointer();
  }

  @Override
  void begin(String first, String rows, String group) {
    String thread = ptx.r("mov.u32", "%tid.x");
    int threadsPerRow = MatrixTile.DEPTH / loads;
    String own = ptx.r("div.u32", thread, threadsPerRow);
    term = ptx.r("mul.lo.s32", ptx.r("rem.u32", thread, threadsPerRow), loads);
    storeAt(term, own);
    String row = ptx.r("add.s32", first, own);
    row = ptx.r("min.u32", row, ptx.r("sub.s32", rows, 1));
    if (form == ValueForm.NUMBERS) {
      String element = ptx.r("mad.lo.s32", row, terms, term);
      at = ptx.address(value, element, Float.BYTES);
    } else {
      int words = ValueForm.words(terms * rowsPerFrame);
      String frame = ptx.r("div.u32", row, rowsPerFrame);
      at = ptx.address(value, frame, words * Integer.BYTES);
      start = ptx.r("mul.lo.s32", ptx.r("rem.u32", row, rowsPerFrame), terms);
    }
  }

  @Override
  int termOf(int number) {
    return number;
  }

  @Override
  String[] load() {
    String[] numbers = new String[loads];
    for (int i = 0; i < loads; i++) {
      numbers[i] = whole ? ptx.f32() : ptx.f("mov.f32", PtxWriter.literal(0));
    }
    if (form == ValueForm.NUMBERS) {
      loadNumbers(numbers);
      ptx.op("add.s64", at, at, MatrixTile.DEPTH * Float.BYTES);
    } else {
      loadBits(numbers);
    }
    ptx.op("add.s32", term, term, MatrixTile.DEPTH);
    return numbers;
  }

  private void loadNumbers(String[] numbers) {
    if (together) {
      String list = "{" + String.join(", ", numbers) + "}";
      guarded(0, "ld.global.nc.v" + loads + ".f32", list, "[" + at + "]");
    } else {
      for (int i = 0; i < loads; i++) {
        guarded(i, "ld.global.nc.f32", numbers[i], "[" + at + "+" + i * Float.BYTES + "]");
      }
    }
  }

  private void guarded(int number, String op, Object... operands) {
    if (whole) {
      ptx.op(op, operands);
    } else {
      String own = number == 0 ? term : ptx.r("add.s32", term, number);
      ptx.onlyIf(ptx.p("setp.lt.u32", own, terms), op, operands);
    }
  }

  private void loadBits(String[] numbers) {
    String first = ptx.r("add.s32", start, term);
    String word = null;
    for (int i = 0; i < loads; i++) {
      String place = i == 0 ? first : ptx.r("add.s32", first, i);
      if (i == 0 || !together) {
        String address = ptx.address(at, ptx.r("shr.u32", place, 5), Integer.BYTES);
        word = ptx.r("mov.b32", 0);
        guarded(i, "ld.global.nc.u32", word, "[" + address + "]");
      }
      String bit = ElementReader.bit(ptx, word, ptx.r("and.b32", place, 31));
      guarded(together ? 0 : i, "mov.f32", numbers[i], bit);
    }
  }
}
