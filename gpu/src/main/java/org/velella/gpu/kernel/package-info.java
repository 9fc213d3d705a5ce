/**
 * Device code: PTX text that is printed from a model's equations, and the kernels that are written
 * by hand. Text only; loading and launching it is the {@code driver} room's part. Nothing is here
 * yet: the {@code cuda} backend says that it has no kernels.
 *
 * <p>May use: of core: plan, neuron, equation, tensor. Open {@link org.velella.gpu.CudaBackend}
 * first.
 */
package org.velella.gpu.kernel;
