/**
 * Runs one tile T steps: chunks of time, probes, spike counts; and the executor that gives built-in
 * modules the engine's kernels.
 *
 * <p>May use: sweep, backend and the rooms below. Open {@link org.velella.simulate.Simulator}
 * first.
 */
package org.velella.simulate;
