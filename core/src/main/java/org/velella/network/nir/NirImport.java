package org.velella.network.nir;

import java.util.List;
import org.velella.network.Network;

/**
 * A network read from a NIR file, and how.
 *
 * @param network what can be simulated
 * @param convention how its equations became steps
 * @param dt seconds per step
 * @param notes what the import changed or left out, for the provenance; each was logged as well
 */
public record NirImport(Network network, NirConvention convention, double dt, List<String> notes) {}
