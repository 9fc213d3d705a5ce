package org.velella.plan;

import java.util.List;
import org.velella.module.HostOperation;

/**
 * A user's module written against ND4J; it runs as it is, on the host.
 *
 * @param memories plan memories in the module's order
 */
public record HostOp(
    String node, HostOperation operation, int input, int output, List<Integer> memories)
    implements Op {}
