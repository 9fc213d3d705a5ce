package org.velella.plan;

import java.util.List;
import org.velella.encoding.EncoderOperation;

/**
 * Numbers to spikes. What it draws at random depends on {@link TileParameters#samples()}, on the
 * path and on the step that its memory counts.
 *
 * @param path the node's path, from which its random numbers have their key
 * @param size elements per sample and step
 * @param memories plan memories in the operation's order
 */
public record EncoderOp(
    String node,
    String path,
    EncoderOperation operation,
    int input,
    int output,
    int size,
    List<Integer> memories)
    implements Op {}
