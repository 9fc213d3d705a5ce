package org.velella.gpu.kernel;

import java.util.Set;

/**
 * Bernoulli encoders with the numbers that every backend draws: Threefry4x32-20 of (count, step,
 * sample), as {@link org.velella.encoding.CounterRandom} defines.
 */
public final class BernoulliPtx {
  private static final int DENSE_THREADS = 256;
  private static final int WARP = 32;
  private static final int PARITY = 0x1BD11BDA;
  private static final int[] TURNS = {10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20};

  /** Twice the schedule's groups of four rounds is 20 rounds. */
  private static final int GROUPS = 5;

  /** {@link org.velella.encoding.Skips#LENGTH}. */
  private static final int SKIPS = 512;

  private final PtxWriter ptx;
  private final String[] words = new String[4];

  private BernoulliPtx(PtxWriter ptx) {
    this.ptx = ptx;
  }

  /**
   * One number per element.
   *
   * <p>Parameters: the input as numbers; the key and the id of every sample, two of 64 bits each;
   * the first step; samples; the frames between two steps of the input, 0 if it is the same at all;
   * the output as numbers, if wanted; as bits, if wanted; frames. A thread makes the four words of
   * one count; 32 threads serve 128 elements of a frame.
   *
   * @param size elements of a frame
   */
  public static PtxKernel dense(int size, Set<ValueForm> outputs) {
    PtxWriter ptx = new PtxWriter(DENSE_THREADS);
    BernoulliPtx writer = new BernoulliPtx(ptx);
    writer.dense(size, outputs.contains(ValueForm.NUMBERS), outputs.contains(ValueForm.BITS));
    return new PtxKernel(ptx.text(), DENSE_THREADS);
  }

  /** The threads of a frame in {@link #dense}. */
  public static int denseThreads(int size) {
    return (size + 127) / 128 * WARP;
  }

  private void dense(int size, boolean numbers, boolean bits) {
    final String x = ptx.pointer();
    final String samples = ptx.pointer();
    final String step = ptx.int32();
    final String batch = ptx.int32();
    final String apart = ptx.int32();
    final String out = numbers ? ptx.pointer() : null;
    final String wordsOut = bits ? ptx.pointer() : null;
    final String frames = ptx.int32();
    int row = denseThreads(size);
    String thread = ptx.thread();
    ptx.endFrom(thread, ptx.r("mul.lo.s32", frames, row));
    String frame = ptx.r("div.u32", thread, row);
    String count = ptx.r("rem.u32", thread, row);
    threefry(count, frame, step, samples, batch);
    String block = ptx.r("shr.u32", count, 4);
    String low = ptx.r("and.b32", count, 15);
    String first = ptx.r("mad.lo.s32", block, 64, low);
    String start = ptx.r("mul.lo.s32", frame, size);
    String source = source(frame, batch, apart, size);
    String odd = ptx.r("and.b32", count, 16);
    String gathered = bits ? ptx.d("mov.b64", 0) : null;
    for (int w = 0; w < 4; w++) {
      String element = ptx.r("add.s32", first, 16 * w);
      String inside = ptx.p("setp.lt.u32", element, size);
      String within = ptx.r("min.u32", element, size - 1);
      String at = ptx.r("add.s32", start, within);
      String from = ptx.address(x, ptx.r("add.s32", source, within), Float.BYTES);
      String rate = ptx.f("ld.global.nc.f32", "[" + from + "]");
      String fires = ptx.p("setp.lt.f32", uniform(words[w]), rate);
      fires = ptx.p("and.pred", fires, inside);
      if (numbers) {
        String number = ptx.f("selp.f32", PtxWriter.literal(1), PtxWriter.literal(0), fires);
        ptx.onlyIf(inside, "st.global.f32", "[" + ptx.address(out, at, 4) + "]", number);
      }
      if (bits) {
        String all = ptx.r("vote.sync.ballot.b32", fires, "0xffffffff");
        String own = ptx.r("and.b32", ptx.r("shr.u32", all, odd), 0xffff);
        String wide = ptx.d("shl.b64", ptx.d("cvt.u64.u32", own), 16 * w);
        ptx.op("or.b64", gathered, gathered, wide);
      }
    }
    if (bits) {
      int longs = ValueForm.words(size) / 2;
      String writes = ptx.p("setp.eq.u32", low, 0);
      writes = ptx.p("and.pred", writes, ptx.p("setp.lt.u32", block, longs));
      String place = ptx.r("mad.lo.s32", frame, longs, block);
      ptx.onlyIf(writes, "st.global.b64", "[" + ptx.address(wordsOut, place, 8) + "]", gathered);
    }
  }

