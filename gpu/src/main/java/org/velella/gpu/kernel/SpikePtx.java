package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;

/**
 * Linear layers and convolutions of spikes that visit the spikes only: a warp takes the words of
 * its rows one after the other, and for every bit that is set, in ascending order, every lane adds
 * the weights of its columns from shared memory. Adding a weight is the fused multiply-add with a
 * 1, and leaving out a 0 changes nothing, so the bits are those of {@link MatrixPtx}.
 *
 * <p>Parameters: the words, two at a time for every row; for a convolution a {@link WindowTable} of
 * words; the weights {@code [groups, terms, columns]}, padded with zeros, 32 terms per word; the
 * biases; the output as numbers; rows; a word that must not be 0, else the kernel does nothing. The
 * grid is tiles of rows by tiles of columns by groups.
 */
public final class SpikePtx {
  private final PtxWriter ptx = new PtxWriter(SpikeTile.THREADS);
  private final SpikeTile tile;
  private final MatrixOutput output;
  private final ConvOp conv;
  private final int columns;
  private final int words;
  private String lane;
  private String mine;
  private String wordsAt;
  private String table;
  private String base;
  private String top;
  private String left;
  private String[][] sums;

  private SpikePtx(SpikeTile tile, ConvOp conv, int columns, int words) {
    this.tile = tile;
    this.conv = conv;
    this.columns = columns;
    this.words = (words + 1) / 2 * 2;
    output = new MatrixOutput(ptx, columns, conv);
  }

  /** The kernel of a linear layer with one row per frame. */
  public static PtxKernel linear(LinearOp op, SpikeTile tile) {
    int words = ValueForm.words(op.inputs());
    return new SpikePtx(tile, null, op.outputs(), words).write();
  }

  /** The kernel of a convolution, whose words are in the layout of {@link ChannelBits}. */
  public static PtxKernel convolution(ConvOp op, SpikeTile tile) {
    int words = op.kernelH() * op.kernelW() * ChannelBits.wordsPerGroup(op);
    return new SpikePtx(tile, op, op.outChannels() / op.groups(), words).write();
  }

  private PtxKernel write() {
    final String value = ptx.pointer();
    final String places = conv == null ? null : ptx.pointer();
    final String weights = ptx.pointer();
    output.parameters();
    final String rows = ptx.int32();
    String chosen = ptx.r("ld.global.u32", "[" + ptx.pointer() + "]");
    ptx.onlyIf(ptx.p("setp.eq.u32", chosen, 0), "ret");
    int bytes = SpikeTile.TERMS * tile.columns() * Float.BYTES;
    String shared = ptx.r("mov.u32", ptx.shared("weights", bytes));
    String thread = ptx.r("mov.u32", "%tid.x");
    lane = ptx.r("and.b32", thread, 31);
    String warp = ptx.r("shr.u32", thread, 5);
    String group = ptx.r("mov.u32", "%ctaid.z");
    String first = ptx.r("mul.lo.s32", ptx.r("mov.u32", "%ctaid.x"), tile.rows());
    first = ptx.r("mad.lo.s32", warp, tile.warpRows(), first);
    String column = ptx.r("mul.lo.s32", ptx.r("mov.u32", "%ctaid.y"), tile.columns());
    beginWords(value, places, first, rows, group);
    String weightsAt = weightsAt(weights, thread, column, group);
    String own = ptx.r("mad.lo.s32", lane, tile.laneColumns() * Float.BYTES, shared);
    sums = new String[tile.warpRows()][tile.laneColumns()];
    for (String[] row : sums) {
      for (int j = 0; j < row.length; j++) {
        row[j] = ptx.f("mov.f32", PtxWriter.literal(0));
      }
    }
    String count = ptx.r("mov.b32", 0);
    String again = ptx.label();
    ptx.place(again);
    String[] pair = loadWords();
    bringWeights(weightsAt, ptx.r("mad.lo.s32", thread, vector() * Float.BYTES, shared));
    ptx.op("bar.sync", 0);
    for (int r = 0; r < tile.warpRows(); r++) {
      for (int half = 0; half < 2; half++) {
        visit(ptx.r("shfl.sync.idx.b32", pair[half], r, 31, "0xffffffff"), own, half, sums[r]);
      }
    }
    ptx.op("bar.sync", 0);
    ptx.op("add.s32", count, count, 2);
    ptx.onlyIf(ptx.p("setp.lt.u32", count, words), "bra", again);
    finish(first, ptx.r("mad.lo.s32", lane, tile.laneColumns(), column), rows, group);
    return new PtxKernel(ptx.text(), SpikeTile.THREADS);
  }

  /** A lane looks after the words of the row of its number. */
  private void beginWords(String value, String places, String first, String rows, String group) {
    String row = ptx.r("add.s32", first, lane);
    mine = ptx.p("setp.lt.u32", row, rows);
    mine = ptx.p("and.pred", mine, ptx.p("setp.lt.u32", lane, tile.warpRows()));
    if (conv == null) {
      wordsAt = ptx.address(value, row, words * Integer.BYTES);
      return;
    }
    table = places;
    WindowPlace place = new WindowPlace(ptx, conv, row);
    top = place.top;
    left = place.left;
    int perGroup = ChannelBits.wordsPerGroup(conv);
    String pixel = ptx.r("mad.lo.s32", top, conv.inW(), left);
    base = ptx.r("mul.lo.s32", pixel, perGroup * conv.groups());
    base = ptx.r("mad.lo.s32", group, perGroup, base);
    base = ptx.r("mad.lo.s32", place.frame, ChannelBits.wordsPerFrame(conv), base);
    wordsAt = value;
  }

