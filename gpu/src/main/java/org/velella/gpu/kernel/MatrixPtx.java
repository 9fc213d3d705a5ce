package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;

/**
 * Linear layers and convolutions as products of matrices: every output takes its terms in canonical
 * order, one fused multiply-add each, in one register; tiles of both matrices come through shared
 * memory, the next one while this one is used. Terms too many are zeros, which change nothing.
 *
 * <p>Parameters: those of the input ({@link RowInput} or {@link WindowInput}); the weights {@code
 * [groups, terms, columns]}, padded with zeros; the biases {@code [groups, columns]}; the output as
 * numbers; rows; for bits, a word that must be 0, else the kernel does nothing. The grid's first
 * axis is tiles of columns within tiles of rows, its third one groups.
 */
public final class MatrixPtx {
  /**
   * One block computes while the other waits at its barrier; only where outputs are written four at
   * a time do the registers suffice.
   */
  private static final int BLOCKS = 2;

  private final PtxWriter ptx;
  private final MatrixTile tile;
  private final MatrixInput input;
  private final MatrixOutput output;
  private final int columns;
  private final int steps;
  private String weightAt;
  private String weightTo;
  private String readRows;
  private String readColumns;
  private String firstRow;
  private String firstColumn;
  private String[][] sums;

  private MatrixPtx(PtxWriter ptx, MatrixInput input, MatrixOutput output, int columns) {
    this.ptx = ptx;
    this.input = input;
    this.output = output;
    this.columns = columns;
    tile = input.tile;
    steps = (input.terms + MatrixTile.DEPTH - 1) / MatrixTile.DEPTH;
  }

  /** The kernel of a linear layer. */
  public static PtxKernel linear(LinearOp op, ValueForm form, MatrixTile tile) {
    PtxWriter ptx = new PtxWriter(tile.threads(), op.outputs() % 4 == 0 ? BLOCKS : 1);
    MatrixInput input = new RowInput(ptx, tile, op.inputs(), form, op.rows());
    return of(ptx, input, new MatrixOutput(ptx, op.outputs(), null), op.outputs(), form);
  }

  /** The kernel of a convolution. */
  public static PtxKernel convolution(ConvOp op, ValueForm form, MatrixTile tile) {
    PtxWriter ptx = new PtxWriter(tile.threads());
    MatrixInput input = new WindowInput(ptx, tile, op, form);
    int columns = op.outChannels() / op.groups();
    return of(ptx, input, new MatrixOutput(ptx, columns, op), columns, form);
  }

  private static PtxKernel of(
      PtxWriter ptx, MatrixInput input, MatrixOutput output, int columns, ValueForm form) {
    MatrixPtx writer = new MatrixPtx(ptx, input, output, columns);
    writer.write(form == ValueForm.BITS);
    return new PtxKernel(ptx.text(), writer.tile.threads());
  }

  private void write(boolean choice) {
    input.parameters();
    final String weights = ptx.pointer();
    output.parameters();
    final String rows = ptx.int32();
    if (choice) {
      String chosen = ptx.r("ld.global.u32", "[" + ptx.pointer() + "]");
      ptx.onlyIf(ptx.p("setp.ne.u32", chosen, 0), "ret");
    }
    int left = MatrixTile.DEPTH * MatrixInput.pitch(tile);
    int right = MatrixTile.DEPTH * tile.columns() * Float.BYTES;
    String leftTiles = ptx.r("mov.u32", ptx.shared("rows", 2 * left));
    String rightTiles = ptx.r("mov.u32", ptx.shared("columns", 2 * right));
    String block = ptx.r("mov.u32", "%ctaid.x");
    int across = (columns + tile.columns() - 1) / tile.columns();
    String first = ptx.r("mul.lo.s32", ptx.r("div.u32", block, across), tile.rows());
    String column = ptx.r("mul.lo.s32", ptx.r("rem.u32", block, across), tile.columns());
    String group = ptx.r("mov.u32", "%ctaid.z");
    input.begin(first, rows, group);
    beginWeights(weights, column, group);
    beginSums(first, column);
    input.store(input.load(), leftTiles);
    storeWeights(loadWeights(), rightTiles);
    ptx.op("bar.sync", 0);
    String offset = ptx.r("mov.b32", 0);
    if (steps > 1) {
      String count = ptx.r("mov.b32", 1);
      String again = ptx.label();
      ptx.place(again);
      String[] nextRows = input.load();
      String[] nextWeights = loadWeights();
      accumulate(leftTiles, rightTiles, offset, left, right);
      ptx.op("xor.b32", offset, offset, 1);
      input.store(nextRows, ptx.r("mad.lo.s32", offset, left, leftTiles));
      storeWeights(nextWeights, ptx.r("mad.lo.s32", offset, right, rightTiles));
      ptx.op("bar.sync", 0);
      ptx.op("add.s32", count, count, 1);
      ptx.onlyIf(ptx.p("setp.lt.u32", count, steps), "bra", again);
    }
    accumulate(leftTiles, rightTiles, offset, left, right);
    finish(rows, group);
  }

  private int weightLoads() {
    return Math.max(1, MatrixTile.DEPTH * tile.columns() / tile.threads());
  }

  private void beginWeights(String weights, String column, String group) {
    String number = ptx.r("mul.lo.s32", ptx.r("mov.u32", "%tid.x"), weightLoads());
    String term = ptx.r("div.u32", number, tile.columns());
    String own = ptx.r("rem.u32", number, tile.columns());
    weightTo = ptx.r("mul.lo.s32", number, Float.BYTES);
    String row = ptx.r("mad.lo.s32", group, MatrixTile.paddedTerms(input.terms), term);
    String at = ptx.r("mad.lo.s32", row, MatrixTile.padded(columns), own);
    weightAt = ptx.address(weights, ptx.r("add.s32", at, column), Float.BYTES);
  }

