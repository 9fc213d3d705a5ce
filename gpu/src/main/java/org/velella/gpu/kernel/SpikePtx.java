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
  /** That a multiprocessor holds: one visits while the other waits at its barrier. */
  private static final int BLOCKS = 2;

  /** Terms of a word. */
  private static final int HALF = SpikeTile.TERMS / 2;

  private final PtxWriter ptx = new PtxWriter(SpikeTile.THREADS, BLOCKS);
  private final SpikeTile tile;
  private final MatrixOutput output;
  private final ConvOp conv;
  private final int columns;
  private final int words;
  private String lane;
  private String own;
  private String weightsAt;
  private String weightsTo;
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
    int bytes = HALF * tile.columns() * Float.BYTES;
    String shared = ptx.r("mov.u32", ptx.shared("weights", 2 * bytes));
    String thread = ptx.r("mov.u32", "%tid.x");
    lane = ptx.r("and.b32", thread, 31);
    String warp = ptx.r("shr.u32", thread, 5);
    String group = ptx.r("mov.u32", "%ctaid.z");
    String first = ptx.r("mul.lo.s32", ptx.r("mov.u32", "%ctaid.x"), tile.rows());
    first = ptx.r("mad.lo.s32", warp, tile.warpRows(), first);
    String column = ptx.r("mul.lo.s32", ptx.r("mov.u32", "%ctaid.y"), tile.columns());
    beginWords(value, places, first, rows, group);
    weightsAt = weightsAt(weights, thread, column, group);
    weightsTo = ptx.r("mad.lo.s32", thread, vector() * Float.BYTES, shared);
    own = ptx.r("mad.lo.s32", lane, tile.laneColumns() * Float.BYTES, shared);
    sums = new String[tile.warpRows()][tile.laneColumns()];
    for (String[] row : sums) {
      for (int j = 0; j < row.length; j++) {
        row[j] = ptx.f("mov.f32", PtxWriter.literal(0));
      }
    }
    loop(bytes);
    finish(first, ptx.r("mad.lo.s32", lane, tile.laneColumns(), column), rows, group);
    return new PtxKernel(ptx.text(), SpikeTile.THREADS);
  }

  /**
   * Two words of every row at a time. The weights of one are visited in one half of the shared
   * memory, while those of the next one are on their way to the other.
   */
  private void loop(int bytes) {
    String count = ptx.r("mov.b32", 0);
    String more = ptx.p("setp.eq.u32", count, 0);
    String[] pair = loadWords(more);
    storeWeights(loadWeights(more), 0);
    ptx.op("bar.sync", 0);
    String again = ptx.label();
    ptx.place(again);
    ptx.op("add.s32", count, count, 2);
    ptx.op("setp.lt.u32", more, count, words);
    String[] next = loadWords(more);
    for (int half = 0; half < 2; half++) {
      String[][] brought = loadWeights(half == 0 ? null : more);
      for (int r = 0; r < tile.warpRows(); r++) {
        String word = ptx.r("shfl.sync.idx.b32", pair[half], r, 31, "0xffffffff");
        visit(word, half * bytes, sums[r]);
      }
      storeWeights(brought, (1 - half) * bytes);
      ptx.op("bar.sync", 0);
    }
    ptx.op("mov.b32", pair[0], next[0]);
    ptx.op("mov.b32", pair[1], next[1]);
    ptx.onlyIf(more, "bra", again);
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

  /** The next two words of this lane's row, if there are more, the first bit on top. */
  private String[] loadWords(String more) {
    String[] pair = {ptx.r("mov.b32", 0), ptx.r("mov.b32", 0)};
    String wanted = ptx.p("and.pred", mine, more);
    if (conv == null) {
      String list = "{" + pair[0] + ", " + pair[1] + "}";
      ptx.onlyIf(wanted, "ld.global.nc.v2.u32", list, "[" + wordsAt + "]");
      ptx.op("add.s64", wordsAt, wordsAt, 2 * Integer.BYTES);
    } else {
      for (int half = 0; half < 2; half++) {
        String offset = ptx.r("mov.b32", 0);
        String down = ptx.r("mov.b32", 0);
        String right = ptx.r("mov.b32", 0);
        String list = "{" + offset + ", " + down + ", " + right + ", " + ptx.b32() + "}";
        int entry = half * WindowTable.ENTRY_BYTES;
        ptx.onlyIf(more, "ld.global.nc.v4.u32", list, "[" + table + "+" + entry + "]");
        String y = ptx.p("setp.lt.u32", ptx.r("add.s32", top, down), conv.inH());
        String x = ptx.p("setp.lt.u32", ptx.r("add.s32", left, right), conv.inW());
        String inside = ptx.p("and.pred", ptx.p("and.pred", y, x), wanted);
        String at = ptx.address(wordsAt, ptx.r("add.s32", base, offset), Integer.BYTES);
        ptx.onlyIf(inside, "ld.global.nc.u32", pair[half], "[" + at + "]");
      }
      ptx.op("add.s64", table, table, 2 * WindowTable.ENTRY_BYTES);
    }
    return new String[] {ptx.r("brev.b32", pair[0]), ptx.r("brev.b32", pair[1])};
  }

  private int vector() {
    return Math.min(4, HALF * tile.columns() / SpikeTile.THREADS);
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

  /** Reads this thread's part of the weights of the next word, if there are more. */
  private String[][] loadWeights(String more) {
    int runs = HALF * tile.columns() / (vector() * SpikeTile.THREADS);
    int pitch = MatrixTile.padded(columns) * Float.BYTES;
    String[][] numbers = new String[runs][vector()];
    for (int run = 0; run < runs; run++) {
      for (int i = 0; i < vector(); i++) {
        numbers[run][i] = ptx.f32();
      }
      int offset = run * vector() * SpikeTile.THREADS / tile.columns() * pitch;
      String op = "ld.global.nc.v" + vector() + ".f32";
      String from = "[" + weightsAt + "+" + offset + "]";
      if (more == null) {
        ptx.op(op, list(numbers[run]), from);
      } else {
        ptx.onlyIf(more, op, list(numbers[run]), from);
      }
    }
    ptx.op("add.s64", weightsAt, weightsAt, HALF * pitch);
    return numbers;
  }

  private void storeWeights(String[][] numbers, int half) {
    for (int run = 0; run < numbers.length; run++) {
      int offset = half + run * vector() * SpikeTile.THREADS * Float.BYTES;
      String op = "st.shared.v" + vector() + ".f32";
      ptx.op(op, "[" + weightsTo + "+" + offset + "]", list(numbers[run]));
    }
  }

  private static String list(String[] registers) {
    return "{" + String.join(", ", registers) + "}";
  }

  /**
   * Adds the weights of a word's bits, the first bit on top, to the sums of a row. The weights of
   * one bit are on their way while those of the bit before are added.
   */
  private void visit(String word, int half, String[] row) {
    final String again = ptx.label();
    final String[] ends = {ptx.label(), ptx.label()};
    final String done = ptx.label();
    String none = ptx.p("setp.eq.u32", word, 0);
    ptx.onlyIf(none, "bra", done);
    String[][] weights = new String[2][row.length];
    for (String[] each : weights) {
      for (int j = 0; j < row.length; j++) {
        each[j] = ptx.f32();
      }
    }
    fetch(word, half, weights[0]);
    ptx.place(again);
    for (int turn = 0; turn < 2; turn++) {
      ptx.op("setp.eq.u32", none, word, 0);
      ptx.onlyIf(none, "bra", ends[turn]);
      fetch(word, half, weights[1 - turn]);
      add(row, weights[turn]);
    }
    ptx.op("bra", again);
    ptx.place(ends[0]);
    add(row, weights[0]);
    ptx.op("bra", done);
    ptx.place(ends[1]);
    add(row, weights[1]);
    ptx.place(done);
  }

  /** Takes the first bit off a word and reads its weights. */
  private void fetch(String word, int half, String[] weights) {
    String place = ptx.r("clz.b32", word);
    ptx.op("xor.b32", word, word, ptx.r("shr.u32", 0x80000000, place));
    String at = ptx.r("mad.lo.s32", place, tile.columns() * Float.BYTES, own);
    String from = "[" + at + "+" + half + "]";
    if (weights.length == 1) {
      ptx.op("ld.shared.f32", weights[0], from);
    } else {
      ptx.op("ld.shared.v" + weights.length + ".f32", list(weights), from);
    }
  }

  private void add(String[] row, String[] weights) {
    for (int j = 0; j < row.length; j++) {
      ptx.op("add.rn.f32", row[j], row[j], weights[j]);
    }
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