  /** The next two words of this lane's row, the first bit on top. */
  private String[] loadWords() {
    String[] pair = {ptx.r("mov.b32", 0), ptx.r("mov.b32", 0)};
    if (conv == null) {
      String list = "{" + pair[0] + ", " + pair[1] + "}";
      ptx.onlyIf(mine, "ld.global.nc.v2.u32", list, "[" + wordsAt + "]");
      ptx.op("add.s64", wordsAt, wordsAt, 2 * Integer.BYTES);
    } else {
      for (int half = 0; half < 2; half++) {
        String offset = ptx.b32();
        String down = ptx.b32();
        String right = ptx.b32();
        String list = "{" + offset + ", " + down + ", " + right + ", " + ptx.b32() + "}";
        int entry = half * WindowTable.ENTRY_BYTES;
        ptx.op("ld.global.nc.v4.u32", list, "[" + table + "+" + entry + "]");
        String y = ptx.p("setp.lt.u32", ptx.r("add.s32", top, down), conv.inH());
        String x = ptx.p("setp.lt.u32", ptx.r("add.s32", left, right), conv.inW());
        String inside = ptx.p("and.pred", ptx.p("and.pred", y, x), mine);
        String at = ptx.address(wordsAt, ptx.r("add.s32", base, offset), Integer.BYTES);
        ptx.onlyIf(inside, "ld.global.nc.u32", pair[half], "[" + at + "]");
      }
      ptx.op("add.s64", table, table, 2 * WindowTable.ENTRY_BYTES);
    }
    return new String[] {ptx.r("brev.b32", pair[0]), ptx.r("brev.b32", pair[1])};
  }

  private int vector() {
    return Math.min(4, SpikeTile.TERMS * tile.columns() / SpikeTile.THREADS);
  }

  private String weightsAt(String weights, String thread, String column, String group) {
    String number = ptx.r("mul.lo.s32", thread, vector());
    String term = ptx.r("div.u32", number, tile.columns());
    String own = ptx.r("rem.u32", number, tile.columns());
    int terms = 32 * words;
    String row = ptx.r("mad.lo.s32", group, terms, term);
    String at = ptx.r("mad.lo.s32", row, MatrixTile.padded(columns), own);
    return ptx.address(weights, ptx.r("add.s32", at, column), Float.BYTES);
  }

  /** All threads bring the weights of the next terms, whole rows of the tile at a time. */
  private void bringWeights(String from, String to) {
    int atOnce = vector() * SpikeTile.THREADS;
    int all = SpikeTile.TERMS * tile.columns();
    int pitch = MatrixTile.padded(columns) * Float.BYTES;
    for (int done = 0; done < all; done += atOnce) {
      String[] run = new String[vector()];
      for (int i = 0; i < run.length; i++) {
        run[i] = ptx.f32();
      }
      String list = "{" + String.join(", ", run) + "}";
      int offset = done / tile.columns() * pitch;
      ptx.op("ld.global.nc.v" + run.length + ".f32", list, "[" + from + "+" + offset + "]");
      String target = "[" + to + "+" + done * Float.BYTES + "]";
      ptx.op("st.shared.v" + run.length + ".f32", target, list);
    }
    ptx.op("add.s64", from, from, SpikeTile.TERMS * pitch);
  }

  /** Adds the weights of a word's bits, the first bit on top, to the sums of a row. */
  private void visit(String word, String own, int half, String[] row) {
    String again = ptx.label();
    String done = ptx.label();
    int pitch = tile.columns() * Float.BYTES;
    ptx.onlyIf(ptx.p("setp.eq.u32", word, 0), "bra", done);
    ptx.place(again);
    String place = ptx.r("clz.b32", word);
    ptx.op("xor.b32", word, word, ptx.r("shr.u32", 0x80000000, place));
    String at = ptx.r("mad.lo.s32", place, pitch, own);
    String from = "[" + at + "+" + half * 32 * pitch + "]";
    String[] weights = new String[row.length];
    for (int j = 0; j < row.length; j++) {
      weights[j] = ptx.f32();
    }
    if (row.length == 1) {
      ptx.op("ld.shared.f32", weights[0], from);
    } else {
      String list = "{" + String.join(", ", weights) + "}";
      ptx.op("ld.shared.v" + row.length + ".f32", list, from);
    }
    for (int j = 0; j < row.length; j++) {
      ptx.op("add.rn.f32", row[j], row[j], weights[j]);
    }
    ptx.onlyIf(ptx.p("setp.ne.u32", word, 0), "bra", again);
    ptx.place(done);
  }

  private void finish(String first, String column, String rows, String group) {
    String[] biases = output.biases(column, group, tile.laneColumns());
    for (int r = 0; r < tile.warpRows(); r++) {
      String row = ptx.r("add.s32", first, r);
      MatrixOutput.Row to = output.new Row(row, group, ptx.p("setp.lt.u32", row, rows));
      String[] numbers = new String[tile.laneColumns()];
      for (int j = 0; j < numbers.length; j++) {
        numbers[j] = output.finished(sums[r][j], biases[j]);
      }
      to.write(column, numbers);
    }
  }
}
