package org.velella.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which trials and samples a range of a sweep holds. Every trial runs on every sample of the input;
 * a range is some consecutive trials on some consecutive samples, so that an input that fits into
 * one range is read once for many trials. Generations of trials begin with ranges of their own, so
 * that ranges stay what they are when a sweep is extended.
 *
 * <p>Within a range the samples of the first trial come first. Pure.
 */
public final class SweepLayout {
  private final long[] trials;
  private final long samples;
  private final int trialsPerRange;
  private final int samplesPerRange;

  /**
   * @param generations how many trials each generation has
   * @param samples of the input
   * @param trialsPerRange trials of one range
   * @param samplesPerRange samples of one range
   * @throws IllegalArgumentException if a number is not positive, or there are more ranges than
   *     2^31 - 1
   */
  public SweepLayout(
      List<Long> generations, long samples, int trialsPerRange, int samplesPerRange) {
    if (generations.isEmpty() || samples < 1 || trialsPerRange < 1 || samplesPerRange < 1) {
      throw new IllegalArgumentException(
          "A sweep of %s trials on %d samples cannot have ranges of %d trials and %d samples"
              .formatted(generations, samples, trialsPerRange, samplesPerRange));
    }
    trials = generations.stream().mapToLong(Long::longValue).toArray();
    this.samples = samples;
    this.trialsPerRange = trialsPerRange;
    this.samplesPerRange = samplesPerRange;
    long ranges = 0;
    for (long count : trials) {
      ranges = Math.addExact(ranges, Math.multiplyExact(trialBlocks(count), sampleBlocks()));
    }
    if (ranges > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d ranges are too many; make them larger".formatted(ranges));
    }
  }

  private long trialBlocks(long count) {
    return (count + trialsPerRange - 1) / trialsPerRange;
  }

  /** Into how many parts the samples are cut. */
  public long sampleBlocks() {
    return (samples + samplesPerRange - 1) / samplesPerRange;
  }

  /** How many ranges there are. */
  public int ranges() {
    long ranges = 0;
    for (long count : trials) {
      ranges += trialBlocks(count) * sampleBlocks();
    }
    return (int) ranges;
  }

  /** The first range of each generation. */
  public List<Integer> firstRanges() {
    List<Integer> first = new ArrayList<>();
    long ranges = 0;
    for (long count : trials) {
      first.add((int) ranges);
      ranges += trialBlocks(count) * sampleBlocks();
    }
    return first;
  }

  /** The most (trial, sample) pairs of a range. */
  public int rangeSize() {
    return Math.multiplyExact(trialsPerRange, samplesPerRange);
  }

  /** How many trials there are. */
  public long trials() {
    long sum = 0;
    for (long count : trials) {
      sum += count;
    }
    return sum;
  }

  /**
   * How many trials are done on all samples. Looks at every range once.
   *
   * @param done whether a range is
   */
  public long trialsDone(IntPredicate done) {
    long whole = 0;
    int range = 0;
    for (long count : trials) {
      for (long first = 0; first < count; first += trialsPerRange) {
        boolean all = true;
        for (long block = 0; block < sampleBlocks(); block++) {
          all &= done.test(range++);
        }
        whole += all ? Math.min(trialsPerRange, count - first) : 0;
      }
    }
    return whole;
  }

  /** How many (trial, sample) pairs a range holds. */
  public long pairs(int range) {
    long first = (long) sampleBlock(range) * samplesPerRange;
    return (endTrial(range) - firstTrial(range)) * Math.min(samplesPerRange, samples - first);
  }

  /** The part of the samples that a range is of. */
  public int sampleBlock(int range) {
    return (int) (part(range).inGeneration() % sampleBlocks());
  }

  /** The place of a range's first trial in the list of trials. */
  public long firstTrial(int range) {
    Part part = part(range);
    return part.before() + part.inGeneration() / sampleBlocks() * trialsPerRange;
  }

  /** The place after a range's last trial. */
  public long endTrial(int range) {
    Part part = part(range);
    return Math.min(firstTrial(range) + trialsPerRange, part.before() + part.trials());
  }

  /**
   * A range within its generation.
   *
   * @param inGeneration its number there
   * @param before trials of earlier generations
   * @param trials of the generation
   */
  private record Part(long inGeneration, long before, long trials) {}

  private Part part(int range) {
    long rest = range;
    long before = 0;
    for (long count : trials) {
      long ranges = trialBlocks(count) * sampleBlocks();
      if (rest >= 0 && rest < ranges) {
        return new Part(rest, before, count);
      }
      rest -= ranges;
      before += count;
    }
    throw new IndexOutOfBoundsException("Range " + range + " of " + ranges());
  }
}
