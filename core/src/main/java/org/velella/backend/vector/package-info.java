/**
 * The room for code on the JDK's Vector API, which is an incubating module: the only package that
 * may name {@code jdk.incubator.vector}, compiled in an execution of its own. Other rooms reach it
 * by {@link java.util.ServiceLoader} or through {@link org.velella.backend.vector.VectorUnit},
 * which works without the module. Neurons are generated code: {@link
 * org.velella.backend.vector.NeuronCode} is what a generated class extends.
 *
 * <p>May use: the scalar backend, backend, plan and the rooms below. Open {@link
 * org.velella.backend.vector.VectorBackend} first.
 */
package org.velella.backend.vector;