  /** Where the rates of a frame begin. */
  private String source(String frame, String batch, String apart, int size) {
    String sample = ptx.r("rem.u32", frame, batch);
    String row = ptx.r("mad.lo.s32", ptx.r("div.u32", frame, batch), apart, sample);
    return ptx.r("mul.lo.s32", row, size);
  }

  /** The four words of a count in the step and for the sample of a frame. */
  private void threefry(String count, String frame, String step, String samples, String batch) {
    String sample = ptx.r("rem.u32", frame, batch);
    String own = ptx.address(samples, sample, 2 * Long.BYTES);
    String key = ptx.d("ld.global.nc.b64", "[" + own + "]");
    String id = ptx.d("ld.global.nc.b64", "[" + own + "+8]");
    String now = ptx.r("add.s32", step, ptx.r("div.u32", frame, batch));
    String[] keys = new String[5];
    keys[0] = ptx.r("cvt.u32.u64", key);
    keys[1] = ptx.r("cvt.u32.u64", ptx.d("shr.u64", key, 32));
    keys[2] = "0";
    keys[3] = "0";
    keys[4] = ptx.r("xor.b32", ptx.r("xor.b32", keys[0], keys[1]), PARITY);
    words[0] = ptx.r("add.s32", count, keys[0]);
    words[1] = ptx.r("add.s32", now, keys[1]);
    words[2] = ptx.r("cvt.u32.u64", id);
    words[3] = ptx.r("cvt.u32.u64", ptx.d("shr.u64", id, 32));
    for (int group = 0; group < GROUPS; group++) {
      for (int half = 0; half < 4; half++) {
        int turn = group % 2 * 8 + half * 2;
        mix(0, half % 2 == 0 ? 1 : 3, TURNS[turn]);
        mix(2, half % 2 == 0 ? 3 : 1, TURNS[turn + 1]);
      }
      for (int i = 0; i < 4; i++) {
        words[i] = ptx.r("add.s32", words[i], keys[(group + 1 + i) % 5]);
      }
      words[3] = ptx.r("add.s32", words[3], group + 1);
    }
  }

  private void mix(int sum, int turned, int by) {
    words[sum] = ptx.r("add.s32", words[sum], words[turned]);
    String turn = ptx.r("shf.l.wrap.b32", words[turned], words[turned], by);
    words[turned] = ptx.r("xor.b32", turn, words[sum]);
  }

  private String uniform(String word) {
    String whole = ptx.f("cvt.rn.f32.u32", ptx.r("shr.u32", word, 8));
    return ptx.f("mul.rn.f32", whole, PtxWriter.literal(0x1p-24f));
  }

  /**
   * Skips between candidates. A warp serves a frame: 16 lanes make 64 words, then each of 32 draws
   * has its lane, and the lanes add up where their elements lie.
   *
   * <p>Parameters: the input as numbers; keys and ids as in {@link #dense}; the first step;
   * samples; the frames between two steps of the input; the 512 thresholds less 1, of 32 bits; the
   * limit; the output as numbers, if wanted, and as bits, if wanted, both all zero. A block of 32
   * threads takes one frame.
   */
  public static PtxKernel skip(int size, Set<ValueForm> outputs) {
    PtxWriter ptx = new PtxWriter(WARP);
    BernoulliPtx writer = new BernoulliPtx(ptx);
    writer.skip(size, outputs.contains(ValueForm.NUMBERS), outputs.contains(ValueForm.BITS));
    return new PtxKernel(ptx.text(), WARP);
  }

