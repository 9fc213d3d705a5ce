package org.velella.plan;

import org.velella.module.MemorySpec;

/**
 * A memory of the plan.
 *
 * @param id its number in the plan
 * @param path such as {@code lif.v}
 */
public record PlanMemory(int id, String path, MemorySpec spec) {}
