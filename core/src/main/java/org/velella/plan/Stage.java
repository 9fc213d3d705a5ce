package org.velella.plan;

import java.util.List;

/**
 * Ops that run together.
 *
 * @param stepped true for a cycle: all ops run for one step before any runs for the next; false:
 *     the (single) op runs over a whole chunk of steps
 */
public record Stage(boolean stepped, List<Op> ops) {}
