package org.velella.population;

/**
 * What became of a projection.
 *
 * @param kind what its node does, as in messages
 * @param leastInDegree of its targets
 * @param leastOutDegree of its sources
 * @param shortestDelay in steps
 * @param bytes that its synapses take in a network file
 */
public record ProjectionReport(
    String name,
    String from,
    String to,
    String kind,
    int synapses,
    int leastInDegree,
    int mostInDegree,
    int leastOutDegree,
    int mostOutDegree,
    int shortestDelay,
    int longestDelay,
    long bytes) {}
