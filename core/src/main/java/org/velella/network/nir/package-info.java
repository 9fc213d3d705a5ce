/**
 * NIR files (HDF5): reading them, and turning their differential equations into steps by a named
 * convention.
 *
 * <p>May use: network and the rooms below; jHDF only here and in dataset. Open {@link
 * org.velella.network.nir.NirReader} first.
 */
package org.velella.network.nir;
