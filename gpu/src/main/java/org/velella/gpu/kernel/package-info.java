/**
 * Device code: PTX text, printed from a model's equations and from the geometry of layers. Text
 * only; loading and launching it is the work of {@code gpu} and {@code gpu.driver}. Every float
 * instruction says how it rounds, and every output takes its terms in the order that the arithmetic
 * of core defines. {@code gpu/docs/KERNELS.md} explains the kernels.
 *
 * <p>May use: of core: plan, neuron, layer, equation, tensor. Open {@link
 * org.velella.gpu.kernel.NeuronPtx} first.
 */
package org.velella.gpu.kernel;
