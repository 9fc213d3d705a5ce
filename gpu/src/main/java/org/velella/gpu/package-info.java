/**
 * The {@code cuda} backend, found by {@link java.util.ServiceLoader} when this module's jar is on
 * the class path. Nothing here names CUDA itself: that is the {@code driver} room's part.
 *
 * <p>May use: gpu.driver, gpu.kernel; of core: backend, plan, neuron, equation, tensor, provenance.
 * Open {@link org.velella.gpu.CudaBackend} first.
 */
package org.velella.gpu;
