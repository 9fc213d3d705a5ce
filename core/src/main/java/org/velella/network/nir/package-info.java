/**
 * NIR files (HDF5): reading them, turning their differential equations into steps by a named
 * convention, and writing networks and recorded data as such files.
 *
 * <p>May use: network and the rooms below; jHDF only here, in hdf5 and in dataset. Open {@link
 * org.velella.network.nir.NirReader} first.
 */
package org.velella.network.nir;
