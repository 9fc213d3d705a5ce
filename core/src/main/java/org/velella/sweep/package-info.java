/**
 * Parameter spaces: which values the trials of a sweep have. Every space is a pure function of a
 * trial's number, so that nothing is kept per trial and every machine finds the same values.
 *
 * <p>May use: encoding (for its counter-based random numbers), provenance. Open {@link
 * org.velella.sweep.ParameterSpace} first.
 */
package org.velella.sweep;
