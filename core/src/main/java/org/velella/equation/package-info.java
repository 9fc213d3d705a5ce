/**
 * The small expression language of neuron equations: parser, typed straight-line float32 code, and
 * its scalar evaluator, which is the definition that every backend must match.
 *
 * <p>May use: nothing of Velella. Open {@link org.velella.equation.StepProgram} first.
 */
package org.velella.equation;
