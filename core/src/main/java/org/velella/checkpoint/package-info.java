/**
 * Checkpoints: the files that hold the memories of a range at a step, the numbered manifests that
 * make a set of them a checkpoint, and the store underneath. Formats are in {@code
 * core/docs/checkpoint-format.md}.
 *
 * <p>May use: tensor, module, provenance. Open {@link org.velella.checkpoint.Checkpoint} first.
 */
package org.velella.checkpoint;
