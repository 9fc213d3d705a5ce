/**
 * Connections between populations that are not dense: sparse projections with a weight per synapse
 * or one for all, synapses that learn, and delays, as modules and as data ({@code *Operation}).
 *
 * <p>May use: module, tensor, equation. Open {@link org.velella.synapse.Connectivity} first.
 */
package org.velella.synapse;
