/**
 * Networks of populations and projections: connection rules, drawn weights, delays and parameters,
 * drives. What is drawn depends on the seed and on names only.
 *
 * <p>May use: network and what it uses. Open {@link org.velella.population.PopulationNetwork}
 * first.
 */
package org.velella.population;