  /** Threads too many for a narrow tile bring nothing. */
  private String bringsWeights() {
    int bringing = MatrixTile.DEPTH * tile.columns() / weightLoads();
    return bringing < tile.threads()
        ? ptx.p("setp.lt.u32", ptx.r("mov.u32", "%tid.x"), bringing)
        : null;
  }

  private String[] loadWeights() {
    String[] numbers = new String[weightLoads()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ptx.f32();
    }
    move("ld.global.nc", numbers, "[" + weightAt + "]", bringsWeights(), true);
    int stride = MatrixTile.DEPTH * MatrixTile.padded(columns) * Float.BYTES;
    ptx.op("add.s64", weightAt, weightAt, stride);
    return numbers;
  }

  private void storeWeights(String[] numbers, String to) {
    String at = ptx.r("add.s32", to, weightTo);
    move("st.shared", numbers, "[" + at + "]", bringsWeights(), false);
  }

  private void move(String op, String[] numbers, String at, String guard, boolean loads) {
    String list = numbers.length == 1 ? numbers[0] : "{" + String.join(", ", numbers) + "}";
    String full = op + (numbers.length == 1 ? ".f32" : ".v" + numbers.length + ".f32");
    Object[] operands = loads ? new Object[] {list, at} : new Object[] {at, list};
    if (guard == null) {
      ptx.op(full, operands);
    } else {
      ptx.onlyIf(guard, full, operands);
    }
  }

  /** Eight threads side by side and four below each other are a warp. */
  private void beginSums(String first, String column) {
    String thread = ptx.r("mov.u32", "%tid.x");
    String lane = ptx.r("and.b32", thread, 31);
    String warp = ptx.r("shr.u32", thread, 5);
    int across = tile.columns() / tile.threadColumns() / 8;
    String x = ptx.r("mad.lo.s32", ptx.r("rem.u32", warp, across), 8, ptx.r("and.b32", lane, 7));
    String y = ptx.r("mad.lo.s32", ptx.r("div.u32", warp, across), 4, ptx.r("shr.u32", lane, 3));
    String ownRow = ptx.r("mul.lo.s32", y, 4);
    String ownColumn = ptx.r("mul.lo.s32", x, tile.vector());
    readRows = ptx.r("mul.lo.s32", ownRow, Float.BYTES);
    readColumns = ptx.r("mul.lo.s32", ownColumn, Float.BYTES);
    firstRow = ptx.r("add.s32", first, ownRow);
    firstColumn = ptx.r("add.s32", column, ownColumn);
    sums = new String[tile.threadRows()][tile.threadColumns()];
    for (String[] row : sums) {
      for (int j = 0; j < row.length; j++) {
        row[j] = ptx.f("mov.f32", PtxWriter.literal(0));
      }
    }
  }

  /** Where a thread's number {@code i} lies among all: runs of {@code vector}, far apart. */
  private static int place(int i, int vector, int count, int all) {
    return i / vector * (all / (count / vector)) + i % vector;
  }

  private void accumulate(String lefts, String rights, String offset, int left, int right) {
    String leftAt = ptx.r("add.s32", ptx.r("mad.lo.s32", offset, left, lefts), readRows);
    String rightAt = ptx.r("add.s32", ptx.r("mad.lo.s32", offset, right, rights), readColumns);
    for (int k = 0; k < MatrixTile.DEPTH; k++) {
      String[] a = read(leftAt, k * MatrixInput.pitch(tile), tile.threadRows(), 4, tile.rows());
      int pitch = tile.columns() * Float.BYTES;
      String[] b = read(rightAt, k * pitch, tile.threadColumns(), tile.vector(), tile.columns());
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < b.length; j++) {
          ptx.op("fma.rn.f32", sums[i][j], a[i], b[j], sums[i][j]);
        }
      }
    }
  }

  private String[] read(String at, int from, int count, int vector, int all) {
    String[] numbers = new String[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = ptx.f32();
    }
    for (int i = 0; i < count; i += vector) {
      String[] run = new String[vector];
      System.arraycopy(numbers, i, run, 0, vector);
      int offset = from + place(i, vector, count, all) * Float.BYTES;
      String list = "{" + String.join(", ", run) + "}";
      ptx.op("ld.shared.v" + vector + ".f32", list, "[" + at + "+" + offset + "]");
    }
    return numbers;
  }

  private void finish(String rows, String group) {
    int vector = tile.vector();
    int runs = tile.threadColumns() / vector;
    String[] columnsAt = new String[runs];
    String[][] biases = new String[runs][];
    for (int run = 0; run < runs; run++) {
      int offset = place(run * vector, vector, tile.threadColumns(), tile.columns());
      columnsAt[run] = ptx.r("add.s32", firstColumn, offset);
      biases[run] = output.biases(columnsAt[run], group, vector);
    }
    for (int i = 0; i < tile.threadRows(); i++) {
      String row = ptx.r("add.s32", firstRow, place(i, 4, tile.threadRows(), tile.rows()));
      MatrixOutput.Row to = output.new Row(row, group, ptx.p("setp.lt.u32", row, rows));
      for (int run = 0; run < runs; run++) {
        String[] numbers = new String[vector];
        for (int j = 0; j < vector; j++) {
          numbers[j] = output.finished(sums[i][run * vector + j], biases[run][j]);
        }
        to.write(columnsAt[run], numbers);
      }
    }
  }
}
