package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;

/**
 * The windows of a convolution as rows, one per output place, terms in canonical order; gathered
 * from the image when they are needed. Padded places are zeros. Parameters: the value; a {@link
 * WindowTable}.
 */
final class WindowInput extends MatrixInput {
  private final ConvOp op;
  private final ValueForm form;
  private final int loads;
  private String value;
  private String table;
  private String at;
  private String base;
  private String top;
  private String left;

  WindowInput(PtxWriter ptx, MatrixTile tile, ConvOp op, ValueForm form) {
    super(ptx, tile, op.kernelH() * op.kernelW() * (op.inChannels() / op.groups()));
    this.op = op;
    this.form = form;
    loads = tile.rowLoads();
  }

  @Override
  void parameters() {
    value = ptx.pointer();
    table = ptx.pointer();
  }

  private int apart() {
    return tile.threads() / tile.rows();
  }

  @Override
  int termOf(int number) {
    return number * apart();
  }

  @Override
  void begin(String first, String rows, String group) {
    String thread = ptx.r("mov.u32", "%tid.x");
    String own = ptx.r("rem.u32", thread, tile.rows());
    String term = ptx.r("div.u32", thread, tile.rows());
    storeAt(term, own);
    table = ptx.address(table, term, WindowTable.ENTRY_BYTES);
    String row = ptx.r("add.s32", first, own);
    row = ptx.r("min.u32", row, ptx.r("sub.s32", rows, 1));
    WindowPlace place = new WindowPlace(ptx, op, row);
    top = place.top;
    left = place.left;
    int image = op.inH() * op.inW();
    int channels = op.inChannels() / op.groups();
    String corner = ptx.r("mad.lo.s32", top, op.inW(), left);
    corner = ptx.r("mad.lo.s32", group, channels * image, corner);
    if (form == ValueForm.NUMBERS) {
      base = ptx.r("mad.lo.s32", place.frame, op.inChannels() * image, corner);
      at = value;
    } else {
      int words = ValueForm.words(op.inChannels() * image);
      at = ptx.address(value, place.frame, words * Integer.BYTES);
      base = corner;
    }
  }

  @Override
  String[] load() {
    String[] numbers = new String[loads];
    for (int i = 0; i < loads; i++) {
      String offset = ptx.b32();
      String down = ptx.b32();
      String right = ptx.b32();
      String list = "{" + offset + ", " + down + ", " + right + ", " + ptx.b32() + "}";
      int entry = termOf(i) * WindowTable.ENTRY_BYTES;
      ptx.op("ld.global.nc.v4.u32", list, "[" + table + "+" + entry + "]");
      String y = ptx.p("setp.lt.u32", ptx.r("add.s32", top, down), op.inH());
      String x = ptx.p("setp.lt.u32", ptx.r("add.s32", left, right), op.inW());
      numbers[i] = read(ptx.p("and.pred", y, x), ptx.r("add.s32", base, offset));
    }
    ptx.op("add.s64", table, table, MatrixTile.DEPTH * WindowTable.ENTRY_BYTES);
    return numbers;
  }

  private String read(String inside, String element) {
    if (form == ValueForm.NUMBERS) {
      String number = ptx.f("mov.f32", PtxWriter.literal(0));
      String address = ptx.address(at, element, Float.BYTES);
      ptx.onlyIf(inside, "ld.global.nc.f32", number, "[" + address + "]");
      return number;
    }
    String word = ptx.r("mov.b32", 0);
    String address = ptx.address(at, ptx.r("shr.u32", element, 5), Integer.BYTES);
    ptx.onlyIf(inside, "ld.global.nc.u32", word, "[" + address + "]");
    return ElementReader.bit(ptx, word, ptx.r("and.b32", element, 31));
  }
}
