/**
 * The neutral description of a network: nodes, edges, weights, paths, its digest and its bytes. NIR
 * files are in {@code nir}, weights from and for other frameworks in {@code exchange}.
 *
 * <p>May use: module, neuron, layer, synapse, encoding, equation, tensor. Open {@link
 * org.velella.network.Network} first.
 */
package org.velella.network;
