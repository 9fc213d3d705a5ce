/**
 * Networks of rectifiers become spiking ones whose rates stand for their activations.
 *
 * <p>May use: simulate, network.exchange and what they use. Open {@link
 * org.velella.rate.RateConversion} first.
 */
package org.velella.rate;