  private void skip(int size, boolean numbers, boolean bits) {
    final String x = ptx.pointer();
    final String samples = ptx.pointer();
    final String step = ptx.int32();
    final String batch = ptx.int32();
    final String apart = ptx.int32();
    final String thresholds = ptx.pointer();
    final String limit = ptx.float32();
    final String out = numbers ? ptx.pointer() : null;
    final String wordsOut = bits ? ptx.pointer() : null;
    String memory = ptx.shared("draws", 64 * Integer.BYTES);
    String frame = ptx.r("mov.u32", "%ctaid.x");
    String lane = ptx.r("mov.u32", "%tid.x");
    String start = ptx.r("mul.lo.s32", frame, size);
    String source = source(frame, batch, apart, size);
    String place = ptx.r("mov.b32", 0);
    String count = ptx.r("mov.b32", ptx.r("and.b32", lane, 15));
    String base = ptx.r("mov.u32", memory);
    String again = ptx.label();
    ptx.place(again);
    threefry(count, frame, step, samples, batch);
    ptx.op("bar.sync", 0);
    String own = ptx.r("mad.lo.s32", ptx.r("and.b32", lane, 15), 4, base);
    for (int w = 0; w < 4; w++) {
      ptx.op("st.shared.b32", "[" + own + "+" + 64 * w + "]", words[w]);
    }
    ptx.op("bar.sync", 0);
    String draw = ptx.r("mad.lo.s32", lane, 8, base);
    String first = ptx.r("ld.shared.b32", "[" + draw + "]");
    String second = ptx.r("ld.shared.b32", "[" + draw + "+4]");
    String skipped = search(first, thresholds);
    String candidate = ptx.p("setp.lt.u32", skipped, SKIPS);
    String further = ptx.r("add.s32", skipped, ptx.r("selp.b32", 1, 0, candidate));
    String sum = ptx.r("mov.b32", further);
    for (int distance = 1; distance < WARP; distance *= 2) {
      String before = ptx.r("shfl.sync.up.b32", sum, distance, 0, "0xffffffff");
      String adds = ptx.p("setp.ge.u32", lane, distance);
      ptx.onlyIf(adds, "add.s32", sum, sum, before);
    }
    String behind = ptx.r("add.s32", place, ptx.r("sub.s32", sum, further));
    String element = ptx.r("add.s32", behind, skipped);
    String inside = ptx.p("setp.lt.u32", element, size);
    String within = ptx.r("min.u32", element, size - 1);
    String at = ptx.r("add.s32", start, within);
    String from = ptx.address(x, ptx.r("add.s32", source, within), Float.BYTES);
    String rate = ptx.f("ld.global.nc.f32", "[" + from + "]");
    String drawn = ptx.f("mul.rn.f32", uniform(second), limit);
    String fires = ptx.p("and.pred", ptx.p("setp.lt.f32", drawn, rate), inside);
    fires = ptx.p("and.pred", fires, candidate);
    if (numbers) {
      String address = ptx.address(out, at, 4);
      ptx.onlyIf(fires, "st.global.f32", "[" + address + "]", PtxWriter.literal(1));
    }
    if (bits) {
      String word = ptx.r("mad.lo.s32", frame, ValueForm.words(size), ptx.r("shr.u32", element, 5));
      String bit = ptx.r("shl.b32", 1, ptx.r("and.b32", element, 31));
      String address = ptx.address(wordsOut, word, Integer.BYTES);
      ptx.onlyIf(fires, "atom.global.or.b32", ptx.b32(), "[" + address + "]", bit);
    }
    String moved = ptx.r("shfl.sync.idx.b32", sum, 31, 31, "0xffffffff");
    ptx.op("add.s32", place, place, moved);
    ptx.op("add.s32", count, count, 16);
    ptx.onlyIf(ptx.p("setp.lt.u32", place, size), "bra", again);
  }

  /** How many thresholds a word reaches: a binary search over 512, and one more comparison. */
  private String search(String word, String thresholds) {
    String found = ptx.r("mov.b32", 0);
    for (int width = SKIPS / 2; width > 0; width /= 2) {
      reach(word, thresholds, found, width);
    }
    reach(word, thresholds, found, 1);
    return found;
  }

  /** Moves {@code found} on by {@code width} if the word reaches the last threshold of those. */
  private void reach(String word, String thresholds, String found, int width) {
    String at = ptx.address(thresholds, found, Integer.BYTES);
    String last = ptx.r("ld.global.nc.u32", "[" + at + "+" + (width - 1) * Integer.BYTES + "]");
    String reached = ptx.p("setp.gt.u32", word, last);
    ptx.onlyIf(reached, "add.s32", found, found, width);
  }
}
