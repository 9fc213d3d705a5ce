/**
 * The test kit, packed as core's test-jar for the other modules: seeded generators, the oracle
 * look-up, assertions that say where two runs part, and the contracts ({@code *Contract}) that
 * every implementation of an interface inherits.
 *
 * <p>May use: every room of core. Open {@link org.velella.testkit.Seeded} first.
 */
package org.velella.testkit;
