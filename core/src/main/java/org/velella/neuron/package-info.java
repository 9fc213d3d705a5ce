/**
 * Neuron models (equations, parameters, memories), the catalogue of built-in ones, and the {@code
 * *Node} modules of the seed API.
 *
 * <p>May use: equation, module, tensor. Open {@link org.velella.neuron.NeuronModel} first.
 */
package org.velella.neuron;
