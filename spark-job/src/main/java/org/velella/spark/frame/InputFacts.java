package org.velella.spark.frame;

import java.util.List;

/**
 * What is known of an input before the first step.
 *
 * @param kind such as {@code npy events}
 * @param samples how many samples there are
 * @param seriesSteps steps that the input has values for; 0 where it has no such end
 * @param bytesPerSample about what one sample's input takes in memory
 * @param fingerprint equal for the same data, and most likely only for that
 * @param messages what users should know, such as a rounding
 */
public record InputFacts(
    String kind,
    long samples,
    long seriesSteps,
    long bytesPerSample,
    String fingerprint,
    List<String> messages) {
  public InputFacts {
    messages = List.copyOf(messages);
  }
}
