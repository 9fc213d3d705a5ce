package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.SpikeFrameKernel;

/** Sorts the active inputs of a frame by pixel: which are active, and which channels of each. */
final class ActivePixels {
  private final int pixels;
  private final int channelsPerGroup;

  /** Words that hold the channels of one pixel. */
  final int channelWords;

  /** One bit per pixel; whoever reads a word clears it for the next frame. */
  final long[] active;

  /** {@link #channelWords} for each pixel, one bit per channel; to be cleared likewise. */
  final long[] channels;

  /** How many inputs of each group are active, where there are several groups. */
  final int[] counts;

  /** The words of a frame that are not zero. */
  private final int[] occupied;

  /** The channel that the first bit of a word belongs to. */
  private final int[] channelOfWord;

  ActivePixels(Windowing windowing, int groups) {
    pixels = windowing.inH() * windowing.inW();
    channelsPerGroup = windowing.channels() / groups;
    channelWords = SpikeFrameKernel.words(windowing.channels());
    active = new long[SpikeFrameKernel.words(pixels)];
    channels = new long[Math.multiplyExact(pixels, channelWords)];
    counts = new int[groups];
    occupied = new int[SpikeFrameKernel.words(windowing.channels() * pixels)];
    channelOfWord = new int[occupied.length];
    Arrays.setAll(channelOfWord, word -> (word << 6) / pixels);
  }

  /**
   * Notes the active inputs by pixel; words without any, most of them, are left out beforehand.
   *
   * @return how many there are
   */
  int sort(long[] words, int wordOffset) {
    int found = 0;
    int total = 0;
    for (int word = 0; word < occupied.length; word++) {
      long bits = words[wordOffset + word];
      occupied[found] = word;
      found += (int) ((bits | -bits) >>> 63);
      total += Long.bitCount(bits);
    }
    Arrays.fill(counts, 0);
    for (int i = 0; i < found; i++) {
      sort(words[wordOffset + occupied[i]], occupied[i]);
    }
    return total;
  }

  private void sort(long word, int number) {
    long bits = word;
    int channel = channelOfWord[number];
    int base = (number << 6) - channel * pixels;
    while (bits != 0) {
      int pixel = base + Long.numberOfTrailingZeros(bits);
      bits &= bits - 1;
      while (pixel >= pixels) {
        pixel -= pixels;
        base -= pixels;
        channel++;
      }
      active[pixel >> 6] |= 1L << pixel;
      channels[pixel * channelWords + (channel >> 6)] |= 1L << channel;
      if (counts.length > 1) {
        counts[channel / channelsPerGroup]++;
      }
    }
  }
}
