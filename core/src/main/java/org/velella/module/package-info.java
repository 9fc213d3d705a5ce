/**
 * The seed API: modules with memories, step modes, memory lists, functional forward. Tensors here
 * are ND4J's {@code INDArray}.
 *
 * <p>May use: tensor. Open {@link org.velella.module.MemoryModule} first.
 */
package org.velella.module;
