package org.velella.plan;

/**
 * {@code out = x * scale + shift}, two roundings; without a shift {@code out = x * scale}. Factors
 * are per block of {@code inner} consecutive elements: element i takes factor {@code (i / inner) %
 * scale.length}.
 *
 * @param size elements per sample and step
 * @param shift as many as {@code scale}, or null
 */
public record ScaleOp(
    String node, int input, int output, int size, int inner, float[] scale, float[] shift)
    implements StatelessOp {}
