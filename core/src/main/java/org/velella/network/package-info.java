/**
 * The neutral description of a network: nodes, edges, weights, paths, its digest and its bytes; NIR
 * files in {@code nir}.
 *
 * <p>May use: module, neuron, layer, equation, tensor. Open {@link org.velella.network.Network}
 * first.
 */
package org.velella.network;
