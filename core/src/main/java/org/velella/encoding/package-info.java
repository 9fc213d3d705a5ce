/**
 * Encoders, which turn numbers into spikes, as modules of the seed API and as data ({@code
 * *Operation}); and the counter-based random numbers that they draw.
 *
 * <p>May use: module, tensor, equation. Open {@link org.velella.encoding.CounterRandom} first.
 */
package org.velella.encoding;
