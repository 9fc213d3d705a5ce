/**
 * The {@code cuda} backend, found by {@link java.util.ServiceLoader} when this module's jar is on
 * the class path: what lies where on the device, and which kernel runs when. Nothing here names
 * CUDA itself: that is the {@code driver} room's part.
 *
 * <p>May use: gpu.driver, gpu.kernel; of core: backend, backend.scalar (for what runs on the host),
 * plan, neuron, layer, synapse, encoding, module, equation, tensor, provenance. Open {@link
 * org.velella.gpu.CudaBackend} first, then {@link org.velella.gpu.CudaTileRun}.
 */
package org.velella.gpu;
